import type { Severity } from '#domain/severity.ts';
import type { App, FindingCounts, ImageScope } from './app.ts';

/** Findings and images of the account, within a scope. */
export async function countFindings({ store }: App, accountId: string, scope: ImageScope = {}): Promise<FindingCounts> {
  return store.samples.counts({ accountId, scope });
}

const dayMs = 86_400_000;

/** Image scans that ended well in the last days. */
export async function countRecentScans({ store, clock }: App, accountId: string, days: number): Promise<number> {
  return store.images.countScans(accountId, clock() - days * dayMs);
}

type RowFilter = Omit<Parameters<App['store']['samples']['countAffected']>[0], 'accountId'>;

/** How many findings the list of affected images has for a filter, by severity. */
export async function countAffected({ store }: App, accountId: string, filter: RowFilter): Promise<Readonly<Record<Severity, number>>> {
  return store.samples.countAffected({ accountId, ...filter });
}
