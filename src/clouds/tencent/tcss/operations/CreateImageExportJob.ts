import type { CreateImageExportJobRequest, CreateImageExportJobResponse } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { exportImages, imageExportParameters } from '../image-export.ts';

/** Exports a part of the list of local images. The link may be asked at once: it answers as soon as the file is written. */
export const createImageExportJob = operation({
  action: 'CreateImageExportJob',
  lasting: false,
  changes: true,
  parameters: imageExportParameters satisfies ParametersFor<CreateImageExportJobRequest>,
  async run(call, input): Promise<AnswerFor<CreateImageExportJobResponse> | Refusal> {
    const job = await exportImages(call, input);
    return isRefusal(job) ? job : { JobId: job.id, DownloadUrl: job.url };
  },
});
