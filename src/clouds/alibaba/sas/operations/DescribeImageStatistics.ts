import { countFindings } from '#app/count-findings.ts';
import { operation } from '../../../operation.ts';
import { allImages, infectedImages } from '../counters.ts';

/** How many images there are, and how many of them have findings. */
export const describeImageStatistics = operation({
  action: 'DescribeImageStatistics',
  lasting: true,
  parameters: {},
  async run(call) {
    const counts = await countFindings(call.app, call.accountId);
    return { InstanceCount: allImages(counts), RiskInstanceCount: infectedImages(counts) };
  },
});
