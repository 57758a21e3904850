import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { statusesOf } from '../../../../../test/support/image-rules.ts';
import { addFileRule, fileRuleValues } from '../../../../../test/support/malicious-file-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { updateMaliciousFileWhitelistConfig } from './UpdateMaliciousFileWhitelistConfig.ts';

test('a rule is changed, or added where no id is given', async (context) => {
  const call = await openCall(context);
  const [one, two] = [aFinding('/1'), aFinding('/2')];
  await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [one, two] });
  const ConfigId = await addFileRule(call, one.md5);
  const done = { Code: '200', Message: 'successful', Success: true, HttpStatusCode: 200 };
  assert.deepEqual(await askAlibabaWell(updateMaliciousFileWhitelistConfig, call, { ConfigId, FieldValue: two.md5 }), done);
  assert.deepEqual(await statusesOf(call), ['a:1 /1 0', 'a:1 /2 3']);
  await askAlibabaWell(updateMaliciousFileWhitelistConfig, call, { Field: 'filePath', FieldValue: '/1' });
  assert.deepEqual(await statusesOf(call), ['a:1 /1 3', 'a:1 /2 3']);
  assert.deepEqual(await fileRuleValues(call), ['/1', two.md5]);
  assert.equal(await askAlibaba(updateMaliciousFileWhitelistConfig, call, { ConfigId, FieldValue: 'x' }), 'InvalidFieldValue');
  const isMissing = (error: unknown): boolean => error instanceof LazaretError && error.code === 'not-found';
  await assert.rejects(askAlibaba(updateMaliciousFileWhitelistConfig, { ...call, accountId: 'other' }, { ConfigId, FieldValue: one.md5 }), isMissing);
});
