import type {
  DescribeExportJobDownloadURLRequest,
  DescribeExportJobDownloadURLResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { describeExportJob } from '#app/describe-export-job.ts';
import { signLink } from '#app/sign-link.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';

/** A link to the file of an export that is done. */
export const describeExportJobDownloadURL = operation({
  action: 'DescribeExportJobDownloadURL',
  // The link depends on the clock.
  lasting: false,
  parameters: { JobID: { kind: 'text', required: true, max: 64 } } as const satisfies ParametersFor<DescribeExportJobDownloadURLRequest>,
  async run(call, input): Promise<AnswerFor<DescribeExportJobDownloadURLResponse> | Refusal> {
    const job = await describeExportJob(call.app, call.accountId, input.JobID);
    if (job.state === 'done') return { DownloadURL: signLink(call.app, job, call.baseUrl) };
    if (job.state === 'failed') return refuse('FailedOperation', { en: `The export failed: ${job.failure}.`, zh: `导出失败：${job.failure}。` });
    return refuse('FailedOperation', { en: 'The export is still running.', zh: '导出任务仍在进行中。' });
  },
});
