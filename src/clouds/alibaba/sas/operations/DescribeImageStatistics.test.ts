import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { someTime } from '../../../../../test/support/stored-images.ts';
import { describeImageStatistics } from './DescribeImageStatistics.ts';

test('images are counted, and those with findings', async (context) => {
  const { call, images } = await openInventory(context);
  assert.deepEqual(await askAlibabaWell(describeImageStatistics, call, {}), { InstanceCount: 4, RiskInstanceCount: 2 });
  await call.store.images.setFindings('default', images.app, { findings: [], at: someTime + 9, partial: false });
  assert.deepEqual(await askAlibabaWell(describeImageStatistics, call, {}), { InstanceCount: 4, RiskInstanceCount: 1 });
  const others = await askAlibabaWell(describeImageStatistics, { ...call, accountId: 'other' }, {});
  assert.deepEqual(others, { InstanceCount: 0, RiskInstanceCount: 0 });
});
