import type { HandlingState } from '#domain/handling.ts';
import { type Severity, severities } from '#domain/severity.ts';

/** What stands in `finding.standing`; lists of an image show the open ones. */
export const standings = { hidden: 0, open: 1, fixed: 2, allowed: 3 } as const;
export type Standing = (typeof standings)[keyof typeof standings];

const states: Readonly<Record<Standing, HandlingState>> = { 0: 'open', 1: 'open', 2: 'fixed', 3: 'allowed' };

export function stateOf(standing: Standing): HandlingState {
  return states[standing];
}

/** 4 for critical down to 0 for notice: a worse one is greater. */
export function rankOf(severity: Severity): number {
  return severities.length - 1 - severities.indexOf(severity);
}

export function severityOf(rank: number): Severity {
  return severities[severities.length - 1 - rank] ?? 'notice';
}
