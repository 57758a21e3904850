import { countScanImages } from '#app/count-scan-images.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { readScanScope, scanParameters, sourceIpParameter } from '../scan-selection.ts';
import type { PublicPreCheckImageScanTaskResponse } from '../task-types.ts';

/** How many images a scan would look at, and how many of them none has looked at yet: a licence is for a digest, however often it is scanned. */
export const publicPreCheckImageScanTask = operation({
  action: 'PublicPreCheckImageScanTask',
  lasting: true,
  parameters: { ...scanParameters, SourceIp: sourceIpParameter },
  async run(call, input): Promise<PublicPreCheckImageScanTaskResponse | Refusal> {
    const scope = readScanScope(input);
    if (isRefusal(scope)) return scope;
    const { images, unscanned } = await countScanImages(call.app, call.accountId, scope);
    return { Data: { ScanImageCount: images, NeedAuthCount: unscanned } };
  },
});
