import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aScan } from '../../../../../test/support/stored-images.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { describeAssetImageRegistrySummary } from './DescribeAssetImageRegistrySummary.ts';

test('images that were never scanned are counted, as far as the filters go', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  await storeRepositoryImage(call.store, 'hub.example/team/app:1');
  await storeRepositoryImage(call.store, 'hub.example/other/app:1');
  await storeRepositoryImage(call.store, 'hub.example/team/done:1', { scan: aScan() });
  const count = (Name: string, ...Values: readonly string[]) => ask(describeAssetImageRegistrySummary, call, { Filters: [{ Name, Values }] });
  assert.deepEqual(await askWell(describeAssetImageRegistrySummary, call, {}), { UnScannedImageCnt: 2 });
  assert.deepEqual(await count('Namespace', 'team'), { UnScannedImageCnt: 1 });
  assert.deepEqual(await count('ScanStatus', 'SCANNED'), { UnScannedImageCnt: 0 });
  assert.equal(await count('Shoe', '1'), 'InvalidParameter.InvalidFormat');
  assert.deepEqual(await askWell(describeAssetImageRegistrySummary, { ...call, accountId: 'two' }, {}), { UnScannedImageCnt: 0 });
});
