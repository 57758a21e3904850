import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeCountNotScannedImage } from './DescribeCountNotScannedImage.ts';

test('images count as not scanned until a scan came to its end', async (context) => {
  const { call, images } = await openInventory(context);
  const count = async (): Promise<number> => (await askAlibabaWell(describeCountNotScannedImage, call, {})).NotScannedCnt;
  assert.equal(await count(), 1);
  await storeImage(call.store, anImage('new:1'));
  await call.store.images.setScan('default', images.api, aScan({ state: 'failed' }));
  assert.equal(await count(), 2);
  await call.store.images.setScan('default', images.api, aScan({ startedAt: someTime + 9 }));
  assert.equal(await count(), 1);
  assert.equal((await askAlibabaWell(describeCountNotScannedImage, { ...call, accountId: 'other' }, {})).NotScannedCnt, 0);
});
