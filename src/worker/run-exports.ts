import { setTimeout as sleep } from 'node:timers/promises';
import type { App, ExportJob } from '#app/app.ts';
import { dropUnwanted, sweepExports } from '#app/sweep-exports.ts';
import { writeExport } from '#app/write-export.ts';
import { LazaretError } from '#domain/error.ts';

export interface ExportRunner {
  readonly app: Pick<App, 'store' | 'clock' | 'dataDir'>;
  readonly owner: string;
  /** Ends the loop; what is under way is given back. */
  readonly signal: AbortSignal;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  /** See `ExportWriting`. */
  readonly keepFree?: number;
}

/** Exports at the same time: a long one must not hold up the rest. */
const lanes = 2;
/** A lease that is not renewed for so long belongs to a worker that died, ms. */
const leaseMs = 10_000;
const renewMs = 1000;
const idleMs = 300;
const sweepMs = 60_000;

/** Takes queued exports and writes their files, and removes those that are kept no longer, until `signal` is aborted. */
export async function runExports(runner: ExportRunner): Promise<void> {
  await Promise.all([sweepNowAndThen(runner), ...Array.from({ length: lanes }, (_, lane) => takeJobs(runner, `${runner.owner}-${lane}`))]);
}

async function takeJobs(runner: ExportRunner, owner: string): Promise<void> {
  const { app, signal, log } = runner;
  while (!signal.aborted) {
    try {
      const job = await app.store.exports.claim(owner, app.clock(), app.clock() + leaseMs);
      if (job !== undefined) {
        await runOne(runner, owner, job);
        continue;
      }
    } catch (error) {
      // A store that is busy, or whose disk is full, must not end the scans beside; the lease runs out by itself.
      log('export not taken or ended', { error: messageOf(error) });
    }
    await sleep(idleMs, undefined, { signal }).catch(() => undefined);
  }
}

class Stopped extends Error {}
class Lost extends Error {}

async function runOne(runner: ExportRunner, owner: string, job: ExportJob): Promise<void> {
  const { app, signal, log, keepFree } = runner;
  const control = new AbortController();
  const stop = () => control.abort(new Stopped('the worker was stopped'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let progress = 0;
  const hold = async (): Promise<void> => {
    const held = await app.store.exports.renew(owner, job.id, { leaseUntil: app.clock() + leaseMs, progress });
    if (!held) control.abort(new Lost('another worker has the export, or it is gone'));
  };
  const renewing = keepLease(hold, control, (error) => log('lease not renewed', { export: job.id, error: error.message }));
  log('export start', { export: job.id });
  let failure: unknown;
  try {
    const onProgress = (percent: number): void => {
      progress = percent;
    };
    await writeExport(app, job, { writer: owner, signal: control.signal, onProgress, ...(keepFree === undefined ? {} : { keepFree }) });
  } catch (error) {
    failure = error;
  }
  signal.removeEventListener('abort', stop);
  const reason: unknown = control.signal.reason;
  if (!control.signal.aborted) control.abort(new Stopped('over'));
  await renewing;
  if (reason instanceof Lost) return await dropUnwanted(app, job.id);
  if (reason instanceof Stopped && failure !== undefined) return await app.store.exports.release(owner, job.id);
  const text = failure === undefined ? undefined : textOf(failure, app.dataDir);
  const isTaken = await app.store.exports.finish(owner, job.id, { failure: text, at: app.clock() });
  if (!isTaken) await dropUnwanted(app, job.id);
  log('export end', { export: job.id, ...(failure === undefined ? {} : { error: messageOf(failure) }) });
}

// Its owner is told what they can act on, and nothing of where things lie on the machine.
function textOf(failure: unknown, dataDir: string): string {
  if (!(failure instanceof LazaretError) || failure.code === 'internal' || failure.code === 'unavailable') return 'an internal error occurred';
  return failure.message.replaceAll(dataDir, 'the data directory');
}

async function keepLease(hold: () => Promise<void>, control: AbortController, onBusy: (error: LazaretError) => void): Promise<void> {
  while (!control.signal.aborted) {
    await sleep(renewMs, undefined, { signal: control.signal }).catch(() => undefined);
    if (control.signal.aborted) return;
    try {
      await hold();
    } catch (error) {
      // A store that is busy now will answer the next time; the lease lasts for several tries.
      if (!(error instanceof LazaretError)) return control.abort(error);
      onBusy(error);
    }
  }
}

async function sweepNowAndThen({ app, signal, log }: ExportRunner): Promise<void> {
  while (!signal.aborted) {
    try {
      await sweepExports(app);
    } catch (error) {
      log('exports not swept', { error: messageOf(error) });
    }
    await sleep(sweepMs, undefined, { signal }).catch(() => undefined);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
