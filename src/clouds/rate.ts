import type { Clock } from '#lib/clock.ts';

/** Counts requests of one second per key. `perSecond` 0 means no limit. */
export interface RateLimit {
  readonly perSecond: number;
  /** Counts one more and returns the count within the running second. */
  count(key: string): number;
}

/**
 * A limit over whole seconds of the clock. All counters are dropped at the turn of a second, so there are never more of them than requests
 * within one second.
 */
export function createRateLimit(perSecond: number, clock: Clock): RateLimit {
  const counts = new Map<string, number>();
  let second = 0;
  return {
    perSecond,
    count(key) {
      const now = Math.floor(clock() / 1000);
      if (now !== second) {
        counts.clear();
        second = now;
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count;
    },
  };
}
