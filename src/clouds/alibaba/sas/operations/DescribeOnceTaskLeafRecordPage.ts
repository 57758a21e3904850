import { listScanTaskImages } from '#app/list-scan-tasks.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { taskOf } from '../../ids.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from '../../page.ts';
import { listPulls, pullRecord, registryPull } from '../registry-pulls.ts';
import { imageScan, leafRecord, sourceCondition, statesOf } from '../task-shapes.ts';
import { taskTime } from '../task-time.ts';
import type { DescribeOnceTaskLeafRecordPageResponse } from '../task-types.ts';

const text = { kind: 'text', max: 64 } as const;

/** Every image of every scan task with its state and times, newest task first; or the latest sync of every registry. */
export const describeOnceTaskLeafRecordPage = operation({
  action: 'DescribeOnceTaskLeafRecordPage',
  lasting: true,
  parameters: {
    CurrentPage: { ...currentPageParameter, required: true },
    PageSize: { ...pageSizeParameter, required: true },
    RelateInfo: { kind: 'boolean', required: true },
    TaskType: { ...text, required: true },
    TaskId: text,
    Source: text,
    StartTime: taskTime,
    EndTime: taskTime,
    StatusList: { kind: 'list', max: 20, item: text },
  },
  async run(call, input): Promise<DescribeOnceTaskLeafRecordPageResponse | Refusal> {
    const chosen = input.StatusList?.map(statesOf);
    if (chosen?.some((states) => states.length === 0) === true) return refuse('InvalidStatusList');
    const conditions = {
      ...readPage(input),
      ...(chosen === undefined ? {} : { states: [...new Set(chosen.flat())] }),
      ...(input.StartTime === undefined ? {} : { from: input.StartTime }),
      ...(input.EndTime === undefined ? {} : { until: input.EndTime }),
    };
    const { TaskType, TaskId, Source, RelateInfo: related } = input;
    if (TaskType === registryPull) {
      const named = { ...(TaskId === undefined ? {} : { id: TaskId }), ...(Source === undefined ? {} : { source: Source }) };
      const pulls = await listPulls(call, { ...conditions, ...named });
      return { PageInfo: pageInfo(input, pulls), OnceTasks: pulls.rows.map((registry) => pullRecord(registry, related)) };
    }
    const ids = TaskId === undefined ? {} : { taskIds: [taskOf(TaskId)] };
    const parts =
      TaskType === imageScan
        ? await listScanTaskImages(call.app, call.accountId, { ...conditions, ...sourceCondition(Source), ...ids })
        : { total: 0, rows: [] };
    return { PageInfo: pageInfo(input, parts), OnceTasks: parts.rows.map((part) => leafRecord(part, { related, zoneMinutes: call.zoneMinutes })) };
  },
});
