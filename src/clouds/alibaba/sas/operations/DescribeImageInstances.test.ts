import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { type Inventory, openInventory } from '../../../../../test/support/inventory.ts';
import { anImage, aScan, someTime } from '../../../../../test/support/stored-images.ts';
import { instanceId, repoId } from '../../ids.ts';
import { describeImageInstances } from './DescribeImageInstances.ts';

async function tags({ call }: Inventory, raw: object): Promise<string> {
  const answer = await askAlibaba(describeImageInstances, call, { ...raw });
  return typeof answer === 'string' ? answer : answer.ImageInstanceList.map(({ Tag }) => Tag).join(' ');
}

function criteria(...items: readonly (readonly [name: string, value: unknown, logicalExp?: string])[]): { readonly Criteria: string } {
  return { Criteria: JSON.stringify(items.map(([name, value, logicalExp]) => ({ name, value, logicalExp }))) };
}

test('an image is told with its place, its scan and what was found, numbers as text where the vendor has text', async (context) => {
  const { call, acr, images } = await openInventory(context);
  const answer = await askAlibabaWell(describeImageInstances, call, {});
  assert.deepEqual(answer.PageInfo, { CurrentPage: 1, PageSize: 20, TotalCount: 4, Count: 4 });
  const [api, cart, web] = answer.ImageInstanceList;
  const stored = await call.store.images.find('default', images.cart);
  const digest = anImage('acr.example/shop/cart:7').digest.slice(7);
  assert.deepEqual(cart, {
    Uuid: images.cart.slice(7),
    InstanceId: instanceId(acr),
    ImageId: images.cart.slice(7),
    Digest: digest,
    Tag: '7',
    RepoId: repoId(stored?.repository.id ?? 0),
    RepoName: 'cart',
    RepoNamespace: 'shop',
    RegionId: 'cn-hangzhou',
    RegistryType: 'acr',
    Endpoints: '[{"type":"internet","domains":["acr.example"]}]',
    AlarmStatus: 'YES',
    AlarmCount: 1,
    VulStatus: 'NO',
    VulCount: 0,
    RiskStatus: 'YES',
    Status: 'NORMAL',
    RepoType: 'private',
    ImageCreate: String(Date.UTC(2024, 11, 31, 20)),
    ImageUpdate: String(someTime + 3),
    ImageSize: '1000',
    Deployed: 0,
    HcStatus: 'NO',
    HcCount: 0,
    LastScanTime: someTime + 5000,
    ScaStatus: 'SUCCESS',
    ScaProgress: 100,
    ScaResult: '',
  });
  assert.deepEqual([api?.RepoType, api?.AlarmStatus, api?.ScaResult], ['public', 'NO', 'TASK_NOT_EXISTS']);
  assert.ok(api !== undefined && !('ScaStatus' in api) && !('LastScanTime' in api));
  assert.deepEqual([web?.InstanceId, web?.RegistryType, web?.Endpoints, web?.ImageSize], ['', '', '[]', '77']);
  assert.ok(web !== undefined && !('ImageCreate' in web));
});

test('an image that is scanned again keeps the time of the scan before, and its scan is told as it goes', async (context) => {
  const { call, images } = await openInventory(context);
  const states = [
    ['queued', 'INIT'],
    ['running', 'PRE_ANALYZER'],
    ['failed', 'FAIL'],
    ['cancelled', 'FAIL'],
    ['timeout', 'TIMEOUT'],
  ] as const;
  for (const [index, [state, status]] of states.entries()) {
    await call.store.images.setScan('default', images.app, aScan({ state, startedAt: someTime + 9000 + index, finishedAt: undefined, progress: 40.5 }));
    const { ImageInstanceList } = await askAlibabaWell(describeImageInstances, call, criteria(['tag', '1'], ['repoName', 'app']));
    const [row] = ImageInstanceList;
    assert.deepEqual([row?.LastScanTime, row?.ScaStatus, row?.ScaProgress], [someTime + 5000, status, 40]);
  }
});

