import { setTimeout as sleep } from 'node:timers/promises';
import { LazaretError } from '#domain/error.ts';
import type { ScanState } from '#domain/scan.ts';
import type { Clock } from '#lib/clock.ts';
import { ScanFailure } from '#scan/scan-artifact.ts';
import type { Store, TaskImage } from '#store/store.ts';

export interface TaskRunner {
  readonly store: Store;
  readonly owner: string;
  readonly clock: Clock;
  /** Ends the loop; the image being scanned stays claimed until its lease runs out, and is then scanned by the next worker. */
  readonly signal: AbortSignal;
  scan(image: TaskImage, hold: Hold): Promise<unknown>;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** What a scan is told of its claim on the image. */
export interface Hold {
  /** Aborted when the scan must end. */
  readonly signal: AbortSignal;
  /** Whether the scan may still write what becomes of the image; see `ScanOptions`. */
  readonly mayPublish: () => Promise<boolean>;
}

/** A lease that is not renewed for so long belongs to a worker that died, ms. */
const leaseMs = 10_000;
/** How soon a cancelled scan is noticed, ms. */
const renewMs = 500;
const idleMs = 300;
/** The longest time a timer can be set to, ms. */
const longestTimer = 2 ** 31 - 1;

/** Takes queued images one after the other and scans them, until `signal` is aborted. */
export async function runTasks(runner: TaskRunner): Promise<void> {
  const { store, owner, clock, signal } = runner;
  while (!signal.aborted) {
    const image = await store.tasks.claim(owner, clock(), clock() + leaseMs);
    if (image === undefined) await sleep(idleMs, undefined, { signal }).catch(() => undefined);
    else await runOne(runner, image);
  }
}

class Cancelled extends Error {}
class Stopped extends Error {}

async function runOne(runner: TaskRunner, image: TaskImage): Promise<void> {
  const { store, owner, clock, signal } = runner;
  const control = new AbortController();
  const stop = () => control.abort(new Stopped('the worker was stopped'));
  signal.addEventListener('abort', stop, { once: true });
  // Stopped while the image was being claimed.
  if (signal.aborted) stop();
  const timeout = setTimeout(
    () => control.abort(new DOMException(`the scan was not done in the task's time`, 'TimeoutError')),
    Math.min(longestTimer, Math.max(0, image.deadline - clock())),
  );
  // Whoever cancelled it, or scans it now, says what becomes of the image; one that is only put off goes on later.
  const mayPublish = async () => !(control.signal.reason instanceof Stopped) && (await store.tasks.renew(owner, image, clock() + leaseMs));
  const renewing = keepLease(runner, image, control);
  runner.log('scan start', { task: image.taskId, image: image.imageId });
  let outcome: Exclude<ScanState, 'queued' | 'running'> | undefined;
  try {
    await runner.scan(image, { signal: control.signal, mayPublish });
    outcome = 'done';
  } catch (error) {
    outcome = outcomeOf(control.signal);
    if (outcome !== undefined && !(error instanceof ScanFailure)) await recordEnd(runner, image, { state: outcome, error, mayPublish });
    runner.log('scan end', {
      task: image.taskId,
      image: image.imageId,
      state: outcome ?? 'stopped',
      error: error instanceof Error ? error.message : String(error),
    });
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', stop);
    if (!control.signal.aborted) control.abort(new Stopped('over'));
    await renewing;
  }
  // Given back at once, so that the next worker need not wait for the lease to run out.
  if (outcome === undefined) return void (await store.tasks.renew(owner, image, clock()));
  if (outcome === 'done') runner.log('scan end', { task: image.taskId, image: image.imageId, state: outcome });
  if (outcome !== 'cancelled') await store.tasks.finish(owner, image, outcome, clock());
}

// A scan that began says itself how it ended; one whose image cannot be opened never began.
async function recordEnd(
  { store, clock }: TaskRunner,
  image: TaskImage,
  end: { readonly state: ScanState; readonly error: unknown; readonly mayPublish: () => Promise<boolean> },
): Promise<void> {
  const at = clock();
  const { state, error } = end;
  const scan = { state, startedAt: at, finishedAt: at, progress: 0, remainingSeconds: 0, complete: false, stats: undefined } as const;
  await store.transaction(async () => {
    if (await end.mayPublish())
      await store.images.setScan(image.accountId, image.imageId, { ...scan, error: error instanceof Error ? error.message : String(error) });
  });
}

async function keepLease({ store, owner, clock, log }: TaskRunner, image: TaskImage, control: AbortController): Promise<void> {
  while (!control.signal.aborted) {
    await sleep(renewMs, undefined, { signal: control.signal }).catch(() => undefined);
    if (control.signal.aborted) return;
    try {
      if (!(await store.tasks.renew(owner, image, clock() + leaseMs))) control.abort(new Cancelled('the scan was cancelled'));
    } catch (error) {
      // A store that is busy now will answer the next time; the lease lasts for several tries.
      if (!(error instanceof LazaretError)) return control.abort(error);
      log('lease not renewed', { task: image.taskId, error: error.message });
    }
  }
}

// undefined: the image stays claimed, to be scanned again by the next worker.
function outcomeOf(signal: AbortSignal): Exclude<ScanState, 'queued' | 'running'> | undefined {
  if (signal.reason instanceof Stopped) return undefined;
  if (signal.reason instanceof Cancelled) return 'cancelled';
  return signal.reason instanceof DOMException ? 'timeout' : 'failed';
}
