import type {
  DescribeAssetImageRegistryScanStatusOneKeyRequest,
  DescribeAssetImageRegistryScanStatusOneKeyResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { describeRepositoryScan } from '#app/describe-repository-scan.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { imageIdsParameter, imageInfosParameter, readImageNames, taskIdParameter } from '../registry-selection.ts';
import { imageProgress } from '../registry-shapes.ts';
import { imageScanStatuses } from '../shapes.ts';

/** How far a scan of images of registries is: a task, else the images asked about, else the latest task. */
export const describeAssetImageRegistryScanStatusOneKey = operation({
  action: 'DescribeAssetImageRegistryScanStatusOneKey',
  // The remaining time depends on the clock.
  lasting: false,
  parameters: {
    Images: imageInfosParameter,
    All: { kind: 'boolean' },
    Id: imageIdsParameter,
    TaskID: taskIdParameter,
  } as const satisfies ParametersFor<DescribeAssetImageRegistryScanStatusOneKeyRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageRegistryScanStatusOneKeyResponse> | Refusal> {
    const named = readImageNames(input);
    if (isRefusal(named)) return named;
    const scan = await describeRepositoryScan(call.app, call.accountId, {
      all: input.All === true,
      ...(named === undefined ? {} : { named }),
      ...(input.TaskID === undefined ? {} : { taskId: String(input.TaskID) }),
    });
    if (scan === undefined) return refuse('ResourceNotFound', { en: 'There is no scan task.', zh: '不存在扫描任务。' });
    return {
      ImageTotal: scan.total,
      ImageScanCnt: scan.ended,
      ImageStatus: scan.images.map(imageProgress),
      SuccessCount: scan.succeeded,
      RiskCount: scan.infected,
      Schedule: scan.progress,
      Status: imageScanStatuses[scan.state],
      ScanRemainTime: scan.remainingSeconds,
    };
  },
});
