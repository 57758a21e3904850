import { listAllowRules } from '#app/allow-rules.ts';
import { operation } from '../../../operation.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from '../../page.ts';
import { configId, maliciousFileRuleList, ruleFields, successWithStatus, whitelistConfig } from '../malicious-file-rules.ts';

/** Rules for malicious files, newest first. */
export const listMaliciousFileWhitelistConfigs = operation({
  action: 'ListMaliciousFileWhitelistConfigs',
  lasting: true,
  parameters: {
    CurrentPage: currentPageParameter,
    PageSize: pageSizeParameter,
    EventName: ruleFields.EventName,
    Source: ruleFields.Source,
    IdList: { kind: 'list', max: 100, item: configId },
    Lang: { kind: 'text', max: 16 },
  },
  async run(call, input) {
    const { EventName, Source, IdList: ids } = input;
    const rules = await listAllowRules(call.app, call.accountId, {
      ...readPage(input),
      list: maliciousFileRuleList,
      extra: { ...(EventName === undefined ? {} : { EventName }), ...(Source === undefined ? {} : { Source }) },
      ...(ids === undefined ? {} : { ids }),
    });
    return { ...successWithStatus, PageInfo: pageInfo(input, rules), List: rules.rows.map((rule) => ({ Id: rule.id, ...whitelistConfig(rule) })) };
  },
});
