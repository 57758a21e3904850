import type { Severity } from '#domain/severity.ts';
import type { App } from './app.ts';

/** Open findings of the account's local images by severity: what their containers would see. */
export async function countImageFindings(app: App, accountId: string): Promise<Readonly<Record<Severity, number>>> {
  return (await app.store.samples.counts({ accountId, scope: { local: true } })).findings;
}
