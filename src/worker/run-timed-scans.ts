import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '#app/app.ts';
import { runDueImageScans } from '#app/run-due-image-scan.ts';

export interface TimedScanRunner {
  readonly app: Pick<App, 'store' | 'clock'>;
  /** Ends the loop. */
  readonly signal: AbortSignal;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  /** How often the clock is looked at, ms; 5 s by default. */
  readonly lookMs?: number;
}

const defaultLookMs = 5000;

/** Makes the tasks of timed scans when they are due, until `signal` is aborted. Any number of processes may do so at once. */
export async function runTimedScans({ app, signal, log, lookMs = defaultLookMs }: TimedScanRunner): Promise<void> {
  while (!signal.aborted) {
    try {
      const made = await runDueImageScans(app, app.clock());
      if (made > 0) log('timed scans', { tasks: made });
    } catch (error) {
      // What is due stays due.
      log('timed scans not started', { error: error instanceof Error ? error.message : String(error) });
    }
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
}
