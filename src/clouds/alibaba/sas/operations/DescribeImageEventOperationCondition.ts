import { listRepositories } from '#app/list-repositories.ts';
import type { Text } from '#domain/detection.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { type conditionFields, eventTypes, matchTypes, ruleText, scenarioText, whitelistCode } from '../image-rules.ts';
import { success } from '../success.ts';

const conditionNames: Record<keyof typeof conditionFields, Text> = { MD5: { en: 'MD5', zh: 'MD5' }, PATH: { en: 'Path', zh: '路径' } };
const operationName: Text = { en: 'Whitelist', zh: '加白名单' };

/** Repositories told as scopes, at most: those seen last. */
const mostScenarios = 100;

/** What a rule for findings of images may be made of: conditions with their ways of matching, and scopes, the account's repositories among them. */
export const describeImageEventOperationCondition = operation({
  action: 'DescribeImageEventOperationCondition',
  lasting: true,
  parameters: { EventType: ruleText, Lang: { kind: 'text', max: 16 } },
  async run(call, input) {
    const eventType = eventTypes.find((known) => known === (input.EventType ?? eventTypes[0]));
    if (eventType === undefined) return refuse('InvalidEventType');
    const repositories = await listRepositories(call.app, call.accountId, { offset: 0, limit: mostScenarios, by: 'lastSeen', order: 'desc' });
    const names = repositories.rows.map(({ namespace, name }) => [namespace, name].filter((part) => part !== '').join('/'));
    return {
      ...success,
      Data: {
        EventType: eventType,
        Scenarios: [undefined, ...new Set(names)].map(scenarioText),
        Operations: [
          {
            OperationCode: whitelistCode,
            OperationName: operationName[call.language],
            Conditions: Object.entries(conditionNames).map(([ConditionKey, name]) => ({
              ConditionKey,
              ConditionName: name[call.language],
              SupportedMisType: Object.keys(matchTypes),
            })),
          },
        ],
      },
    };
  },
});
