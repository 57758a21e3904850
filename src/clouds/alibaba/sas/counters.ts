import type { FindingCounts } from '#app/app.ts';
import { type Severity, severities } from '#domain/severity.ts';

export function allImages({ scannedImages, unscannedImages }: FindingCounts): number {
  return scannedImages + unscannedImages;
}

/** Images with open findings. */
export function infectedImages({ images }: FindingCounts): number {
  return severities.reduce((sum, severity) => sum + images[severity], 0);
}

/** The vendor's three steps of risk, worst first, for our severities. */
export const riskSteps = {
  high: ['critical', 'high'],
  medium: ['medium'],
  low: ['low', 'notice'],
} as const satisfies Record<'high' | 'medium' | 'low', readonly Severity[]>;

/** A number of each step out of numbers by severity. */
export function byStep(numbers: Readonly<Record<Severity, number>>): readonly { readonly step: keyof typeof riskSteps; readonly count: number }[] {
  return Object.entries(riskSteps).map(([step, list]) => ({
    step: step as keyof typeof riskSteps,
    count: (list as readonly Severity[]).reduce((sum, severity) => sum + numbers[severity], 0),
  }));
}
