/** How bad a detection is, worst first. The order of this list is the order of comparison. */
export const severities = ['critical', 'high', 'medium', 'low', 'notice'] as const;

export type Severity = (typeof severities)[number];

/** Whether `left` is at least as bad as `right`. */
export function isAtLeast(left: Severity, right: Severity): boolean {
  return severities.indexOf(left) <= severities.indexOf(right);
}

/** The score bands in which rule authors grade from 0 to 100: 0–39 notice, 40–59 low, 60–74 medium, 75–89 high, from 90 critical. */
export function severityOfScore(score: number): Severity {
  if (score >= 90) return 'critical';
  if (score >= 75) return 'high';
  if (score >= 60) return 'medium';
  return score >= 40 ? 'low' : 'notice';
}
