import { countFindings } from '#app/count-findings.ts';
import { operation } from '../../../operation.ts';

/** There is no licence to use up; clients that look at what is left must find something. */
const noBound = 1_000_000_000;

/** How many images were scanned; of a licence there is nothing to tell. */
export const describeImageScanAuthCount = operation({
  action: 'DescribeImageScanAuthCount',
  lasting: true,
  parameters: {},
  async run(call) {
    const { scannedImages } = await countFindings(call.app, call.accountId);
    return { ImageScan: { ImageScanCapacity: noBound, ScanCount: scannedImages } };
  },
});