test('images are searched by each criterion', async (context) => {
  const inventory = await openInventory(context);
  const { call, acr, images } = inventory;
  const cart = await call.store.images.find('default', images.cart);
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['instanceId', instanceId(acr), '7'],
    ['instanceId', 'cri-nonsense', ''],
    ['imageId', images.app.slice(20, 40), '1'],
    ['tag', '.0', '1.0'],
    ['tag', 7, '7'],
    ['digest', anImage('team/web:2').digest.slice(7).toUpperCase(), '2'],
    ['repoName', 'AR', '7'],
    ['repoId', repoId(cart?.repository.id ?? 0), '7'],
    ['repoNamespace', 'team', '2 1'],
    ['regionId', 'cn-hangzhou', '7'],
    ['registryType', 'HARBOR', '1.0'],
    ['registryType', 'CI/CD', ''],
    ['registryType', 'moon', 'InvalidCriteria'],
    ['vulStatus', 'YES', ''],
    ['vulStatus', 'NO', '1.0 7 2 1'],
    ['hcStatus', 'yes', ''],
    ['alarmStatus', 'YES', '7 1'],
    ['alarmStatus', 'NO', '1.0 2'],
    ['riskStatus', 'YES', '7 1'],
    ['riskStatus', 'maybe', 'InvalidCriteria'],
    ['tag', '', '1.0 7 2 1'],
  ];
  for (const [name, value, found] of cases) assert.equal(await tags(inventory, criteria([name, value])), found, `${name} ${String(value)}`);
});

test('criteria and their values are joined by AND and by OR', async (context) => {
  const inventory = await openInventory(context);
  const two = criteria(['repoNamespace', 'team'], ['alarmStatus', 'YES']);
  assert.equal(await tags(inventory, two), '1');
  assert.equal(await tags(inventory, { ...two, LogicalExp: 'AND' }), '1');
  assert.equal(await tags(inventory, { ...two, LogicalExp: 'or' }), '7 2 1');
  assert.equal(await tags(inventory, criteria(['repoName', 'ap, ca'])), '1.0 7 1');
  assert.equal(await tags(inventory, criteria(['repoName', 'a,p', 'AND'])), '1.0 1');
  assert.equal(await tags(inventory, { ...criteria(['repoName', 'a,p', 'AND'], ['tag', '2']), LogicalExp: 'OR' }), '1.0 2 1');
  assert.equal(await tags(inventory, { ...criteria(['repoName', 'a,p', 'AND']), Scanned: 'True' }), '1');
});

test('images are told apart by whether they were ever scanned, page by page, to their account alone', async (context) => {
  const inventory = await openInventory(context);
  assert.equal(await tags(inventory, { Scanned: true }), '7 2 1');
  assert.equal(await tags(inventory, { Scanned: false }), '1.0');
  assert.equal(await tags(inventory, { PageSize: 3, CurrentPage: 2 }), '1');
  assert.equal(await tags(inventory, { PageSize: 3, CurrentPage: 3 }), '');
  assert.equal(await tags({ ...inventory, call: { ...inventory.call, accountId: 'other' } }, {}), '');
});

test('what is malformed is refused', async (context) => {
  const inventory = await openInventory(context);
  const bad = ['x', '5', '{}', '[5]', '[null]', '[{"value":"1"}]', '[{"name":"toString","value":"1"}]', '[{"name":"tag","value":{}}]'];
  for (const Criteria of bad) assert.equal(await tags(inventory, { Criteria }), 'InvalidCriteria', Criteria);
  assert.equal(await tags(inventory, criteria(['tag', '1', 'XOR'])), 'InvalidCriteria');
  const many = (count: number) => criteria(['tag', new Array(count).fill('1').join(',')], ['repoName', '']);
  assert.equal(await tags(inventory, many(20)), '1.0 1');
  assert.equal(await tags(inventory, many(21)), 'InvalidCriteria');
  assert.equal(await tags(inventory, { LogicalExp: 'XOR' }), 'InvalidLogicalExp');
  assert.equal(await tags(inventory, { Scanned: 'perhaps' }), 'InvalidScanned');
  assert.equal(await tags(inventory, { PageSize: 101 }), 'InvalidPageSize');
});
