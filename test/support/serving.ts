import { type Running, startLazaret } from './lazaret.ts';

/** The real server, started as people start it, on a free port of 127.0.0.1. */
export interface Serving {
  /** `host:port`, as an SDK's endpoint. */
  readonly endpoint: string;
  readonly running: Running;
  /** Asks it to stop and waits for its end; gives the exit status. */
  stop(): Promise<number | null>;
}

const patienceMs = 20_000;

/** Starts `lazaret serve` over a data directory and waits until it listens. */
export async function startServing(dataDir: string, more: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const running = startLazaret(['serve', '--data', dataDir, '--listen', 'http://127.0.0.1:0', '--rate', '0', ...more], environment);
  const endpoint = await addressOf(running);
  return {
    endpoint,
    running,
    stop: async () => {
      running.child.kill('SIGTERM');
      return (await running.ended).status;
    },
  };
}

// The first line of the log that names addresses.
async function addressOf(running: Running): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error('the server did not say that it listens')), patienceMs);
  let log = '';
  running.child.stdout?.on('data', (text: string) => {
    log += text;
    const address = /"addresses":\["http:\/\/([^"]+)"/.exec(log)?.[1];
    if (address !== undefined) resolve(address);
  });
  running.ended.then(({ stderr }) => reject(new Error(`the server ended: ${stderr}`)), reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
