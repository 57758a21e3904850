import { createInterface } from 'node:readline';
import type { Running } from './run-program.ts';

/** Where a server listens: ours and the bare one say so in a line of JSON on standard output. */
export async function portOf(server: Running): Promise<number> {
  const lines = createInterface({ input: server.child.stdout });
  const timer = setTimeout(() => lines.close(), 30_000);
  try {
    for await (const line of lines) {
      const port = /"http:\/\/127\.0\.0\.1:(\d+)"/.exec(line)?.[1];
      if (port !== undefined) return Number(port);
    }
  } finally {
    clearTimeout(timer);
    lines.close();
    server.child.stdout.resume();
  }
  throw new Error('a server did not say where it listens');
}
