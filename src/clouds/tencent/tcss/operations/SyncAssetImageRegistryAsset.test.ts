import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry } from '../../../../../test/support/stored-registries.ts';
import { syncAssetImageRegistryAsset } from './SyncAssetImageRegistryAsset.ts';

test('those that are named, or all of the account, are queued', async (context) => {
  const call = await openCall(context);
  const first = await addRegistry(call.store);
  await addRegistry(call.store, { name: 'second', address: 'second.example' });
  await addRegistry(call.store, { name: 'far', address: 'far.example', accountId: 'two' });
  const states = async () => (await call.store.registries.all()).map(({ sync }) => sync.state);
  assert.deepEqual(await askWell(syncAssetImageRegistryAsset, call, { RegistryIds: [first, first] }), {});
  assert.deepEqual(await states(), ['queued', 'never', 'never']);
  await call.store.registries.claimSync({ owner: 'w', at: 1, leaseUntil: 9 });
  assert.deepEqual(await askWell(syncAssetImageRegistryAsset, call, { All: true }), {});
  assert.deepEqual(await states(), ['running', 'queued', 'never']);
});

test('either all or some must be said, and of a list with an unknown one none is queued', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store);
  for (const raw of [{}, { All: false }, { RegistryIds: [] }, { All: true, RegistryIds: [id] }])
    assert.equal(await ask(syncAssetImageRegistryAsset, call, raw), 'InvalidParameter', JSON.stringify(raw));
  await assert.rejects(ask(syncAssetImageRegistryAsset, call, { RegistryIds: [id, 99] }), { code: 'not-found' });
  await assert.rejects(ask(syncAssetImageRegistryAsset, { ...call, accountId: 'two' }, { RegistryIds: [id] }), { code: 'not-found' });
  assert.equal((await call.store.registries.find('default', id))?.sync.state, 'never');
});
