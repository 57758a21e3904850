import { removeAllowRules } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { imageRuleList, ruleId } from '../image-rules.ts';
import { success } from '../success.ts';

/** Removes a rule: what only it allowed is unhandled again. */
export const deleteImageEventOperation = operation({
  action: 'DeleteImageEventOperation',
  lasting: false,
  changes: true,
  parameters: { Id: { ...ruleId, required: true } },
  async run(call, input) {
    await removeAllowRules(call.app, { accountId: call.accountId, list: imageRuleList }, [input.Id]);
    return success;
  },
});
