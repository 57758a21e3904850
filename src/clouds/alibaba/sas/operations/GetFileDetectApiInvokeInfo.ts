import { countFileDetections } from '#app/count-file-detections.ts';
import { operation } from '../../../operation.ts';

/** There is no licence to use up; clients that look at what is left must find something. */
const noBound = 1_000_000_000;

/** How many detections the account has asked for, and how often it may ask. */
export const getFileDetectApiInvokeInfo = operation({
  action: 'GetFileDetectApiInvokeInfo',
  lasting: true,
  parameters: {},
  async run(call) {
    const count = await countFileDetections(call.app, call.accountId);
    return {
      Data: {
        InvokeCount: count,
        InvokeCountInSaleVersion: count,
        AuthCount: noBound,
        AuthCountInSaleVersion: noBound,
        RemainAuthCount: Math.max(0, noBound - count),
        SaleVersion: 2,
        ...(call.requestsPerSecond === 0 ? {} : { FlowRate: call.requestsPerSecond, TimeUnit: 'SECONDS' }),
      },
    };
  },
});
