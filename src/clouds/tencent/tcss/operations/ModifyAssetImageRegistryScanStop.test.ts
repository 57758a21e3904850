import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { addRegistry, imageOf, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { modifyAssetImageRegistryScanStop } from './ModifyAssetImageRegistryScanStop.ts';

interface Ground extends TestCall {
  readonly ids: readonly [number, number, number];
  /** What a stop left running, by tags, after a new task of all was made. */
  readonly left: (raw: (task: number) => Readonly<Record<string, unknown>>) => Promise<unknown>;
}

async function openGround(context: TestContext): Promise<Ground> {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const created = { image: { created: '2020-01-01T00:00:00Z' } };
  const a = await storeRepositoryImage(store, 'hub.example/team/app:a');
  const ids = [a, await storeRepositoryImage(store, 'hub.example/team/app:b', created), await storeRepositoryImage(store, 'hub.example/solo:c')] as const;
  const imageIds = await Promise.all(ids.map((id) => imageOf(store, id)));
  const left: Ground['left'] = async (raw) => {
    const task = await store.tasks.create('default', imageIds, { timeoutSeconds: 60, at: call.app.clock(), origin: 'registry' });
    for (const id of imageIds) {
      const scan = {
        state: 'queued',
        startedAt: call.app.clock(),
        finishedAt: undefined,
        progress: 0,
        remainingSeconds: 0,
        error: '',
        complete: false,
      } as const;
      await store.images.setScan('default', id, { ...scan, stats: undefined });
    }
    const answer = await ask(modifyAssetImageRegistryScanStop, call, raw(Number(task))).catch((error: { readonly code: string }) => error.code);
    const { rows } = await store.tasks.parts({ accountId: 'default', taskIds: [task], states: ['queued'], offset: 0, limit: 9 });
    await store.tasks.cancel('default', undefined, undefined, call.app.clock());
    call.wait(1000);
    if (typeof answer === 'string') return answer;
    assert.deepEqual(answer, {});
    return rows.map(({ image }) => image?.repository.tag).join();
  };
  return { ...call, ids, left };
}

test('a task is stopped whole, or for chosen images', async (context) => {
  const { left, ids } = await openGround(context);
  const [a, b] = ids;
  assert.equal(await left((TaskID) => ({ TaskID })), '');
  assert.equal(await left((TaskID) => ({ TaskID, Id: [a] })), 'b,c');
  assert.equal(await left((TaskID) => ({ TaskID, Filters: [{ Name: 'ImageTag', Values: ['b'] }] })), 'a,c');
  assert.equal(await left((TaskID) => ({ TaskID, All: true, ExcludeImageList: [b] })), 'b');
  assert.equal(await left((TaskID) => ({ TaskID: TaskID - 1 })), 'a,b,c');
});

test('whatever scans chosen images is stopped', async (context) => {
  const { left, ids } = await openGround(context);
  const [a, b, c] = ids;
  const cases: [Readonly<Record<string, unknown>>, string][] = [
    [{ All: true }, ''],
    [{ All: true, OnlyScanLatest: true }, 'b'],
    [{ Id: [a, b] }, 'c'],
    [{ Id: [a, b], ExcludeImageList: [a] }, 'a,c'],
    [{ Images: [{ Namespace: 'team', ImageName: 'app', ImageTag: 'a', InstanceName: 'main', Force: '' }], Id: [c] }, 'b'],
    [{ Filters: [{ Name: 'ImageName', Values: ['app'] }] }, 'c'],
    [{ Filters: [{ Name: 'ImageName', Values: ['app'] }], ExcludeImageList: [a] }, 'a,c'],
    [{ Filters: [{ Name: 'ImageName', Values: ['app'] }], OnlyScanLatest: true }, 'b,c'],
    [{ Filters: [{ Name: 'ScanStatus', Values: ['scanning'] }] }, ''],
    [{ Filters: [{ Name: 'ScanStatus', Values: ['scanned'] }] }, 'a,b,c'],
    [{ Filters: [{ Name: 'IsAuthorized', Values: ['0'] }] }, 'a,b,c'],
  ];
  for (const [raw, expected] of cases) assert.equal(await left(() => raw), expected, JSON.stringify(raw));
});

test('what does not exist is not found, and something must be named, in one way', async (context) => {
  const { left, ids, ...call } = await openGround(context);
  const [a] = ids;
  assert.equal(await left(() => ({ Id: [99] })), 'not-found');
  assert.equal(await left(() => ({ TaskID: 99 })), 'not-found');
  assert.equal(await left(() => ({})), 'InvalidParameter');
  assert.equal(await left(() => ({ All: false })), 'InvalidParameter');
  assert.equal(await left(() => ({ All: true, Id: [a] })), 'InvalidParameter');
  assert.equal(await left(() => ({ Filters: [{ Name: 'X', Values: ['x'] }] })), 'InvalidParameter.InvalidFormat');
  const local = await storeImage(call.store, anImage('a:1'));
  const TaskID = Number(await call.store.tasks.create('default', [local], { timeoutSeconds: 9, at: 1 }));
  await assert.rejects(ask(modifyAssetImageRegistryScanStop, call, { TaskID }), { code: 'not-found' });
  await assert.rejects(ask(modifyAssetImageRegistryScanStop, { ...call, accountId: 'other' }, { Id: [a] }), { code: 'not-found' });
  // Stopping what has ended, or nothing, is no error.
  assert.deepEqual(await ask(modifyAssetImageRegistryScanStop, call, { All: true }), {});
  assert.equal((await call.store.tasks.find('default', String(TaskID)))?.finishedAt, undefined);
});
