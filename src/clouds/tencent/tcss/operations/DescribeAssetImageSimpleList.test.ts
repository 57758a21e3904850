import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageSimpleList } from './DescribeAssetImageSimpleList.ts';

test('images are told shortly, and Keywords finds a part of name or id', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('team/app:1'), { scan: aScan() });
  await storeImage(call.store, anImage('other:1'));
  const filters = (value: string): object => ({ Filters: [{ Name: 'Keywords', Values: [value] }] });
  const expected = { List: [{ ImageID: id, ImageName: 'team/app:1', ContainerCnt: 0, ScanTime: '2025-01-02 03:04:10', Size: 1000 }], TotalCount: 1 };
  assert.deepEqual(await ask(describeAssetImageSimpleList, call, { ...filters('TEAM') }), expected);
  assert.deepEqual(await ask(describeAssetImageSimpleList, call, { ...filters(id.slice(7, 27)) }), expected);
  assert.equal((await askWell(describeAssetImageSimpleList, call, { ...filters('') })).TotalCount, 2);
  assert.equal(await ask(describeAssetImageSimpleList, call, { Filters: [{ Name: 'ImageName', Values: ['x'] }] }), 'InvalidParameter.InvalidFormat');
});
