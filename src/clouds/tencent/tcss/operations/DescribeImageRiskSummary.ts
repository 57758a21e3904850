import type { DescribeImageRiskSummaryResponse } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { countImageFindings } from '#app/count-image-findings.ts';
import type { Severity } from '#domain/severity.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';

// The vendor's list ends here: what is only worth a notice is in none of its counts.
const levels = { critical: 'CRITICAL', high: 'HIGH', medium: 'MEDIUM', low: 'LOW' } as const satisfies Partial<Record<Severity, string>>;

/** Malicious files of local images by level. Vulnerabilities and sensitive data are not looked for, so that their counts are 0. */
export const describeImageRiskSummary = operation({
  action: 'DescribeImageRiskSummary',
  lasting: true,
  parameters: {},
  async run(call): Promise<AnswerFor<DescribeImageRiskSummaryResponse>> {
    const counts = await countImageFindings(call.app, call.accountId);
    const byLevel = (count: (severity: keyof typeof levels) => number) =>
      (Object.keys(levels) as (keyof typeof levels)[]).map((severity) => ({ Cnt: count(severity), Level: levels[severity] }));
    return { VulnerabilityCnt: byLevel(() => 0), MalwareVirusCnt: byLevel((severity) => counts[severity]), RiskCnt: byLevel(() => 0) };
  },
});
