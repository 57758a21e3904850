import { countRecentScans } from '#app/count-findings.ts';
import { operation } from '../../../operation.ts';

/** How many scans of images ended well in the last days, by whole hours. */
export const getImageScanNumInPeriod = operation({
  action: 'GetImageScanNumInPeriod',
  lasting: false,
  parameters: { PastDay: { kind: 'integer', min: 1, max: 3650, required: true } },
  async run(call, input) {
    return { ImageScanData: { ImageScanCount: await countRecentScans(call.app, call.accountId, input.PastDay) } };
  },
});
