import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { aScan, someTime } from '../../../../../test/support/stored-images.ts';
import { describeCountScannedImage } from './DescribeCountScannedImage.ts';

test('images count as scanned once a scan came to its end, whatever the next one does', async (context) => {
  const { call, images } = await openInventory(context);
  const count = async (): Promise<number> => (await askAlibabaWell(describeCountScannedImage, call, {})).ScannedCount;
  assert.equal(await count(), 3);
  await call.store.images.setScan('default', images.app, aScan({ state: 'running', startedAt: someTime + 9, finishedAt: undefined }));
  await call.store.images.setScan('default', images.api, aScan({ state: 'failed' }));
  assert.equal(await count(), 3);
  await call.store.images.setScan('default', images.api, aScan({ startedAt: someTime + 9 }));
  assert.equal(await count(), 4);
  assert.equal((await askAlibabaWell(describeCountScannedImage, { ...call, accountId: 'other' }, {})).ScannedCount, 0);
});
