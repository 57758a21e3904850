import { listScanTasks } from '#app/list-scan-tasks.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { taskOf } from '../../ids.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from '../../page.ts';
import { imageScan, managedTask, sourceCondition } from '../task-shapes.ts';
import { taskTime } from '../task-time.ts';
import type { DescribeOnceTaskResponse } from '../task-types.ts';

const text = { kind: 'text', max: 64 } as const;

/** Tasks as a whole, newest first. */
export const describeOnceTask = operation({
  action: 'DescribeOnceTask',
  lasting: true,
  parameters: {
    CurrentPage: currentPageParameter,
    PageSize: pageSizeParameter,
    TaskType: text,
    RootTaskId: text,
    TaskId: text,
    Source: text,
    StartTimeQuery: taskTime,
    EndTimeQuery: taskTime,
  },
  async run(call, input): Promise<DescribeOnceTaskResponse | Refusal> {
    const { TaskType, RootTaskId, TaskId } = input;
    if (TaskType === undefined && RootTaskId === undefined) return refuse('MissingTaskType');
    // A task has no tasks below it, so that both ids mean the same one.
    const ids = [RootTaskId, TaskId].flatMap((id) => (id === undefined ? [] : [taskOf(id)]));
    const isNone = (TaskType !== undefined && TaskType !== imageScan) || new Set(ids).size > 1;
    const tasks = isNone
      ? { total: 0, rows: [] }
      : await listScanTasks(call.app, call.accountId, {
          ...readPage(input),
          ...sourceCondition(input.Source),
          ...(ids.length === 0 ? {} : { taskIds: ids }),
          ...(input.StartTimeQuery === undefined ? {} : { from: input.StartTimeQuery }),
          ...(input.EndTimeQuery === undefined ? {} : { until: input.EndTimeQuery }),
        });
    return { PageInfo: pageInfo(input, tasks), TaskManageResponseList: tasks.rows.map(managedTask) };
  },
});
