import type {
  DescribeAssetImageScanStatusRequest,
  DescribeAssetImageScanStatusResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { describeImageScanTask, describeLatestImageScanTask, remainingSeconds } from '#app/describe-image-scan-task.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { schedule, taskStatuses } from '../shapes.ts';

/** How far a scan task is; the latest one of local images when no id is given. */
export const describeAssetImageScanStatus = operation({
  action: 'DescribeAssetImageScanStatus',
  // The remaining time depends on the clock.
  lasting: false,
  parameters: { TaskID: { kind: 'text', max: 64 } } as const satisfies ParametersFor<DescribeAssetImageScanStatusRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageScanStatusResponse> | Refusal> {
    const { app, accountId } = call;
    const task =
      input.TaskID === undefined
        ? await describeLatestImageScanTask(app, accountId, ['asked', 'one-click', 'timed'])
        : await describeImageScanTask(app, accountId, input.TaskID);
    if (task === undefined) return refuse('ResourceNotFound', { en: 'There is no scan task.', zh: '不存在扫描任务。' });
    return {
      ImageTotal: task.total,
      ImageScanCnt: task.ended,
      Status: taskStatuses[task.state],
      Schedule: schedule(task),
      SuccessCount: task.succeeded,
      RiskCount: task.infected,
      LeftSeconds: remainingSeconds(task, app.clock()),
    };
  },
});
