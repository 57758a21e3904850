import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerSettings } from './main.ts';

export interface Supervision {
  readonly settings: WorkerSettings;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  /** Told what the worker says: an event name and what belongs to it. */
  readonly onEvent: (event: Readonly<Record<string, unknown>>) => void;
}

/** A worker that dies at once must not be started in a tight loop, ms. */
const restartMs = 1000;
/** How long a worker may take to let go of a scan, ms. */
const patienceMs = 5000;

/** Keeps one scanning process running until the signal, whatever happens to it. Resolves when the last one has ended. */
export async function superviseWorker({ settings, signal, onEvent }: Supervision): Promise<void> {
  while (!signal.aborted) {
    const status = await runWorker(settings, signal, onEvent);
    if (signal.aborted) return;
    onEvent({ event: 'worker ended', status });
    await sleep(restartMs, undefined, { signal }).catch(() => undefined);
  }
}

function runWorker(settings: WorkerSettings, signal: AbortSignal, onEvent: Supervision['onEvent']): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const worker = fork(new URL('./main.ts', import.meta.url), [JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = () => {
    worker.kill('SIGTERM');
    setTimeout(() => worker.kill('SIGKILL'), patienceMs).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  worker.on('message', (message) => onEvent(message as Readonly<Record<string, unknown>>));
  worker.once('error', (error) => resolve(error.message));
  worker.once('exit', (code, name) => resolve(String(code ?? name)));
  return promise.finally(() => signal.removeEventListener('abort', stop));
}
