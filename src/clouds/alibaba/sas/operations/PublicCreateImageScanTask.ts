import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { readScanScope, scanParameters, sourceIpParameter } from '../scan-selection.ts';
import { createdTask, startTask } from '../task-start.ts';
import type { PublicCreateImageScanTaskResponse } from '../task-types.ts';

/** Queues a scan of the images that are chosen. */
export const publicCreateImageScanTask = operation({
  action: 'PublicCreateImageScanTask',
  lasting: false,
  changes: true,
  parameters: { ...scanParameters, SourceIp: sourceIpParameter },
  async run(call, input): Promise<PublicCreateImageScanTaskResponse | Refusal> {
    const scope = readScanScope(input);
    if (isRefusal(scope)) return scope;
    return { Data: createdTask(await startTask(call, { scope }), call.app.clock()) };
  },
});
