import { addAllowRule, findAllowRule, updateAllowRule } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { isRefusal } from '../../../refusal.ts';
import { configId, maliciousFileRuleList, readRule, ruleFields, successWithStatus } from '../malicious-file-rules.ts';

/** Changes a rule for malicious files, what is not given stays; without an id it adds one. */
export const updateMaliciousFileWhitelistConfig = operation({
  action: 'UpdateMaliciousFileWhitelistConfig',
  lasting: false,
  changes: true,
  parameters: { ConfigId: configId, ...ruleFields, Remark: { kind: 'text', max: 1024 } },
  async run(call, input) {
    const { accountId } = call;
    const named = input.ConfigId === undefined ? undefined : { accountId, list: maliciousFileRuleList, id: input.ConfigId };
    const rule = readRule(accountId, input, named === undefined ? undefined : await findAllowRule(call.app, named));
    if (isRefusal(rule)) return rule;
    await (named === undefined ? addAllowRule(call.app, rule) : updateAllowRule(call.app, named, rule));
    return successWithStatus;
  },
});
