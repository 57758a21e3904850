import { countFindings } from '#app/count-findings.ts';
import { operation } from '../../../operation.ts';

/** How many images were never scanned to their end. */
export const describeCountNotScannedImage = operation({
  action: 'DescribeCountNotScannedImage',
  lasting: true,
  parameters: {},
  run: async (call) => ({ NotScannedCnt: (await countFindings(call.app, call.accountId)).unscannedImages }),
});
