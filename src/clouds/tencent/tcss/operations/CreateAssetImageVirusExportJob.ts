import type {
  CreateAssetImageVirusExportJobRequest,
  CreateAssetImageVirusExportJobResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { byParameter, offsetParameter, orderParameter, readPage } from '../../page.ts';
import { exportFieldParameter, readColumns, virusColumns } from '../export-columns.ts';
import { exportLimitParameter, sheetTitles, startExport, virusTopic } from '../export-job.ts';
import { readVirusFilter, virusOrders } from '../virus-selection.ts';

/** Exports a part of an image's virus list; its file is found through the job. */
export const createAssetImageVirusExportJob = operation({
  action: 'CreateAssetImageVirusExportJob',
  lasting: false,
  changes: true,
  parameters: {
    ExportField: { ...exportFieldParameter, required: true },
    ImageID: { kind: 'text', required: true, max: 256 },
    Filters: filtersParameter,
    Limit: exportLimitParameter,
    Offset: offsetParameter,
    By: byParameter,
    Order: orderParameter,
  } as const satisfies ParametersFor<CreateAssetImageVirusExportJobRequest>,
  async run(call, input): Promise<AnswerFor<CreateAssetImageVirusExportJobResponse> | Refusal> {
    const columns = readColumns(input.ExportField, virusColumns, call.language);
    if (isRefusal(columns)) return columns;
    const page = readPage(input, virusOrders, 'lastSeen');
    if (isRefusal(page)) return page;
    const filter = readVirusFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    const query = { imageId: input.ImageID, hidden: false, ...filter, ...page };
    const request = { rows: 'findings', title: sheetTitles.viruses[call.language], columns, query } as const;
    return { JobId: (await startExport(call, { source: 'local', topic: virusTopic(input.ImageID), request })).id };
  },
});
