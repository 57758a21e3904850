import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { describeImageRepoCriteria } from './DescribeImageRepoCriteria.ts';

test('all criteria of repositories are told, or those that fit a value', async (context) => {
  const { call } = await openInventory(context);
  const names = async (raw: object): Promise<string> =>
    (await askAlibabaWell(describeImageRepoCriteria, call, { ...raw })).CriteriaList.map(({ Name }) => Name).join(' ');
  assert.equal(await names({}), 'instanceId repoName repoId repoNamespace regionId vulStatus alarmStatus hcStatus riskStatus registryType imageId tag');
  assert.equal(await names({ Value: 'ar' }), 'repoName registryType');
  assert.equal(await names({ Value: 'shop' }), 'repoNamespace');
  assert.equal(await names({ Value: 'Y' }), 'vulStatus alarmStatus hcStatus riskStatus registryType');
});
