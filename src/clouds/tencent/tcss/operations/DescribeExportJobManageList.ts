import type {
  DescribeExportJobManageListRequest,
  DescribeExportJobManageListResponse,
  ExportJobInfo,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { ExportJob, ExportSource, ExportState } from '#app/app.ts';
import { listExportJobs } from '#app/describe-export-job.ts';
import type { AnswerFor, Call } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter, readChoices, readFilters } from '../../filters.ts';
import { byParameter, limitParameter, offsetParameter, orderParameter, readPage } from '../../page.ts';
import { bareTime } from '../../time.ts';
import { exportSources, exportStatuses } from '../export-job.ts';

const states = { RUNNING: ['queued', 'running'], SUCCESS: ['done'], FAILURE: ['failed'] } as const satisfies Readonly<Record<string, readonly ExportState[]>>;
const sources = { LocalImage: ['local'], RegistryImage: ['registry'] } as const satisfies Readonly<Record<string, readonly ExportSource[]>>;

/** The account's exports, newest first unless another order is asked for. */
export const describeExportJobManageList = operation({
  action: 'DescribeExportJobManageList',
  // Exports go with time.
  lasting: false,
  parameters: {
    Filters: filtersParameter,
    Offset: offsetParameter,
    Limit: limitParameter,
    Order: orderParameter,
    By: byParameter,
  } as const satisfies ParametersFor<DescribeExportJobManageListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeExportJobManageListResponse> | Refusal> {
    const page = readPage(input, { InsertTime: 'created' }, 'created');
    if (isRefusal(page)) return page;
    const conditions = readFilters(input.Filters, { ExportStatus: 'ExportStatus', ExportSource: 'ExportSource' });
    if (isRefusal(conditions)) return conditions;
    const wantedStates = readChoices<ExportState>(conditions.get('ExportStatus'), 'ExportStatus', states);
    if (isRefusal(wantedStates)) return wantedStates;
    const wantedSources = readChoices<ExportSource>(conditions.get('ExportSource'), 'ExportSource', sources);
    if (isRefusal(wantedSources)) return wantedSources;
    const { by: _, ...rest } = page;
    const jobs = await listExportJobs(call.app, call.accountId, {
      ...rest,
      ...(wantedStates === undefined ? {} : { states: wantedStates }),
      ...(wantedSources === undefined ? {} : { sources: wantedSources }),
    });
    return { TotalCount: jobs.total, List: jobs.rows.map((job) => exportJobInfo(call, job)) };
  },
});

function exportJobInfo({ zoneMinutes }: Call, job: ExportJob): AnswerFor<ExportJobInfo> {
  return {
    JobID: job.id,
    JobName: job.name,
    Source: exportSources[job.source],
    ExportStatus: exportStatuses[job.state],
    ExportProgress: Math.floor(job.progress),
    FailureMsg: job.failure,
    Timeout: bareTime(job.expiresAt, zoneMinutes),
    InsertTime: bareTime(job.createdAt, zoneMinutes),
  };
}
