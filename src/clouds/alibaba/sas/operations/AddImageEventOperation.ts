import { addAllowRule } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { isRefusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import {
  eventTypes,
  type ImageRuleFacts,
  imageEventOperation,
  imageRuleList,
  readConditions,
  readScenarios,
  ruleJson,
  ruleSources,
  ruleText,
  whitelistCode,
} from '../image-rules.ts';
import { success } from '../success.ts';

/** Adds a rule that puts findings of images on the white list. */
export const addImageEventOperation = operation({
  action: 'AddImageEventOperation',
  lasting: false,
  changes: true,
  parameters: {
    EventType: { ...ruleText, required: true },
    OperationCode: { ...ruleText, required: true },
    Conditions: { ...ruleJson, required: true },
    Scenarios: ruleJson,
    EventKey: ruleText,
    EventName: ruleText,
    Source: ruleText,
    Note: ruleText,
  },
  async run(call, input) {
    const eventType = eventTypes.find((known) => known === input.EventType);
    if (eventType === undefined) return refuse('InvalidEventType');
    if (input.OperationCode !== whitelistCode) return refuse('InvalidOperationCode');
    const source = Object.hasOwn(ruleSources, input.Source ?? 'image') ? ruleSources[input.Source ?? 'image'] : undefined;
    if (source === undefined) return refuse('InvalidSource');
    const conditions = readConditions(input.Conditions, eventType);
    if (isRefusal(conditions)) return conditions;
    // Scenarios are of images in registries: the vendor lets them count for nothing with agentless detection.
    const scope = input.Scenarios === undefined || source === 'agentless' ? { repositories: [] } : readScenarios(input.Scenarios);
    if (isRefusal(scope)) return scope;
    const extra: ImageRuleFacts = { eventType, operationCode: whitelistCode, eventKey: input.EventKey ?? '', eventName: input.EventName ?? '', source };
    const rule = await addAllowRule(call.app, {
      accountId: call.accountId,
      list: imageRuleList,
      conditions,
      repositories: scope.repositories,
      imageIds: [],
      note: input.Note ?? '',
      extra,
    });
    // Unlike the calls that read a rule, this one does not tell its note and source.
    const { Note: _, Source: __, ...Data } = imageEventOperation(rule);
    return { ...success, Data };
  },
});
