import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { describeImageCriteria } from './DescribeImageCriteria.ts';

test('all criteria are told, or those that fit a value', async (context) => {
  const { call, images } = await openInventory(context);
  const told = async (Value?: string): Promise<readonly string[]> => {
    const { CriteriaList } = await askAlibabaWell(describeImageCriteria, call, Value === undefined ? {} : { Value });
    return CriteriaList.map(({ Name, Type, Values }) => `${Name} ${Type} ${Values}`.trim());
  };
  const choices = (name: string): string => `${name} select NO,YES`;
  assert.deepEqual(await told(), [
    ...['instanceId', 'imageId', 'tag', 'digest', 'repoName', 'repoId', 'repoNamespace', 'regionId'].map((name) => `${name} input`),
    'registryType select docker,harbor,acr,tcr,quay',
    ...['vulStatus', 'alarmStatus', 'hcStatus', 'riskStatus'].map(choices),
  ]);
  assert.deepEqual(await told('cr'), ['registryType select acr,tcr']);
  assert.deepEqual(await told('ar'), ['repoName input', 'registryType select harbor']);
  assert.deepEqual(await told('cn-hangzhou'), ['regionId input']);
  assert.deepEqual(await told(images.app), ['imageId input', 'digest input']);
  assert.deepEqual(await told('nothing has this'), []);
});
