import { countFindings } from '#app/count-findings.ts';
import { operation } from '../../../operation.ts';
import { byStep, type riskSteps } from '../counters.ts';

/** ImageRiskLevel; 0 stands for images that were scanned and have nothing open. */
const levels: Record<keyof typeof riskSteps, string> = { high: '3', medium: '2', low: '1' };

/** How many images there are of each level of risk, by the worst that is open in them. */
export const describeImageRiskLevelStatistic = operation({
  action: 'DescribeImageRiskLevelStatistic',
  lasting: true,
  parameters: {},
  async run(call) {
    const { images, cleanImages } = await countFindings(call.app, call.accountId);
    const risky = byStep(images).map(({ step, count }) => ({ ImageRiskLevel: levels[step], Cnt: count }));
    return { ImageRiskLevelList: [...risky, { ImageRiskLevel: '0', Cnt: cleanImages }] };
  },
});
