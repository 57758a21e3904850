import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Registry } from '#app/app.ts';
import { queueDueSyncs } from '#app/queue-due-syncs.ts';
import { defaultPatience, type Patience } from '#artifacts/image/exchange.ts';
import { LazaretError } from '#domain/error.ts';
import { registryAccess } from './registry-access.ts';
import { defaultSyncLimits, type SyncLimits, type SyncProgress, type SyncReport, syncRegistry } from './sync-registry.ts';

export interface SyncRunner {
  readonly app: Pick<App, 'store' | 'clock' | 'vault'>;
  readonly owner: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Ends the loop; the sync under way is queued again. */
  readonly signal: AbortSignal;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly patience?: Patience;
  readonly limits?: SyncLimits;
}

/** A lease that is not renewed for so long belongs to a process that died, ms. */
const leaseMs = 15_000;
const renewMs = 2000;
const idleMs = 500;
const lookMs = 5000;
/** What is kept of a sync's problems, in characters. */
const mostText = 4000;

/** Looks at registries when they are due or somebody asks, until `signal` is aborted. Any number of processes may do so at once. */
export async function runSyncs(runner: SyncRunner): Promise<void> {
  await Promise.all([queueNowAndThen(runner), takeSyncs(runner)]);
}

/**
 * Looks at one registry now, whether it is due or not.
 * @throws LazaretError 'conflict' where another process is at it, or as `syncRegistry`.
 */
export async function syncNow(runner: SyncRunner, id: number, onProgress: (progress: SyncProgress) => void): Promise<SyncReport> {
  const { app, owner } = runner;
  const registry = await app.store.registries.claimSync({ owner, at: app.clock(), leaseUntil: app.clock() + leaseMs, id });
  if (registry === undefined) throw new LazaretError('conflict', 'another process looks at this registry just now');
  return perform(runner, registry, { onProgress, stopped: 'failed' });
}

async function queueNowAndThen({ app, signal, log }: SyncRunner): Promise<void> {
  while (!signal.aborted) {
    try {
      const queued = await queueDueSyncs(app, app.clock());
      if (queued > 0) log('registries due', { registries: queued });
    } catch (error) {
      // What is due stays due.
      log('registries not queued', { error: textOf(error) });
    }
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
}

async function takeSyncs(runner: SyncRunner): Promise<void> {
  const { app, owner, signal, log } = runner;
  while (!signal.aborted) {
    const registry = await app.store.registries.claimSync({ owner, at: app.clock(), leaseUntil: app.clock() + leaseMs });
    if (registry === undefined) {
      await sleep(idleMs, undefined, { signal }).catch(() => undefined);
      continue;
    }
    log('registry sync start', { registry: registry.name });
    try {
      const { problems, ...found } = await perform(runner, registry, { onProgress: () => undefined, stopped: 'queued' });
      log('registry sync end', { registry: registry.name, ...found, problems: problems.length });
    } catch (error) {
      log('registry sync end', { registry: registry.name, error: textOf(error) });
    }
  }
}

class Lost extends Error {}

async function perform(
  runner: SyncRunner,
  registry: Registry,
  { onProgress, stopped }: { readonly onProgress: (progress: SyncProgress) => void; readonly stopped: 'queued' | 'failed' },
): Promise<SyncReport> {
  const { app, owner, signal, environment, platform, patience = { ...defaultPatience, attempts: 3 }, limits = defaultSyncLimits } = runner;
  const control = new AbortController();
  const mayWrite = () => app.store.registries.renewSync({ id: registry.id, owner, leaseUntil: app.clock() + leaseMs });
  const renewing = keepLease(runner, control, mayWrite);
  const finish = (state: 'done' | 'queued' | 'failed', error: string) => finishSync(runner, registry, { state, error, mayWrite });
  try {
    const access = registryAccess(registry, app.vault);
    const run = { app, registry, access, environment, platform, mayWrite, onProgress, patience, limits };
    const report = await syncRegistry({ ...run, signal: AbortSignal.any([signal, control.signal]) });
    await finish('done', problemText(report));
    return report;
  } catch (error) {
    if (control.signal.reason instanceof Lost) throw new LazaretError('conflict', control.signal.reason.message, { cause: error });
    await finish(signal.aborted ? stopped : 'failed', textOf(error));
    throw error;
  } finally {
    control.abort();
    await renewing;
  }
}

async function finishSync(
  { app }: SyncRunner,
  { accountId, id, sync }: Registry,
  end: { readonly state: 'done' | 'queued' | 'failed'; readonly error: string; readonly mayWrite: () => Promise<boolean> },
): Promise<void> {
  const { state, error, mayWrite } = end;
  await app.store.transaction(async () => {
    // Whoever has it now, or removed it, says what becomes of it.
    if (await mayWrite())
      await app.store.registries.setSync(accountId, id, { ...sync, state, error, finishedAt: state === 'queued' ? undefined : app.clock() });
  });
}

async function keepLease({ log }: SyncRunner, control: AbortController, hold: () => Promise<boolean>): Promise<void> {
  while (!control.signal.aborted) {
    await sleep(renewMs, undefined, { signal: control.signal }).catch(() => undefined);
    if (control.signal.aborted) return;
    try {
      if (!(await hold())) control.abort(new Lost('the registry is gone, or another process looks at it now'));
    } catch (error) {
      // A store that is busy now will answer the next time; the lease lasts for several tries.
      if (!(error instanceof LazaretError)) return control.abort(error);
      log('lease not renewed', { error: error.message });
    }
  }
}

function problemText({ problems }: SyncReport): string {
  const [first] = problems;
  if (first === undefined) return '';
  const lines = problems.map(({ repository, tag, message }) => `${repository}${tag === '' ? '' : `:${tag}`}${repository === '' ? '' : ': '}${message}`);
  return lines.join('\n').slice(0, mostText);
}

function textOf(error: unknown): string {
  // What is no error of ours may tell of the machine.
  return error instanceof LazaretError && error.code !== 'internal' ? error.message.slice(0, mostText) : 'an internal error occurred';
}
