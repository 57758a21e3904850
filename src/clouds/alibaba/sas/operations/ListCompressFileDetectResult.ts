import { findFileDetections } from '#app/find-file-detections.ts';
import { listDetectedMembers } from '#app/list-detected-members.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { currentPageParameter, pageSizeParameter, readPage } from '../../page.ts';
import { hashKeyParameter } from '../file-parameters.ts';
import { memberRow, unknownFileText } from '../file-results.ts';

/** What was found of the members of an archive, or of all archives that are kept. */
export const listCompressFileDetectResult = operation({
  action: 'ListCompressFileDetectResult',
  lasting: false,
  parameters: {
    CurrentPage: { ...currentPageParameter, required: true },
    PageSize: { ...pageSizeParameter, required: true },
    HashKey: hashKeyParameter,
    SourceIp: { kind: 'text', max: 64 },
  },
  async run(call, input) {
    const { HashKey: hashKey, CurrentPage, PageSize } = input;
    if (hashKey !== undefined && (await findFileDetections(call.app, call.accountId, [hashKey])).size === 0) return refuse('GetResultFail', unknownFileText);
    const { total, rows } = await listDetectedMembers(call.app, call.accountId, { hashKey, ...readPage(input) });
    return { PageInfo: { CurrentPage, PageSize, TotalCount: total }, ResultList: rows.map((member) => memberRow(member, hashKey ?? '')) };
  },
});
