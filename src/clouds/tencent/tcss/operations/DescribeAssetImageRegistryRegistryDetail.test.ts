import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry } from '../../../../../test/support/stored-registries.ts';
import { tellRegistry, toldRegistry } from '../../../../../test/support/told-registry.ts';
import { describeAssetImageRegistryRegistryDetail } from './DescribeAssetImageRegistryRegistryDetail.ts';

test('a registry is told as it was added, but for its password', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store, { username: 'robot', secret: call.app.vault.seal('open-sesame') });
  assert.deepEqual(await askWell(describeAssetImageRegistryRegistryDetail, call, { RegistryId: id }), {
    Name: 'main',
    Username: 'robot',
    Password: '',
    Url: 'https://hub.example',
    RegistryType: 'harbor',
    RegistryVersion: '',
    NetType: 'public',
    RegistryRegion: 'default',
    SpeedLimit: 0,
    Insecure: 0,
    ConnDetectDetail: [],
    InstanceID: '',
    SyncMode: 1,
    NeedScan: (await call.store.registries.find('default', id))?.policy.scanNew,
    WebhookUrl: '',
    WebhookToken: '',
  });
});

test('what makes no difference is told again as it was given, until it is given anew', async (context) => {
  const call = await openCall(context);
  const facts = { RegistryType: 'jfrog', NetType: 'private', RegistryVersion: 'V2', SpeedLimit: 10, InstanceId: 'tcr-1' };
  const RegistryId = await tellRegistry(call, 'Add', toldRegistry(facts));
  const told = async () => {
    const { RegistryType, NetType, RegistryVersion, SpeedLimit, InstanceID } = await askWell(describeAssetImageRegistryRegistryDetail, call, { RegistryId });
    return [RegistryType, NetType, RegistryVersion, SpeedLimit, InstanceID];
  };
  assert.deepEqual(await told(), ['jfrog', 'private', 'V2', 10, 'tcr-1']);
  await tellRegistry(call, 'Update', toldRegistry({ RegistryId, RegistryType: 'docker', SpeedLimit: 20 }));
  assert.deepEqual(await told(), ['docker', 'public', 'V2', 20, 'tcr-1']);
  const known = await call.store.registries.find('default', RegistryId);
  assert.ok(known);
  await call.store.registries.update(RegistryId, { ...known, kind: 'quay' }, 9);
  assert.equal((await told())[0], 'quay');
});

test('what is not there, or is of another account, is not found', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store);
  await assert.rejects(ask(describeAssetImageRegistryRegistryDetail, call, { RegistryId: 99 }), { code: 'not-found' });
  await assert.rejects(ask(describeAssetImageRegistryRegistryDetail, { ...call, accountId: 'two' }, { RegistryId: id }), { code: 'not-found' });
});
