import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeMatchedMaliciousNames } from './DescribeMatchedMaliciousNames.ts';

test('each kind of malware among the samples is told once, in both languages', async (context) => {
  const call = await openCall(context);
  assert.deepEqual(await askAlibabaWell(describeMatchedMaliciousNames, call, {}), { Count: 0, Data: [] });
  await storeImage(call.store, anImage('a:1'), { findings: [aFinding('/a'), aFinding('/b', { severity: 'low' })] });
  assert.deepEqual(await askAlibabaWell(describeMatchedMaliciousNames, call, {}), { Count: 1, Data: [{ Key: 'WEBSHELL_IMG', DisplayName: 'WebShell' }] });
  const chinese = await askAlibabaWell(describeMatchedMaliciousNames, { ...call, language: 'zh' }, {});
  assert.equal(chinese.Data[0]?.DisplayName, '网页后门');
  assert.equal((await askAlibabaWell(describeMatchedMaliciousNames, call, { Levels: 'suspicious' })).Count, 0);
  assert.equal(await askAlibaba(describeMatchedMaliciousNames, call, { Levels: 'x' }), 'InvalidLevels');
});
