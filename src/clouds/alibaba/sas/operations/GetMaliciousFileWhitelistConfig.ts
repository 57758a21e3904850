import { findAllowRule } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { configId, maliciousFileRuleList, successWithStatus, whitelistConfig } from '../malicious-file-rules.ts';

/** One rule for malicious files. */
export const getMaliciousFileWhitelistConfig = operation({
  action: 'GetMaliciousFileWhitelistConfig',
  lasting: true,
  parameters: { ConfigId: { ...configId, required: true } },
  async run(call, input) {
    const rule = await findAllowRule(call.app, { accountId: call.accountId, list: maliciousFileRuleList, id: input.ConfigId });
    // The list of rules tells the remark, this call does not.
    const { Remark: _, ...facts } = whitelistConfig(rule);
    return { ...successWithStatus, Data: { Id: rule.id, ...facts } };
  },
});
