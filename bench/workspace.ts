import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from './run-program.ts';

/** Where a run of the benchmark keeps things. */
export interface Workspace {
  /** Emptied and removed when the run ends. */
  readonly temporary: string;
  /** An empty folder below `temporary`. */
  folder(): Promise<string>;
  /**
   * Path of something that is made once and kept between runs. `make` writes it at the place it is given, a file or a folder; half of it is never
   * kept. The name must change with whatever it is made from.
   */
  kept(name: string, make: (place: string) => Promise<void>): Promise<string>;
  /** Removes a folder whatever is in it. */
  remove(folder: string): Promise<void>;
  close(): Promise<void>;
}

const cache = path.resolve(import.meta.dirname, '../node_modules/.cache/lazaret-bench');

export async function openWorkspace(): Promise<Workspace> {
  const temporary = await mkdtemp(path.join(tmpdir(), 'lazaret-bench-'));
  const remove = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  return {
    temporary,
    async folder() {
      return await mkdtemp(path.join(temporary, 'x-'));
    },
    async kept(name, make) {
      const place = path.join(cache, name);
      if (await exists(place)) return place;
      const half = path.join(cache, `half-${randomUUID()}`);
      await mkdir(cache, { recursive: true });
      try {
        await make(half);
        await rename(half, place);
        return place;
      } finally {
        await remove(half);
      }
    },
    remove,
    close: () => remove(temporary),
  };
}

/** Has the system write out what is pending, so that one measurement does not pay for what another wrote. */
export async function settle(signal: AbortSignal): Promise<void> {
  await runProgram('sync', [], { signal });
}

async function exists(place: string): Promise<boolean> {
  return await stat(place).then(
    () => true,
    () => false,
  );
}
