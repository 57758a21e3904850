import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRepositoryScanTask } from '#app/create-repository-scan-task.ts';
import { ask, openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry, imageOf, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { modifyAssetImageRegistryScanStopOneKey } from './ModifyAssetImageRegistryScanStopOneKey.ts';

test('a one-click scan is stopped by its task, by its images, or with all others', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const a = await storeRepositoryImage(store, 'hub.example/team/app:1');
  const b = await storeRepositoryImage(store, 'hub.example/solo:1');
  const state = async (id: number) => (await store.images.find('default', await imageOf(store, id)))?.scan?.state;
  const stopped = async (raw: (task: number) => Readonly<Record<string, unknown>>) => {
    call.wait(1000);
    const choice = { filter: {}, except: [] };
    const TaskID = Number(await createRepositoryScanTask(call.app, 'default', { choice, timeoutSeconds: 60, origin: 'registry-one-click' }));
    assert.deepEqual(await ask(modifyAssetImageRegistryScanStopOneKey, call, raw(TaskID)), {});
    const states = [await state(a), await state(b)];
    await store.tasks.cancel('default', undefined, undefined, call.app.clock());
    return states;
  };
  assert.deepEqual(await stopped((TaskID) => ({ TaskID })), ['cancelled', 'cancelled']);
  assert.deepEqual(await stopped(() => ({ All: true })), ['cancelled', 'cancelled']);
  assert.deepEqual(await stopped(() => ({ Id: [a] })), ['cancelled', 'queued']);
  assert.deepEqual(await stopped((TaskID) => ({ TaskID, Images: [{ ImageName: 'solo', ImageTag: '1' }] })), ['queued', 'cancelled']);
  for (const raw of [{}, { All: false }, { All: true, Id: [a] }])
    assert.equal(await ask(modifyAssetImageRegistryScanStopOneKey, call, raw), 'InvalidParameter');
  for (const raw of [{ TaskID: 99 }, { Id: [99] }]) await assert.rejects(ask(modifyAssetImageRegistryScanStopOneKey, call, raw), { code: 'not-found' });
});
