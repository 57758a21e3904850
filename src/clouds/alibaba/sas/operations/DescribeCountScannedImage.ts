import { countFindings } from '#app/count-findings.ts';
import { operation } from '../../../operation.ts';

/** How many images were ever scanned to their end. */
export const describeCountScannedImage = operation({
  action: 'DescribeCountScannedImage',
  lasting: true,
  parameters: {},
  run: async (call) => ({ ScannedCount: (await countFindings(call.app, call.accountId)).scannedImages }),
});
