import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry } from '../../../../../test/support/stored-registries.ts';
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

test('what is not there, or is of another account, is not found', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store);
  await assert.rejects(ask(describeAssetImageRegistryRegistryDetail, call, { RegistryId: 99 }), { code: 'not-found' });
  await assert.rejects(ask(describeAssetImageRegistryRegistryDetail, { ...call, accountId: 'two' }, { RegistryId: id }), { code: 'not-found' });
});
