import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { modifyAssetImageScanStop } from './ModifyAssetImageScanStop.ts';

async function states(call: TestCall, ids: readonly string[]): Promise<unknown> {
  return Promise.all(ids.map(async (id) => (await call.store.images.find('default', id))?.scan?.state));
}

async function queueThree(call: TestCall): Promise<{ readonly ids: [string, string, string]; readonly TaskID: string }> {
  const ids: [string, string, string] = [
    await storeImage(call.store, anImage('a:1')),
    await storeImage(call.store, anImage('b:1')),
    await storeImage(call.store, anImage('c:1')),
  ];
  const at = call.app.clock();
  const TaskID = await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at });
  const queued = {
    state: 'queued',
    startedAt: at,
    finishedAt: undefined,
    progress: 0,
    remainingSeconds: 0,
    error: '',
    complete: false,
    stats: undefined,
  } as const;
  for (const id of ids) await call.store.images.setScan('default', id, queued);
  return { ids, TaskID };
}

test('a task is stopped, and stopping it again succeeds too', async (context) => {
  const call = await openCall(context);
  const { ids, TaskID } = await queueThree(call);
  for (let round = 0; round < 2; round++) assert.deepEqual(await ask(modifyAssetImageScanStop, call, { TaskID }), { Status: 'SUCCESS' });
  assert.deepEqual(await states(call, ids), ['cancelled', 'cancelled', 'cancelled']);
  assert.equal((await call.store.tasks.find('default', TaskID))?.state, 'cancelled');
});

test('images are stopped by id and by filter, without those excluded', async (context) => {
  const call = await openCall(context);
  const { ids } = await queueThree(call);
  await askWell(modifyAssetImageScanStop, call, { Images: [ids[0]] });
  assert.deepEqual(await states(call, ids), ['cancelled', 'queued', 'queued']);
  await askWell(modifyAssetImageScanStop, call, { Filters: [{ Name: 'ScanStatus', Values: ['scanning'] }], ExcludeImageIds: `${ids[1]}, other` });
  assert.deepEqual(await states(call, ids), ['cancelled', 'queued', 'cancelled']);
});

test('a task is stopped but for excluded images', async (context) => {
  const call = await openCall(context);
  const { ids, TaskID } = await queueThree(call);
  await askWell(modifyAssetImageScanStop, call, { TaskID, ExcludeImageIds: `${ids[2]},${ids[0]}` });
  assert.deepEqual(await states(call, ids), ['queued', 'cancelled', 'queued']);
});

test('a task is stopped for chosen images alone', async (context) => {
  const call = await openCall(context);
  const { ids, TaskID } = await queueThree(call);
  const other = await call.store.tasks.create('default', [await storeImage(call.store, anImage('d:1'))], { timeoutSeconds: 60, at: call.app.clock() });
  await askWell(modifyAssetImageScanStop, call, { TaskID: other, Images: [ids[0]] });
  assert.deepEqual(await states(call, ids), ['queued', 'queued', 'queued']);
  await askWell(modifyAssetImageScanStop, call, { TaskID, Images: ids, ExcludeImageIds: ids[1] });
  assert.deepEqual(await states(call, ids), ['cancelled', 'queued', 'cancelled']);
  await askWell(modifyAssetImageScanStop, call, { TaskID, Filters: [{ Name: 'ImageName', Values: ['b'] }] });
  assert.deepEqual(await states(call, ids), ['cancelled', 'cancelled', 'cancelled']);
});

test('a task or one way of choosing must be given, and what is named must exist', async (context) => {
  const call = await openCall(context);
  const { ids, TaskID } = await queueThree(call);
  const Filters = [{ Name: 'ImageName', Values: ['a'] }];
  for (const raw of [{}, { TaskID, Images: [ids[0]], Filters }, { Images: [ids[0]], Filters }, { ExcludeImageIds: ids[0] }])
    assert.equal(await ask(modifyAssetImageScanStop, call, raw), 'InvalidParameter');
  for (const raw of [{ TaskID: '99' }, { TaskID: '99', Images: [ids[0]] }])
    await assert.rejects(ask(modifyAssetImageScanStop, call, raw), { code: 'not-found' });
  await assert.rejects(ask(modifyAssetImageScanStop, call, { Images: ['sha256:0'] }), { code: 'not-found' });
  await assert.rejects(ask(modifyAssetImageScanStop, { ...call, accountId: 'other' }, { TaskID }), { code: 'not-found' });
});
