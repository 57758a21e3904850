import { listScanTasks } from '#app/list-scan-tasks.ts';
import { operation } from '../../../operation.ts';
import { imageScan, sourceCondition, statusText } from '../task-shapes.ts';
import type { GetLastOnceTaskInfoResponse } from '../task-types.ts';

const text = { kind: 'text', max: 64, required: true } as const;

/** How far the latest task has come. */
export const getLastOnceTaskInfo = operation({
  action: 'GetLastOnceTaskInfo',
  lasting: true,
  parameters: { TaskName: text, TaskType: text, Source: { kind: 'text', max: 64 } },
  async run(call, input): Promise<GetLastOnceTaskInfoResponse> {
    const isKnown = input.TaskName === imageScan && input.TaskType === imageScan;
    const { rows } = isKnown ? await listScanTasks(call.app, call.accountId, { ...sourceCondition(input.Source), offset: 0, limit: 1 }) : { rows: [] };
    const [task] = rows;
    if (task === undefined) return { TotalCount: 0, FinishCount: 0, TaskInfo: { Progress: 0, Result: 'TASK_NOT_EXISTS' } };
    return {
      TaskId: Number(task.id),
      CollectTime: task.startedAt ?? task.createdAt,
      TotalCount: task.total,
      FinishCount: task.ended,
      TaskInfo: { Status: statusText(task.state), Progress: task.progress, Result: 'SUCCESS' },
    };
  },
});
