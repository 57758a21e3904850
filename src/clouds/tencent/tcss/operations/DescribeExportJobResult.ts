import type {
  DescribeExportJobResultRequest,
  DescribeExportJobResultResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { describeExportJob } from '#app/describe-export-job.ts';
import { signLink } from '#app/sign-link.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import { exportStatuses } from '../export-job.ts';

/** How far an export is, and where its file is found once it is done. */
export const describeExportJobResult = operation({
  action: 'DescribeExportJobResult',
  // The link depends on the clock.
  lasting: false,
  parameters: { JobId: { kind: 'text', required: true, max: 64 } } as const satisfies ParametersFor<DescribeExportJobResultRequest>,
  async run(call, input): Promise<AnswerFor<DescribeExportJobResultResponse>> {
    const job = await describeExportJob(call.app, call.accountId, input.JobId);
    return {
      ExportStatus: exportStatuses[job.state],
      DownloadURL: job.state === 'done' ? signLink(call.app, job, call.baseUrl) : '',
      ExportProgress: job.progress,
      FailureMsg: job.failure,
    };
  },
});
