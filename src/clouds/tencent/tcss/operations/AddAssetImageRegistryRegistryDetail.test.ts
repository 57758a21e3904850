import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { toldRegistry } from '../../../../../test/support/told-registry.ts';
import { addAssetImageRegistryRegistryDetail } from './AddAssetImageRegistryRegistryDetail.ts';

test('a registry is kept as told, its password sealed, and it is looked at', async (context) => {
  const call = await openCall(context);
  const raw = toldRegistry({ RegistryRegion: 'ap-east-1', Insecure: 1, NeedScan: true, SyncMode: 1, Url: 'http://10.0.0.1:5000/' });
  const { RegistryId, ...rest } = await askWell(addAssetImageRegistryRegistryDetail, call, raw);
  assert.deepEqual(rest, { HealthCheckErr: '', NameRepeatErr: '' });
  const registry = await call.store.registries.find('default', RegistryId);
  assert.ok(registry);
  const { name, kind, address, region, insecure, username, secret, policy, sync } = registry;
  assert.deepEqual([name, kind, address, region, insecure, username], ['main', 'harbor', '10.0.0.1:5000', 'ap-east-1', true, 'robot']);
  assert.ok(!secret.includes('open-sesame'));
  assert.equal(call.app.vault.open(secret), 'open-sesame');
  assert.deepEqual([policy.scanNew, policy.scanOnlyNewest, policy.schedule], [true, false, '0 0 * * *']);
  assert.equal(sync.state, 'queued');
});

test('without more the region is the default one, and new images are listed only', async (context) => {
  const call = await openCall(context);
  const { RegistryId } = await askWell(addAssetImageRegistryRegistryDetail, call, toldRegistry({ RegistryRegion: 'default', RegistryType: 'other-tcr' }));
  const registry = await call.store.registries.find('default', RegistryId);
  assert.deepEqual([registry?.region, registry?.kind, registry?.policy.scanNew, registry?.policy.scanOnlyNewest], ['', 'tcr', false, true]);
});

test('a name that is taken is told, an address that is taken refused, and neither changes anything', async (context) => {
  const call = await openCall(context);
  await askWell(addAssetImageRegistryRegistryDetail, call, toldRegistry());
  const again = await askWell(addAssetImageRegistryRegistryDetail, call, toldRegistry({ Url: 'https://other.example' }));
  assert.deepEqual(again, { HealthCheckErr: '', NameRepeatErr: 'There is a registry main already.', RegistryId: 0 });
  assert.equal(await ask(addAssetImageRegistryRegistryDetail, call, toldRegistry({ Name: 'second' })), 'InvalidParameterValue');
  assert.equal((await call.store.registries.all()).length, 1);
  const other = await askWell(addAssetImageRegistryRegistryDetail, { ...call, accountId: 'two' }, toldRegistry());
  assert.equal(other.NameRepeatErr, '');
});

test('what is no registry is refused', async (context) => {
  const call = await openCall(context);
  const wrong = [
    { RegistryType: 'floppy' },
    { RegistryType: 'constructor' },
    { NetType: 'ether' },
    { Url: 'hub' },
    { Url: 'ftp://hub.example' },
    { Url: 'https://user:word@hub.example' },
    { Url: 'https://hub.example/path?x=1' },
    { Url: 'http://hub.example' },
    { Insecure: 2 },
    { SyncMode: 2 },
  ];
  for (const over of wrong)
    assert.match(JSON.stringify(await ask(addAssetImageRegistryRegistryDetail, call, toldRegistry(over))), /^"InvalidParameter/, JSON.stringify(over));
  for (const over of [{ Name: '\u0007' }, { Username: 'a:b' }, { Password: 'a\nb' }, { RegistryRegion: 'a b' }])
    await assert.rejects(ask(addAssetImageRegistryRegistryDetail, call, toldRegistry(over)), { code: 'invalid-input' }, JSON.stringify(over));
  assert.equal(await ask(addAssetImageRegistryRegistryDetail, call, { Name: 'main' }), 'MissingParameter');
  assert.deepEqual(await call.store.registries.all(), []);
});
