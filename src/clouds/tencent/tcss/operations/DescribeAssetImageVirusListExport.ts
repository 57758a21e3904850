import type {
  DescribeAssetImageVirusListExportRequest,
  DescribeAssetImageVirusListExportResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { exportFieldParameter, readColumns, virusColumns } from '../export-columns.ts';
import { sheetTitles, startExport, virusTopic } from '../export-job.ts';
import { readVirusFilter } from '../virus-selection.ts';

/** Exports all of an image's virus list, latest first. The link may be asked at once: it answers as soon as the file is written. */
export const describeAssetImageVirusListExport = operation({
  action: 'DescribeAssetImageVirusListExport',
  lasting: false,
  changes: true,
  parameters: {
    ExportField: { ...exportFieldParameter, required: true },
    ImageID: { kind: 'text', required: true, max: 256 },
    Filters: filtersParameter,
  } as const satisfies ParametersFor<DescribeAssetImageVirusListExportRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageVirusListExportResponse> | Refusal> {
    const columns = readColumns(input.ExportField, virusColumns, call.language);
    if (isRefusal(columns)) return columns;
    const filter = readVirusFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    const query = { imageId: input.ImageID, hidden: false, ...filter, offset: 0, by: 'lastSeen', order: 'desc' } as const;
    const request = { rows: 'findings', title: sheetTitles.viruses[call.language], columns, query } as const;
    const { id, url } = await startExport(call, { source: 'local', topic: virusTopic(input.ImageID), request });
    return { DownloadUrl: url, JobId: id };
  },
});
