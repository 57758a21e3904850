import { setTimeout as sleep } from 'node:timers/promises';
import type { Records } from '#app/app.ts';
import { pruneAudit } from '#app/prune-audit.ts';

const dayMs = 86_400_000;
const everyMs = 3_600_000;

export interface AuditPruning {
  /** Age in days from which on records are forgotten; 0 for never. */
  readonly days: number;
  /** Told what went wrong; it is tried again an hour later. */
  readonly onTrouble: (error: unknown) => void;
}

/** Forgets old audit records at once and then every hour. Gives what ends it, which is to be awaited before the store is closed. */
export function startAuditPruning(records: Records, { days, onTrouble }: AuditPruning): () => Promise<void> {
  const control = new AbortController();
  const ended = days === 0 ? Promise.resolve() : pruneUntil(control.signal);
  return () => {
    control.abort();
    return ended;
  };

  async function pruneUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pruneAudit(records, days * dayMs, signal).catch(onTrouble);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
