import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRule, conditionsText, readRule, ruleByMd5, statusesOf } from '../../../../../test/support/image-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { updateImageEventOperation } from './UpdateImageEventOperation.ts';

test('a changed rule opens what it does not allow any more, and keeps what is not given', async (context) => {
  const call = await openCall(context);
  const [one, two] = [aFinding('/one'), aFinding('/two')];
  await storeImage(call.store, anImage('team/app:1'), { scan: aScan(), findings: [one, two] });
  const Scenarios = JSON.stringify({ type: 'repo', value: 'team/app' });
  const Data = await addRule(call, ruleByMd5(one.md5, { Scenarios, Note: 'first' }));
  const { Id } = Data;
  assert.deepEqual(await statusesOf(call), ['team/app:1 /one 3', 'team/app:1 /two 0']);
  const Conditions = conditionsText(['MD5', 'equals', two.md5]);
  const answer = await askAlibabaWell(updateImageEventOperation, call, { Id, Conditions, Source: 'image' });
  assert.deepEqual(answer, { Code: '200', Message: 'successful', Success: true, Data: { Id } });
  assert.deepEqual(await statusesOf(call), ['team/app:1 /one 0', 'team/app:1 /two 3']);
  const told = await readRule(call, Id);
  assert.deepEqual([told.Conditions, told.Scenarios, told.Note, told.Source], [Conditions, Scenarios, 'first', 'default']);
  await askAlibabaWell(updateImageEventOperation, call, { Id, Scenarios: JSON.stringify({ type: 'repo', value: 'team/other' }), Note: 'second' });
  assert.deepEqual(await statusesOf(call), ['team/app:1 /one 0', 'team/app:1 /two 0']);
  await askAlibabaWell(updateImageEventOperation, call, { Id, Source: 'agentless' });
  assert.deepEqual(await statusesOf(call), ['team/app:1 /one 0', 'team/app:1 /two 3']);
});

test('what cannot be changed is refused', async (context) => {
  const call = await openCall(context);
  const Data = await addRule(call, ruleByMd5('0'.repeat(32)));
  const { Id } = Data;
  assert.equal(await askAlibaba(updateImageEventOperation, call, { Source: 'image' }), 'MissingId');
  assert.equal(await askAlibaba(updateImageEventOperation, call, { Id }), 'MissingScenarios');
  assert.equal(await askAlibaba(updateImageEventOperation, call, { Id, Source: 'x' }), 'InvalidSource');
  assert.equal(await askAlibaba(updateImageEventOperation, call, { Id, Source: 'image', Conditions: '[]' }), 'InvalidConditions');
  assert.equal(await askAlibaba(updateImageEventOperation, call, { Id, Scenarios: 'x' }), 'InvalidScenarios');
  const isMissing = (error: unknown): boolean => error instanceof LazaretError && error.code === 'not-found';
  await assert.rejects(askAlibaba(updateImageEventOperation, call, { Id: Id + 1, Source: 'image' }), isMissing);
  await assert.rejects(askAlibaba(updateImageEventOperation, { ...call, accountId: 'other' }, { Id, Source: 'image' }), isMissing);
});
