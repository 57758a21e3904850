import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { removeAssetImageRegistryRegistryDetail } from './RemoveAssetImageRegistryRegistryDetail.ts';

test('a registry goes with the images that only it had', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store);
  await storeRepositoryImage(call.store, 'hub.example/team/app:1');
  assert.deepEqual(await askWell(removeAssetImageRegistryRegistryDetail, call, { RegistryId: id }), {});
  assert.equal(await call.store.registries.find('default', id), undefined);
  const left = await call.store.images.list({ accountId: 'default', offset: 0, limit: 1, by: 'name', order: 'asc' });
  assert.equal(left.total, 0);
});

test('of what is not there, or is of another account, nothing goes', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store);
  await assert.rejects(ask(removeAssetImageRegistryRegistryDetail, { ...call, accountId: 'two' }, { RegistryId: id }), { code: 'not-found' });
  await assert.rejects(ask(removeAssetImageRegistryRegistryDetail, call, { RegistryId: 99 }), { code: 'not-found' });
  assert.equal(await ask(removeAssetImageRegistryRegistryDetail, call, {}), 'MissingParameter');
  assert.equal((await call.store.registries.all()).length, 1);
});
