import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding } from '../../../../../test/support/stored-images.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { describeImageRegistryNamespaceList } from './DescribeImageRegistryNamespaceList.ts';

test('namespaces are told by name with what they hold', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  await storeRepositoryImage(call.store, 'hub.example/team/app:1', { findings: [aFinding('/x')] });
  await storeRepositoryImage(call.store, 'hub.example/team/db:1');
  await storeRepositoryImage(call.store, 'hub.example/other/app:1');
  await storeRepositoryImage(call.store, 'hub.example/bare:1');
  const other = { Namespace: 'other', RegistryCnt: 1, ImageCnt: 1, RiskImageCnt: 0 };
  const team = { Namespace: 'team', RegistryCnt: 2, ImageCnt: 2, RiskImageCnt: 1 };
  const list = (raw: Readonly<Record<string, unknown>>) => askWell(describeImageRegistryNamespaceList, call, raw);
  assert.deepEqual(await list({}), { TotalCount: 2, NamespaceList: ['other', 'team'], NamespaceDetail: [other, team] });
  assert.deepEqual(await list({ Offset: 1, Limit: 1 }), { TotalCount: 2, NamespaceList: ['team'], NamespaceDetail: [team] });
  assert.deepEqual((await list({ Filters: [{ Name: 'Namespace', Values: ['EA'] }] })).NamespaceList, ['team']);
  assert.deepEqual((await list({ Filters: [{ Name: 'Namespace', Values: ['EA'], ExactMatch: true }] })).NamespaceList, []);
  assert.equal(await ask(describeImageRegistryNamespaceList, call, { Filters: [{ Name: 'Shoe', Values: ['x'] }] }), 'InvalidParameter.InvalidFormat');
  assert.equal((await askWell(describeImageRegistryNamespaceList, { ...call, accountId: 'two' }, {})).TotalCount, 0);
});
