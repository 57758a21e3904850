import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageHostList } from './DescribeAssetImageHostList.ts';

async function pairs(call: TestCall, Filters: readonly object[] = []): Promise<unknown> {
  const { List, TotalCount } = await askWell(describeAssetImageHostList, call, { Filters });
  assert.equal(TotalCount, List.length);
  return List.map(({ ImageID, HostID }) => `${ImageID.slice(7, 10)} ${HostID}`);
}

test('hosts are told with their images, chosen by the ids of both', async (context) => {
  const call = await openCall(context);
  const a = await storeImage(call.store, anImage('a:1'), { host: 'one' });
  await storeImage(call.store, anImage('a:1'), { host: 'two' });
  const b = await storeImage(call.store, anImage('b:1'), { host: 'two' });
  await storeImage(call.store, anImage('c:1'));
  const [shortA, shortB] = [a.slice(7, 10), b.slice(7, 10)];
  assert.deepEqual(await pairs(call), [`${shortA} one`, `${shortA} two`, `${shortB} two`]);
  assert.deepEqual(await pairs(call, [{ Name: 'ImageID', Values: [a] }]), [`${shortA} one`, `${shortA} two`]);
  assert.deepEqual(await pairs(call, [{ Name: 'HostID', Values: ['two', 'x'] }]), [`${shortA} two`, `${shortB} two`]);
  assert.deepEqual(
    await pairs(call, [
      { Name: 'HostID', Values: ['one'] },
      { Name: 'ImageID', Values: [b] },
    ]),
    [],
  );
});

test('another account sees no hosts, and other filters are refused', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('a:1'), { host: 'one' });
  assert.deepEqual(await pairs({ ...call, accountId: 'other' }), []);
  assert.equal(await ask(describeAssetImageHostList, call, { Filters: [{ Name: 'ImageName', Values: ['a'] }] }), 'InvalidParameter.InvalidFormat');
  assert.equal(await ask(describeAssetImageHostList, call, { Limit: 1 }), 'UnknownParameter');
});

test('at most 1,000 pairs are told of all that are counted, and the filters reach the others', async (context) => {
  const call = await openCall(context);
  const image = anImage('a:1');
  const source = { target: 'a:1', platform: image.platform, insecure: false };
  await call.store.transaction(async () => {
    for (let index = 0; index < 1002; index++) {
      const id = `host-${String(index).padStart(4, '0')}`;
      await call.store.images.save({ accountId: call.accountId, image, source, osName: '', host: { id, name: id } }, index);
    }
  });
  const { List, TotalCount } = await askWell(describeAssetImageHostList, call, {});
  assert.deepEqual([List.length, List.at(-1)?.HostID, TotalCount], [1000, 'host-0999', 1002]);
  assert.equal(((await pairs(call, [{ Name: 'HostID', Values: ['host-1001', 'host-1000'] }])) as unknown[]).length, 2);
});
