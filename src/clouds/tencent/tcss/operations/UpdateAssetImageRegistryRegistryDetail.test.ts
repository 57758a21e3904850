import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry } from '../../../../../test/support/stored-registries.ts';
import { toldRegistry } from '../../../../../test/support/told-registry.ts';
import { updateAssetImageRegistryRegistryDetail } from './UpdateAssetImageRegistryRegistryDetail.ts';

test('a registry is changed by its id, or found by its address or name, and what is not told stays', async (context) => {
  const call = await openCall(context);
  const seal = (text: string) => call.app.vault.seal(text);
  const id = await addRegistry(call.store, {
    name: 'main',
    address: 'hub.example',
    username: 'robot',
    secret: seal('old'),
    region: 'ap-east-1',
    insecure: true,
  });
  const find = () => call.store.registries.find('default', id);
  assert.deepEqual(await askWell(updateAssetImageRegistryRegistryDetail, call, toldRegistry({ RegistryId: id, Name: 'renamed', Password: '' })), {
    HealthCheckErr: '',
    NameRepeatErr: '',
    RegistryId: id,
  });
  const renamed = await find();
  assert.deepEqual([renamed?.name, renamed?.region, renamed?.insecure], ['renamed', 'ap-east-1', true]);
  assert.equal(call.app.vault.open(renamed?.secret ?? ''), 'old');
  const more = { Name: 'renamed', Username: 'other', Password: 'new', RegistryRegion: 'default', Insecure: 0, NeedScan: true, SyncMode: 0 };
  await askWell(updateAssetImageRegistryRegistryDetail, call, toldRegistry(more));
  const changed = await find();
  assert.deepEqual([changed?.username, changed?.region, changed?.insecure], ['other', '', false]);
  assert.deepEqual([changed?.policy.scanNew, changed?.policy.scanOnlyNewest], [true, true]);
  assert.equal(call.app.vault.open(changed?.secret ?? ''), 'new');
  await askWell(updateAssetImageRegistryRegistryDetail, call, toldRegistry({ RegistryId: id, Username: '', Password: '' }));
  assert.equal((await find())?.secret, '');
  await askWell(updateAssetImageRegistryRegistryDetail, call, toldRegistry({ Url: 'https://other.example' }));
  assert.deepEqual([(await find())?.name, (await find())?.address], ['main', 'other.example']);
});

test('another address needs the password anew, so that no other host is shown it', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store, { username: 'robot', secret: call.app.vault.seal('old') });
  const moved = toldRegistry({ RegistryId: id, Url: 'https://evil.example', Password: '' });
  await assert.rejects(ask(updateAssetImageRegistryRegistryDetail, call, moved), { code: 'invalid-input', message: /password anew/ });
  await askWell(updateAssetImageRegistryRegistryDetail, call, { ...moved, Password: 'new' });
  assert.equal((await call.store.registries.find('default', id))?.address, 'evil.example');
});

test('names and addresses of others, and what is not there, are refused', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store);
  await addRegistry(call.store, { name: 'second', address: 'second.example' });
  const taken = await askWell(updateAssetImageRegistryRegistryDetail, call, toldRegistry({ RegistryId: id, Name: 'second' }));
  assert.deepEqual(taken, { HealthCheckErr: '', NameRepeatErr: 'There is a registry second already.', RegistryId: id });
  const address = toldRegistry({ RegistryId: id, Url: 'https://second.example' });
  assert.equal(await ask(updateAssetImageRegistryRegistryDetail, call, address), 'InvalidParameterValue');
  await assert.rejects(ask(updateAssetImageRegistryRegistryDetail, call, toldRegistry({ RegistryId: 99 })), { code: 'not-found' });
  await assert.rejects(ask(updateAssetImageRegistryRegistryDetail, call, toldRegistry({ Name: 'third', Url: 'https://third.example' })), { code: 'not-found' });
  await assert.rejects(ask(updateAssetImageRegistryRegistryDetail, { ...call, accountId: 'two' }, toldRegistry({ RegistryId: id })), { code: 'not-found' });
});
