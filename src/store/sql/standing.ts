import type { HandlingState } from '#domain/handling.ts';
import { type Severity, severities } from '#domain/severity.ts';

/**
 * What stands in `finding.standing`. `fixed` is what a scan of the image did not see any more; `left` is in the image as before, but fixed in the image that
 * has its tags now. Lists of an image show what is in it and not allowed: `open` and `left`.
 */
export const standings = { hidden: 0, open: 1, fixed: 2, allowed: 3, left: 4 } as const;
export type Standing = (typeof standings)[keyof typeof standings];

const states: Readonly<Record<Standing, HandlingState>> = { 0: 'open', 1: 'open', 2: 'fixed', 3: 'allowed', 4: 'fixed' };

export function stateOf(standing: Standing): HandlingState {
  return states[standing];
}

/** The standings that have one of these states; hidden findings have none. */
export function standingsOf(wanted: readonly HandlingState[]): readonly Standing[] {
  return Object.values(standings).filter((standing) => standing !== standings.hidden && wanted.includes(states[standing]));
}

/** 4 for critical down to 0 for notice: a worse one is greater. */
export function rankOf(severity: Severity): number {
  return severities.length - 1 - severities.indexOf(severity);
}

export function severityOf(rank: number): Severity {
  return severities[severities.length - 1 - rank] ?? 'notice';
}
