import { removeAllowRules } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { configId, maliciousFileRuleList, successWithStatus } from '../malicious-file-rules.ts';

/** Removes a rule for malicious files: what only it allowed is unhandled again. */
export const deleteMaliciousFileWhitelistConfig = operation({
  action: 'DeleteMaliciousFileWhitelistConfig',
  lasting: false,
  changes: true,
  parameters: { ConfigId: { ...configId, required: true } },
  async run(call, input) {
    await removeAllowRules(call.app, { accountId: call.accountId, list: maliciousFileRuleList }, [input.ConfigId]);
    return successWithStatus;
  },
});
