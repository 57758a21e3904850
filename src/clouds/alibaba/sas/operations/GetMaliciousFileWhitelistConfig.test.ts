import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addFileRule } from '../../../../../test/support/malicious-file-rules.ts';
import { getMaliciousFileWhitelistConfig } from './GetMaliciousFileWhitelistConfig.ts';

test('a rule is told to its account alone, its id as a number', async (context) => {
  const call = await openCall(context);
  const ConfigId = await addFileRule(call, 'a'.repeat(32), { Remark: 'ours' });
  const now = String(call.app.clock());
  const { Data } = await askAlibabaWell(getMaliciousFileWhitelistConfig, call, { ConfigId });
  const facts = { EventName: 'ALL', Field: 'fileMd5', FieldValue: 'a'.repeat(32), Operator: 'strEqual', Source: 'agentless', TargetType: 'ALL' };
  assert.deepEqual(Data, { Id: ConfigId, ...facts, TargetValue: 'ALL', GmtCreate: now, GmtModified: now });
  await assert.rejects(
    askAlibaba(getMaliciousFileWhitelistConfig, { ...call, accountId: 'other' }, { ConfigId }),
    (error) => error instanceof LazaretError && error.code === 'not-found',
  );
  assert.equal(await askAlibaba(getMaliciousFileWhitelistConfig, call, {}), 'MissingConfigId');
});
