import { removeAllowRules } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { configId, maliciousFileRuleList, successWithStatus } from '../malicious-file-rules.ts';

/** Removes several rules for malicious files: all of them or none. */
export const batchDeleteMaliciousFileWhitelistConfig = operation({
  action: 'BatchDeleteMaliciousFileWhitelistConfig',
  lasting: false,
  changes: true,
  parameters: { ConfigIdList: { kind: 'list', max: 100, required: true, item: configId } },
  async run(call, input) {
    await removeAllowRules(call.app, { accountId: call.accountId, list: maliciousFileRuleList }, input.ConfigIdList);
    return successWithStatus;
  },
});
