import { addAllowRule } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { isRefusal } from '../../../refusal.ts';
import { readRule, ruleFields, successWithStatus, whitelistConfig } from '../malicious-file-rules.ts';

/** Adds a rule that puts malicious files on the white list. */
export const createMaliciousFileWhitelistConfig = operation({
  action: 'CreateMaliciousFileWhitelistConfig',
  lasting: false,
  changes: true,
  parameters: { ...ruleFields, Remark: { kind: 'text', max: 1024 } },
  async run(call, input) {
    const rule = readRule(call.accountId, input);
    if (isRefusal(rule)) return rule;
    const added = await addAllowRule(call.app, rule);
    // The vendor writes the id as text here and as a number everywhere else, and the list tells the remark too.
    const { Remark: _, ...facts } = whitelistConfig(added);
    return { ...successWithStatus, Data: { Id: String(added.id), ...facts } };
  },
});
