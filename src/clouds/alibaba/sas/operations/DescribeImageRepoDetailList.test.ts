import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { instanceId, repoId } from '../../ids.ts';
import { describeImageRepoDetailList } from './DescribeImageRepoDetailList.ts';

test('a repository is told with its registry and what was found in its images', async (context) => {
  const { call, acr, images } = await openInventory(context);
  const answer = await askAlibabaWell(describeImageRepoDetailList, call, {});
  assert.deepEqual(answer.PageInfo, { CurrentPage: 1, PageSize: 20, TotalCount: 4, Count: 4 });
  const stored = await call.store.images.find('default', images.cart);
  assert.deepEqual(answer.ImageRepoResponses[1], {
    InstanceId: instanceId(acr),
    RepoId: repoId(stored?.repository.id ?? 0),
    RepoName: 'cart',
    RepoNamespace: 'shop',
    RegionId: 'cn-hangzhou',
    RegistryType: 'acr',
    Endpoints: '[{"type":"internet","domains":["acr.example"]}]',
    ImageCount: 1,
    HasRiskImageCount: 1,
    AlarmCount: 1,
    AlarmStatus: 'YES',
    RiskStatus: 'YES',
    VulStatus: 'NO',
    VulCount: 0,
    HcStatus: 'NO',
    HcCount: 0,
  });
  const app = answer.ImageRepoResponses.find(({ RepoName }) => RepoName === 'app');
  assert.deepEqual([app?.InstanceId, app?.AlarmCount, app?.Endpoints], ['', 2, '[]']);
  const others = await askAlibabaWell(describeImageRepoDetailList, { ...call, accountId: 'other' }, {});
  assert.equal(others.PageInfo.TotalCount, 0);
});

test('repositories are searched by each criterion, joined by AND and by OR', async (context) => {
  const { call, acr, images } = await openInventory(context);
  const names = async (items: object, more: object = {}): Promise<string> => {
    const answer = await askAlibaba(describeImageRepoDetailList, call, { Criteria: JSON.stringify(items), ...more });
    return typeof answer === 'string' ? answer : answer.ImageRepoResponses.map(({ RepoName }) => RepoName).join(' ');
  };
  const cart = await call.store.images.find('default', images.cart);
  const cases: readonly (readonly [string, string, string])[] = [
    ['instanceId', instanceId(acr), 'cart'],
    ['repoName', 'AP', 'api app'],
    ['repoId', repoId(cart?.repository.id ?? 0), 'cart'],
    ['repoNamespace', 'team', 'web app'],
    ['regionId', 'cn-hangzhou', 'cart'],
    ['registryType', 'harbor', 'api'],
    ['registryType', 'CI/CD', ''],
    ['alarmStatus', 'YES', 'cart app'],
    ['riskStatus', 'NO', 'api web'],
    ['vulStatus', 'YES', ''],
    ['hcStatus', 'NO', 'api cart web app'],
    ['imageId', images.web.slice(7), 'web'],
    ['tag', '1', 'api app'],
    ['digest', 'x', 'InvalidCriteria'],
  ];
  for (const [name, value, found] of cases) assert.equal(await names([{ name, value }]), found, `${name} ${value}`);
  const two = [
    { name: 'tag', value: '1' },
    { name: 'riskStatus', value: 'YES' },
  ];
  assert.equal(await names(two), 'app');
  assert.equal(await names(two, { LogicalExp: 'OR' }), 'api cart app');
  assert.equal(await names(two, { LogicalExp: 'OR', PageSize: 2, CurrentPage: 2 }), 'app');
  assert.equal(await names(two, { LogicalExp: 'x' }), 'InvalidLogicalExp');
});
