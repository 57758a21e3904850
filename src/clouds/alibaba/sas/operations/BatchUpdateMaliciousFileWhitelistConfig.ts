import { findAllowRule, saveAllowRules } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { isRefusal } from '../../../refusal.ts';
import { configId, maliciousFileRuleList, readRule, ruleFields, successWithStatus } from '../malicious-file-rules.ts';

/** Changes or adds several rules for malicious files: all of them or none. */
export const batchUpdateMaliciousFileWhitelistConfig = operation({
  action: 'BatchUpdateMaliciousFileWhitelistConfig',
  lasting: false,
  changes: true,
  parameters: { ConfigList: { kind: 'list', max: 100, required: true, item: { kind: 'object', fields: { ConfigId: configId, ...ruleFields } } } },
  async run(call, input) {
    const { accountId } = call;
    const rules = [];
    for (const { ConfigId: id, ...given } of input.ConfigList) {
      const known = id === undefined ? undefined : await findAllowRule(call.app, { accountId, list: maliciousFileRuleList, id });
      const rule = readRule(accountId, given, known);
      if (isRefusal(rule)) return rule;
      rules.push({ id, rule });
    }
    await saveAllowRules(call.app, rules);
    return successWithStatus;
  },
});
