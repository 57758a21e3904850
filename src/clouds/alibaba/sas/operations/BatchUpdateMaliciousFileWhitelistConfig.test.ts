import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addFileRule, fileRuleValues } from '../../../../../test/support/malicious-file-rules.ts';
import { batchUpdateMaliciousFileWhitelistConfig } from './BatchUpdateMaliciousFileWhitelistConfig.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];

test('rules are changed and added together, or not at all', async (context) => {
  const call = await openCall(context);
  const ConfigId = await addFileRule(call, a);
  const ConfigList = [
    { ConfigId, FieldValue: b },
    { Field: 'fileMd5', FieldValue: c },
  ];
  const done = { Code: '200', Message: 'successful', Success: true, HttpStatusCode: 200 };
  assert.deepEqual(await askAlibabaWell(batchUpdateMaliciousFileWhitelistConfig, call, { ConfigList }), done);
  assert.deepEqual(await fileRuleValues(call), [c, b]);
  assert.equal(await askAlibaba(batchUpdateMaliciousFileWhitelistConfig, call, {}), 'MissingConfigList');
  const half = { ConfigList: [{ ConfigId, FieldValue: a }, { Field: 'fileMd5' }] };
  assert.equal(await askAlibaba(batchUpdateMaliciousFileWhitelistConfig, call, half), 'MissingFieldValue');
  await assert.rejects(
    askAlibaba(batchUpdateMaliciousFileWhitelistConfig, call, {
      ConfigList: [
        { ConfigId, FieldValue: a },
        { ConfigId: 99, FieldValue: a },
      ],
    }),
    (error) => error instanceof LazaretError && error.code === 'not-found',
  );
  assert.deepEqual(await fileRuleValues(call), [c, b]);
});
