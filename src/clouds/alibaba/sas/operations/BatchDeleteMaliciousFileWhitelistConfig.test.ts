import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addFileRule, fileRuleValues } from '../../../../../test/support/malicious-file-rules.ts';
import { batchDeleteMaliciousFileWhitelistConfig } from './BatchDeleteMaliciousFileWhitelistConfig.ts';

test('rules are removed together, or not at all', async (context) => {
  const call = await openCall(context);
  const digests = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
  const ids: number[] = [];
  for (const digest of digests) ids.push(await addFileRule(call, digest));
  await assert.rejects(
    askAlibaba(batchDeleteMaliciousFileWhitelistConfig, call, { ConfigIdList: [ids[0], 99] }),
    (error) => error instanceof LazaretError && error.code === 'not-found',
  );
  assert.equal((await fileRuleValues(call)).length, 3);
  const done = { Code: '200', Message: 'successful', Success: true, HttpStatusCode: 200 };
  assert.deepEqual(await askAlibabaWell(batchDeleteMaliciousFileWhitelistConfig, call, { ConfigIdList: [ids[0], ids[2], ids[0]] }), done);
  assert.deepEqual(await fileRuleValues(call), [digests[1]]);
  assert.equal(await askAlibaba(batchDeleteMaliciousFileWhitelistConfig, call, {}), 'MissingConfigIdList');
});
