import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRule, ruleByMd5 } from '../../../../../test/support/image-rules.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeImageEventOperationCondition } from './DescribeImageEventOperationCondition.ts';

test('conditions and scopes are told in both languages, and a rule may be made of each', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('team/app:1'));
  await storeImage(call.store, anImage('plain:1'));
  const { Data } = await askAlibabaWell(describeImageEventOperationCondition, call, {});
  assert.equal(Data.EventType, 'maliciousFile');
  assert.deepEqual(Data.Scenarios, ['{"type":"default","value":""}', '{"type":"repo","value":"plain"}', '{"type":"repo","value":"team/app"}']);
  const [operation] = Data.Operations;
  assert.deepEqual([operation?.OperationCode, operation?.OperationName], ['whitelist', 'Whitelist']);
  for (const { ConditionKey, SupportedMisType } of operation?.Conditions ?? []) {
    for (const type of SupportedMisType) {
      const Conditions = JSON.stringify([{ condition: ConditionKey, type, value: 'a' }]);
      for (const Scenarios of Data.Scenarios) await addRule(call, ruleByMd5('', { Conditions, Scenarios }));
    }
  }
  const chinese = await askAlibabaWell(describeImageEventOperationCondition, { ...call, language: 'zh' }, { EventType: 'sensitiveFile' });
  assert.deepEqual(
    [chinese.Data.EventType, chinese.Data.Operations[0]?.OperationName, chinese.Data.Operations[0]?.Conditions.map(({ ConditionName }) => ConditionName)],
    ['sensitiveFile', '加白名单', ['MD5', '路径']],
  );
  assert.equal(await askAlibaba(describeImageEventOperationCondition, call, { EventType: 'x' }), 'InvalidEventType');
});
