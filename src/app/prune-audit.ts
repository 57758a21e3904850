import type { Records } from './app.ts';

const slice = 1000;

/** Forgets audit records older than so many milliseconds, a slice at a time, so that others get to write in between. Returns how many. */
export async function pruneAudit({ store, clock }: Records, keepMs: number, signal: AbortSignal): Promise<number> {
  const before = clock() - keepMs;
  for (let total = 0; ; ) {
    const pruned = signal.aborted ? 0 : await store.audit.prune(before, slice);
    total += pruned;
    if (pruned < slice) return total;
  }
}
