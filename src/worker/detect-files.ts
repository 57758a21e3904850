import { setTimeout as sleep } from 'node:timers/promises';
import { storeUpload } from '#app/store-upload.ts';
import { keptMs, sweepUploads } from '#app/sweep-uploads.ts';
import { algorithmOf, uploadFileName, uploadKeyOf, uploadPath } from '#app/upload-folder.ts';
import { LazaretError } from '#domain/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { DetectionJob, DetectionOutcome, Store } from '#store/store.ts';
import { fetchFile } from './fetch-file.ts';
import type { FileJudge } from './file-judge.ts';

export interface FileDetector {
  readonly store: Store;
  readonly dataDir: string;
  readonly owner: string;
  readonly clock: Clock;
  /** Ends the loop; what is under way is given back. */
  readonly signal: AbortSignal;
  readonly judge: FileJudge;
  /** Bounds of files that are fetched. */
  readonly fetch: { readonly maxBytes: number; readonly allowPrivate: boolean };
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Files judged or fetched at the same time: one that is fetched slowly must not hold up the rest. */
const lanes = 8;
/** A lease that is not renewed for so long belongs to a worker that died, ms. */
const leaseMs = 10_000;
const renewMs = 1000;
const idleMs = 200;
/** The longest that one detection may take, its fetch included, and the fetch alone, ms. */
const detectionMs = 10 * 60_000;
const fetchMs = 120_000;
const sweepMs = 60_000;

/** Takes queued detections of files and judges them, and removes what is kept no longer, until `signal` is aborted. */
export async function detectFiles(detector: FileDetector): Promise<void> {
  await Promise.all([sweepNowAndThen(detector), takeJobs(detector)]);
}

async function takeJobs(detector: FileDetector): Promise<void> {
  const { store, owner, clock, signal } = detector;
  const running = new Set<Promise<void>>();
  const failed = new AbortController();
  while (!signal.aborted && !failed.signal.aborted) {
    const job = running.size < lanes ? await store.fileDetections.claim(owner, clock(), clock() + leaseMs) : undefined;
    if (job === undefined) {
      const idle = sleep(idleMs, undefined, { signal }).catch(() => undefined);
      await (running.size < lanes ? idle : Promise.race([...running, idle]));
      continue;
    }
    const work = runOne(detector, job)
      .catch((error: unknown) => failed.abort(error))
      .finally(() => running.delete(work));
    running.add(work);
  }
  await Promise.all(running);
  failed.signal.throwIfAborted();
}

class Stopped extends Error {}
class Lost extends Error {}

async function runOne(detector: FileDetector, job: DetectionJob): Promise<void> {
  const { store, owner, clock, signal, log } = detector;
  const control = new AbortController();
  const stop = () => control.abort(new Stopped('the worker was stopped'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const timeout = setTimeout(() => control.abort(new DOMException('the detection was not done in time', 'TimeoutError')), detectionMs);
  const renewing = keepLease(detector, job, control);
  log('detection start', { detection: job.id });
  const outcome = await within(control.signal, detect(detector, job, control.signal)).catch((error: unknown) => failureOf(error, control.signal));
  clearTimeout(timeout);
  signal.removeEventListener('abort', stop);
  const reason: unknown = control.signal.reason;
  if (!control.signal.aborted) control.abort(new Stopped('over'));
  await renewing;
  // Another detection of the same hash took its place, or another worker has it.
  if (reason instanceof Lost) return;
  if (outcome === undefined) return await store.fileDetections.release(owner, job.id);
  await store.fileDetections.finish(owner, job.id, { outcome, at: clock(), keepUntil: clock() + keptMs });
  log('detection end', { detection: job.id, state: outcome.state, ...(outcome.state === 'failed' ? { error: outcome.message } : {}) });
}

// What works on after the signal works for nobody.
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop));
}

// undefined: it is given back, to be judged by the next worker.
function failureOf(error: unknown, signal: AbortSignal): DetectionOutcome | undefined {
  if (signal.reason instanceof Stopped || signal.reason instanceof Lost) return undefined;
  if (error instanceof LazaretError && error.code === 'not-found') return { state: 'failed', kind: 'missing-file', message: error.message };
  return { state: 'failed', kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}

async function keepLease({ store, owner, clock, log }: FileDetector, job: DetectionJob, control: AbortController): Promise<void> {
  while (!control.signal.aborted) {
    await sleep(renewMs, undefined, { signal: control.signal }).catch(() => undefined);
    if (control.signal.aborted) return;
    try {
      if (!(await store.fileDetections.renew(owner, job.id, clock() + leaseMs))) control.abort(new Lost('another detection took its place'));
    } catch (error) {
      // A store that is busy now will answer the next time; the lease lasts for several tries.
      if (!(error instanceof LazaretError)) return control.abort(error);
      log('lease not renewed', { detection: job.id, error: error.message });
    }
  }
}

async function detect(detector: FileDetector, job: DetectionJob, signal: AbortSignal): Promise<DetectionOutcome> {
  const { dataDir, judge } = detector;
  const fileName = uploadFileName(uploadKeyOf(job.accountId, job.hashKey));
  if (job.url !== '') {
    const failed = await fetch(detector, { job, fileName }, signal);
    if (failed !== undefined) return failed;
  }
  const { result, members } = await judge.judge(uploadPath(dataDir, fileName), job.unpack);
  // What was written has been compared already: the disk has changed it since.
  return result[algorithmOf(job.hashKey)] === job.hashKey ? { state: 'done', result, members } : wrongHash;
}

const wrongHash = { state: 'failed', kind: 'wrong-hash', message: 'the file does not have the announced hash' } as const;

async function fetch(
  detector: FileDetector,
  { job, fileName }: { readonly job: DetectionJob; readonly fileName: string },
  signal: AbortSignal,
): Promise<DetectionOutcome | undefined> {
  const { maxBytes, allowPrivate } = detector.fetch;
  const time = AbortSignal.timeout(fetchMs);
  let broken: unknown;
  // Trouble with the source is the caller's, trouble with the disk ours.
  const pieces = async function* () {
    try {
      yield* fetchFile(job.url, { allowPrivate, maxBytes, signal: AbortSignal.any([signal, time]) });
    } catch (error) {
      broken = error;
      throw error;
    }
  };
  try {
    const writer = `${detector.owner}-${job.id}`;
    const { end } = await storeUpload({ dataDir: detector.dataDir, fileName, hashKey: job.hashKey, maxBytes, writer }, pieces());
    if (end === 'stored') return undefined;
    return end === 'wrong-hash' ? wrongHash : { state: 'failed', kind: 'too-large', message: `the file is larger than ${maxBytes} bytes` };
  } catch (error) {
    if (signal.aborted || broken !== error) throw error;
    if (time.aborted) return { state: 'failed', kind: 'download', message: `the file could not be fetched within ${fetchMs / 1000} s` };
    if (!(error instanceof LazaretError)) throw error;
    return { state: 'failed', kind: error.code === 'limit' ? 'too-large' : 'download', message: error.message };
  }
}

async function sweepNowAndThen({ store, dataDir, clock, signal, log }: FileDetector): Promise<void> {
  while (!signal.aborted) {
    try {
      await sweepUploads({ store, dataDir, clock });
    } catch (error) {
      log('uploads not swept', { error: error instanceof Error ? error.message : String(error) });
    }
    await sleep(sweepMs, undefined, { signal }).catch(() => undefined);
  }
}
