import { stopImageScan } from '#app/stop-image-scan.ts';
import { operation } from '../../../operation.ts';
import { taskOf } from '../../ids.ts';

/** Stops what a task still has to scan. One that has ended stays as it is. */
export const cancelOnceTask = operation({
  action: 'CancelOnceTask',
  lasting: false,
  changes: true,
  parameters: { TaskId: { kind: 'text', max: 64, required: true } },
  async run(call, input): Promise<object> {
    await stopImageScan(call.app, call.accountId, { taskId: taskOf(input.TaskId), except: [] });
    return {};
  },
});
