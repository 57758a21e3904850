import { findAllowRule, updateAllowRule } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { isRefusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { imageRuleList, readConditions, readScenarios, ruleId, ruleJson, ruleSources, ruleText } from '../image-rules.ts';
import { success } from '../success.ts';

/** Changes conditions, scope, source or note of a rule; what is not given stays. */
export const updateImageEventOperation = operation({
  action: 'UpdateImageEventOperation',
  lasting: false,
  changes: true,
  parameters: { Id: { ...ruleId, required: true }, Conditions: ruleJson, Scenarios: ruleJson, Source: ruleText, Note: ruleText },
  async run(call, input) {
    if (input.Scenarios === undefined && input.Source === undefined) {
      return refuse('MissingScenarios', { en: 'Scenarios and Source must not both be absent.', zh: 'Scenarios 与 Source 不能同时为空。' });
    }
    const named = { accountId: call.accountId, list: imageRuleList, id: input.Id };
    const known = await findAllowRule(call.app, named);
    const given = input.Source === undefined ? known.extra['source'] : Object.hasOwn(ruleSources, input.Source) ? ruleSources[input.Source] : undefined;
    if (given === undefined) return refuse('InvalidSource');
    const conditions = input.Conditions === undefined ? known.conditions : readConditions(input.Conditions, known.extra['eventType'] ?? '');
    if (isRefusal(conditions)) return conditions;
    const scope = given === 'agentless' ? { repositories: [] } : input.Scenarios === undefined ? known : readScenarios(input.Scenarios);
    if (isRefusal(scope)) return scope;
    const rule = await updateAllowRule(call.app, named, {
      conditions,
      repositories: scope.repositories,
      extra: { ...known.extra, source: given },
      ...(input.Note === undefined ? {} : { note: input.Note }),
    });
    return { ...success, Data: { Id: rule.id } };
  },
});
