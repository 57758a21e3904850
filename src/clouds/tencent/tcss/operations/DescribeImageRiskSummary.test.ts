import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeImageRiskSummary } from './DescribeImageRiskSummary.ts';

async function viruses(call: TestCall): Promise<unknown> {
  const { MalwareVirusCnt } = await askWell(describeImageRiskSummary, call, {});
  return Object.fromEntries(MalwareVirusCnt.map(({ Level, Cnt }) => [Level, Cnt]));
}

test('malicious files of all local images are counted by level', async (context) => {
  const call = await openCall(context);
  const none = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0 };
  assert.deepEqual(await viruses(call), none);
  const findings = (['critical', 'critical', 'high', 'low', 'notice'] as const).map((severity, index) => aFinding(`/${index}`, { severity }));
  await storeImage(call.store, anImage('a:1'), { findings: [...findings, aFinding('/hidden', { hidden: true })] });
  await storeImage(call.store, anImage('b:1'), { findings: [aFinding('/0', { severity: 'medium' })] });
  await storeImage(call.store, anImage('far:1'), { findings: [aFinding('/0', { severity: 'medium' })], local: false });
  assert.deepEqual(await viruses(call), { CRITICAL: 2, HIGH: 1, MEDIUM: 1, LOW: 1 });
  assert.deepEqual(await viruses({ ...call, accountId: 'other' }), none);
});

test('what is not looked for counts nothing, level by level', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('a:1'), { findings: [aFinding('/a')] });
  const { VulnerabilityCnt, RiskCnt } = await askWell(describeImageRiskSummary, call, {});
  const levels = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'].map((Level) => ({ Cnt: 0, Level }));
  assert.deepEqual([VulnerabilityCnt, RiskCnt], [levels, levels]);
});
