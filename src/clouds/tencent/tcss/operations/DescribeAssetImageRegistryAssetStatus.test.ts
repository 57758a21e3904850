import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { someTime } from '../../../../../test/support/stored-images.ts';
import { addRegistry } from '../../../../../test/support/stored-registries.ts';
import { describeAssetImageRegistryAssetStatus } from './DescribeAssetImageRegistryAssetStatus.ts';

test('the state is that of all registries together, with what went wrong and the last success', async (context) => {
  const call = await openCall(context);
  const status = () => askWell(describeAssetImageRegistryAssetStatus, call, {});
  assert.deepEqual(await status(), { Status: '', Err: '', LatestSyncSuccessTime: '' });
  const first = await addRegistry(call.store);
  const second = await addRegistry(call.store, { name: 'second', address: 'second.example' });
  const set = (id: number, state: 'queued' | 'done' | 'failed', error = '') =>
    call.store.registries.setSync('default', id, { state, startedAt: someTime, finishedAt: state === 'queued' ? undefined : someTime, error });
  const time = new Date(someTime).toISOString().slice(0, 19).replace('T', ' ');
  await set(first, 'done');
  assert.deepEqual(await status(), { Status: 'success', Err: '', LatestSyncSuccessTime: time });
  await set(second, 'failed', 'no host');
  assert.deepEqual(await status(), { Status: 'failed', Err: 'second: no host', LatestSyncSuccessTime: time });
  await set(first, 'queued');
  assert.deepEqual(await status(), { Status: 'doing', Err: '', LatestSyncSuccessTime: time });
  assert.equal((await askWell(describeAssetImageRegistryAssetStatus, { ...call, accountId: 'two' }, {})).Status, '');
});
