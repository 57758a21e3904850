import { listScanTaskImages } from '#app/list-scan-tasks.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { taskOf } from '../../ids.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from '../../page.ts';
import { imageScan, leafRecord, sourceCondition, statesOf } from '../task-shapes.ts';
import { taskTime } from '../task-time.ts';
import type { DescribeOnceTaskLeafRecordPageResponse } from '../task-types.ts';

const text = { kind: 'text', max: 64 } as const;

/** Every image of every task with its state and times, newest task first. */
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
    const parts =
      input.TaskType === imageScan
        ? await listScanTaskImages(call.app, call.accountId, {
            ...readPage(input),
            ...sourceCondition(input.Source),
            ...(chosen === undefined ? {} : { states: [...new Set(chosen.flat())] }),
            ...(input.TaskId === undefined ? {} : { taskIds: [taskOf(input.TaskId)] }),
            ...(input.StartTime === undefined ? {} : { from: input.StartTime }),
            ...(input.EndTime === undefined ? {} : { until: input.EndTime }),
          })
        : { total: 0, rows: [] };
    const options = { related: input.RelateInfo, zoneMinutes: call.zoneMinutes };
    return { PageInfo: pageInfo(input, parts), OnceTasks: parts.rows.map((part) => leafRecord(part, options)) };
  },
});
