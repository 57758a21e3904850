import { describeImageScanTask } from '#app/describe-image-scan-task.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { taskOf } from '../../ids.ts';
import { imageScan, statusText } from '../task-shapes.ts';
import type { GetOnceTaskResultInfoResponse } from '../task-types.ts';

const text = { kind: 'text', max: 64, required: true } as const;

/** How far a task has come. */
export const getOnceTaskResultInfo = operation({
  action: 'GetOnceTaskResultInfo',
  lasting: true,
  parameters: { TaskId: text, TaskName: text, TaskType: text },
  async run(call, input): Promise<GetOnceTaskResultInfoResponse | Refusal> {
    // Tasks of other kinds there are none.
    if (input.TaskName !== imageScan || input.TaskType !== imageScan) return refuse('ResourceNotFound');
    const task = await describeImageScanTask(call.app, call.accountId, taskOf(input.TaskId));
    return {
      // Typed clients take a number here.
      TaskId: Number(task.id),
      CollectTime: task.startedAt ?? task.createdAt,
      TotalCount: task.total,
      FinishCount: task.ended,
      TaskInfo: { Status: statusText(task.state) },
    };
  },
});
