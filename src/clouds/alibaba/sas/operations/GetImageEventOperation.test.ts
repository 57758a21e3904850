import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRule, ruleByMd5 } from '../../../../../test/support/image-rules.ts';
import { getImageEventOperation } from './GetImageEventOperation.ts';

test('a rule is told as it was added, to its account alone', async (context) => {
  const call = await openCall(context);
  const Scenarios = '[{"type":"repo","value":"team/a"},{"type":"repo","value":"team/b"}]';
  const given = ruleByMd5('0'.repeat(32), { Scenarios, EventKey: 'k', EventName: 'n', Note: 'ours' });
  const { Id } = await addRule(call, given);
  const answer = await askAlibabaWell(getImageEventOperation, call, { Id });
  assert.deepEqual(answer, { Code: '200', Message: 'successful', Success: true, Data: { Id, ...given, Source: 'default' } });
  const isMissing = (error: unknown): boolean => error instanceof LazaretError && error.code === 'not-found';
  await assert.rejects(askAlibaba(getImageEventOperation, call, { Id: Id + 1 }), isMissing);
  await assert.rejects(askAlibaba(getImageEventOperation, { ...call, accountId: 'other' }, { Id }), isMissing);
  assert.equal(await askAlibaba(getImageEventOperation, call, { Id: 'x' }), 'InvalidId');
});
