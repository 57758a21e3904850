import type { DescribeAssetImageScanTaskResponse } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { describeLatestImageScanTask } from '#app/describe-image-scan-task.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import { bareTime } from '../../time.ts';
import { taskStatuses, taskSubStatuses } from '../shapes.ts';

/** The one-click scan of local images that runs or ran last; empty fields when there never was one. */
export const describeAssetImageScanTask = operation({
  action: 'DescribeAssetImageScanTask',
  lasting: true,
  parameters: {},
  async run(call): Promise<AnswerFor<DescribeAssetImageScanTaskResponse>> {
    const task = await describeLatestImageScanTask(call.app, call.accountId, ['one-click']);
    if (task === undefined) return { TaskID: '', LastScanTime: '', Status: '', SubStatus: '' };
    return {
      TaskID: task.id,
      LastScanTime: bareTime(task.createdAt, call.zoneMinutes),
      Status: taskStatuses[task.state],
      SubStatus: taskSubStatuses[task.state],
    };
  },
});
