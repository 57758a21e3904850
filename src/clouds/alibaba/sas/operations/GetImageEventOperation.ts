import { findAllowRule } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { imageEventOperation, imageRuleList, ruleId } from '../image-rules.ts';
import { success } from '../success.ts';

/** One rule for findings of images. */
export const getImageEventOperation = operation({
  action: 'GetImageEventOperation',
  lasting: true,
  parameters: { Id: { ...ruleId, required: true }, Lang: { kind: 'text', max: 16 } },
  async run(call, input) {
    const rule = await findAllowRule(call.app, { accountId: call.accountId, list: imageRuleList, id: input.Id });
    return { ...success, Data: imageEventOperation(rule) };
  },
});
