import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRule, ruleByMd5, statusesOf } from '../../../../../test/support/image-rules.ts';
import { addFileRule, fileRuleValues } from '../../../../../test/support/malicious-file-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { deleteMaliciousFileWhitelistConfig } from './DeleteMaliciousFileWhitelistConfig.ts';

test('a removed rule allows nothing any more, and rules of other lists are not reached', async (context) => {
  const call = await openCall(context);
  const finding = aFinding('/x');
  await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [finding] });
  const ConfigId = await addFileRule(call, finding.md5);
  const other = await addRule(call, ruleByMd5('0'.repeat(32)));
  const isMissing = (error: unknown): boolean => error instanceof LazaretError && error.code === 'not-found';
  await assert.rejects(askAlibaba(deleteMaliciousFileWhitelistConfig, call, { ConfigId: other.Id }), isMissing);
  await assert.rejects(askAlibaba(deleteMaliciousFileWhitelistConfig, { ...call, accountId: 'other' }, { ConfigId }), isMissing);
  const done = { Code: '200', Message: 'successful', Success: true, HttpStatusCode: 200 };
  assert.deepEqual(await statusesOf(call), ['a:1 /x 3']);
  assert.deepEqual(await askAlibabaWell(deleteMaliciousFileWhitelistConfig, call, { ConfigId }), done);
  assert.deepEqual(await statusesOf(call), ['a:1 /x 0']);
  assert.deepEqual(await fileRuleValues(call), []);
  assert.equal(await askAlibaba(deleteMaliciousFileWhitelistConfig, call, {}), 'MissingConfigId');
});
