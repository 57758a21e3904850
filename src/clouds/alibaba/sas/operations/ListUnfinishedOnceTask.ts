import { listScanTaskImages } from '#app/list-scan-tasks.ts';
import { operation } from '../../../operation.ts';
import { imageScan, unfinishedTask } from '../task-shapes.ts';
import type { ListUnfinishedOnceTaskResponse } from '../task-types.ts';

/** The call has no pages. */
const mostRows = 1000;

/** Images that wait for a scan or are being scanned, those of the newest task first. */
export const listUnfinishedOnceTask = operation({
  action: 'ListUnfinishedOnceTask',
  lasting: true,
  parameters: { TaskType: { kind: 'text', max: 64, required: true }, Target: { kind: 'text', max: 128 } },
  async run(call, input): Promise<ListUnfinishedOnceTaskResponse> {
    if (input.TaskType !== imageScan) return { OnceTasks: [] };
    const { rows } = await listScanTaskImages(call.app, call.accountId, {
      states: ['queued', 'running'],
      ...(input.Target === undefined ? {} : { digests: [input.Target.toLowerCase()] }),
      offset: 0,
      limit: mostRows,
    });
    return { OnceTasks: rows.map(unfinishedTask) };
  },
});
