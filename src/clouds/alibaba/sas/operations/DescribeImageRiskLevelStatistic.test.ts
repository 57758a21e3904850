import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { addRule, ruleByMd5 } from '../../../../../test/support/image-rules.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeImageRiskLevelStatistic } from './DescribeImageRiskLevelStatistic.ts';

test('images are counted by the worst that is open in them; those never scanned have no level', async (context) => {
  const { call, images } = await openInventory(context);
  const levels = async (): Promise<string> =>
    (await askAlibabaWell(describeImageRiskLevelStatistic, call, {})).ImageRiskLevelList.map(({ ImageRiskLevel, Cnt }) => `${ImageRiskLevel}:${Cnt}`).join(' ');
  assert.equal(await levels(), '3:1 2:1 1:0 0:1');
  await addRule(call, ruleByMd5(aFinding('/a').md5));
  assert.equal(await levels(), '3:0 2:1 1:1 0:1');
  await storeImage(call.store, anImage('more:1'), { scan: aScan(), findings: [aFinding('/n', { severity: 'notice' })] });
  await call.store.images.setScan('default', images.api, aScan());
  assert.equal(await levels(), '3:0 2:1 1:2 0:2');
});
