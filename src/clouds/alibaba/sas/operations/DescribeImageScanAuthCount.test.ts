import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { aScan } from '../../../../../test/support/stored-images.ts';
import { describeImageScanAuthCount } from './DescribeImageScanAuthCount.ts';

test('scanned images are what is used of a licence that has no bound', async (context) => {
  const { call, images } = await openInventory(context);
  assert.deepEqual(await askAlibabaWell(describeImageScanAuthCount, call, {}), { ImageScan: { ImageScanCapacity: 1_000_000_000, ScanCount: 3 } });
  await call.store.images.setScan('default', images.api, aScan());
  assert.equal((await askAlibabaWell(describeImageScanAuthCount, call, {})).ImageScan.ScanCount, 4);
  assert.equal((await askAlibabaWell(describeImageScanAuthCount, { ...call, accountId: 'other' }, {})).ImageScan.ScanCount, 0);
});
