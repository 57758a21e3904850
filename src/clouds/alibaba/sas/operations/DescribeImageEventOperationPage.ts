import { listAllowRules } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from '../../page.ts';
import { type ImageRuleFacts, imageEventOperation, imageRuleList, ruleId, ruleSources, ruleText } from '../image-rules.ts';
import { success } from '../success.ts';

/** Rules for findings of images, newest first. */
export const describeImageEventOperationPage = operation({
  action: 'DescribeImageEventOperationPage',
  lasting: true,
  parameters: {
    CurrentPage: currentPageParameter,
    PageSize: pageSizeParameter,
    EventType: ruleText,
    EventKey: ruleText,
    EventName: ruleText,
    Id: ruleId,
    Source: ruleText,
    Lang: { kind: 'text', max: 16 },
  },
  async run(call, input) {
    const source = input.Source === undefined ? undefined : Object.hasOwn(ruleSources, input.Source) ? ruleSources[input.Source] : 'unknown';
    if (source === 'unknown') return refuse('InvalidSource');
    const extra: Partial<ImageRuleFacts> = {
      ...(input.EventType === undefined ? {} : { eventType: input.EventType }),
      ...(input.EventKey === undefined ? {} : { eventKey: input.EventKey }),
      ...(input.EventName === undefined ? {} : { eventName: input.EventName }),
      ...(source === undefined ? {} : { source }),
    };
    const rules = await listAllowRules(call.app, call.accountId, {
      ...readPage(input),
      list: imageRuleList,
      extra,
      ...(input.Id === undefined ? {} : { ids: [input.Id] }),
    });
    // This page is declared without the number of its rows.
    const { Count: _, ...PageInfo } = pageInfo(input, rules);
    return { ...success, Data: { PageInfo, List: rules.rows.map(imageEventOperation) } };
  },
});
