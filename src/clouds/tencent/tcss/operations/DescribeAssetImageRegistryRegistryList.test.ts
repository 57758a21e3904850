import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { someTime } from '../../../../../test/support/stored-images.ts';
import { addRegistry } from '../../../../../test/support/stored-registries.ts';
import { describeAssetImageRegistryRegistryList } from './DescribeAssetImageRegistryRegistryList.ts';

test('registries are told with how their updates went, and without secrets', async (context) => {
  const call = await openCall(context);
  const secret = call.app.vault.seal('open-sesame');
  const id = await addRegistry(call.store, { username: 'robot', secret, region: 'ap-east-1', insecure: true });
  await call.store.registries.setSync('default', id, { state: 'done', startedAt: someTime, finishedAt: someTime, error: 'team/app: gone' });
  const row = {
    RegistryId: id,
    Name: 'main',
    RegistryType: 'harbor',
    Url: 'http://hub.example',
    NetType: 'public',
    RegistryRegion: 'ap-east-1',
    RegistryVersion: '',
    ConnectMsg: '',
    ConnDetectType: '',
    ConnDetectHostCount: 0,
    ConnDetectDetail: [],
    InstanceID: '',
    LatestSyncTime: new Date(someTime).toISOString().slice(0, 19).replace('T', ' '),
    SyncStatus: 'success',
    SyncFailReason: '',
    SyncSolution: '',
    SyncMessage: 'team/app: gone',
    SyncMode: 1,
  };
  assert.deepEqual(await askWell(describeAssetImageRegistryRegistryList, call, {}), { List: [row], TotalCount: 1 });
  await call.store.registries.setSync('default', id, { state: 'failed', startedAt: someTime, finishedAt: someTime + 1000, error: 'no host' });
  const [failed] = (await askWell(describeAssetImageRegistryRegistryList, call, {})).List;
  assert.ok(failed);
  const { SyncSolution, ...told } = failed;
  assert.match(SyncSolution, /password of the registry/);
  assert.deepEqual({ ...told, SyncSolution: '' }, { ...row, SyncStatus: 'failed', ConnectMsg: 'no host', SyncFailReason: 'no host', SyncMessage: '' });
});

test('filters choose, orders order, and pages cut', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store, { name: 'b', address: 'b.example' });
  await addRegistry(call.store, { name: 'A', address: 'a.example:5000', kind: 'acr' });
  await addRegistry(call.store, { name: 'c', address: 'c.example', kind: 'docker' });
  const names = async (raw: Readonly<Record<string, unknown>>) => {
    const { List, TotalCount } = await askWell(describeAssetImageRegistryRegistryList, call, raw);
    return [TotalCount, ...List.map(({ Name }) => Name)];
  };
  const filter = (Name: string, Values: readonly string[], ExactMatch = false) => ({ Filters: [{ Name, Values, ExactMatch }] });
  assert.deepEqual(await names({}), [3, 'c', 'A', 'b']);
  assert.deepEqual(await names({ By: 'Name', Order: 'asc', Limit: 2 }), [3, 'A', 'b']);
  assert.deepEqual(await names({ By: 'Name', Order: 'asc', Offset: 2 }), [3, 'c']);
  assert.deepEqual(await names(filter('Url', ['5000'])), [1, 'A']);
  assert.deepEqual(await names(filter('InstanceName', ['a'])), [1, 'A']);
  assert.deepEqual(await names(filter('Name', ['a'], true)), [0]);
  assert.deepEqual(await names(filter('RegistryType', ['acr', 'docker'])), [2, 'c', 'A']);
  assert.deepEqual(await names(filter('RegistryId', ['1', 'x'])), [1, 'b']);
  assert.deepEqual(await names(filter('IsAuthorized', ['0'])), [0]);
  assert.deepEqual(await names(filter('IsAuthorized', ['all'])), [3, 'c', 'A', 'b']);
  assert.equal(await ask(describeAssetImageRegistryRegistryList, call, filter('Shoe', ['1'])), 'InvalidParameter.InvalidFormat');
  assert.equal(await ask(describeAssetImageRegistryRegistryList, call, { By: 'Password' }), 'InvalidParameterValue');
  assert.equal((await askWell(describeAssetImageRegistryRegistryList, { ...call, accountId: 'two' }, {})).TotalCount, 0);
});
