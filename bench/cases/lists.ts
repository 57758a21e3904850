import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { createKey } from '#app/create-key.ts';
import { appOver } from '../../test/support/app-over.ts';
import { type EstateSize, storeEstate } from '../estate.ts';
import type { Lab } from '../lab.ts';
import { launcher } from '../lazaret.ts';
import { measureLists, type Side } from '../list-latency.ts';
import type { Outcome } from '../result.ts';
import { type Running, startProgram } from '../run-program.ts';
import { portOf } from '../server-port.ts';

const sizes = { small: { images: 200, findings: 10_000 }, large: { images: 20_000, findings: 1_000_000 } } as const satisfies Record<string, EstateSize>;

interface Opened extends Side {
  readonly server: Running;
}

/** Every reading call over a million findings, and over ten thousand. */
export async function lists(lab: Lab): Promise<Outcome> {
  const small = await open(lab, sizes.small);
  try {
    const large = await open(lab, sizes.large);
    try {
      return await measureLists(lab, small, large);
    } finally {
      await close(large);
    }
  } finally {
    await close(small);
  }
}

async function open(lab: Lab, size: EstateSize): Promise<Opened> {
  const dataDir = await lab.workspace.folder();
  lab.say(`storing ${size.findings} findings in ${size.images} images`);
  const app = await appOver(dataDir);
  const { store } = app;
  const started = performance.now();
  const facts = await storeEstate(store, size, Date.now());
  lab.say(`stored in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const key = await createKey(app, 'default', { name: 'bench', randomBytes });
  const args = [launcher, 'serve', '--data', dataDir, '--listen', 'http://127.0.0.1:0', '--rate', '0', '--no-builtin-rules', '--no-scanning'];
  const server = startProgram(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], lab.signal);
  const { pid } = server.child;
  if (pid === undefined) throw new Error('a server did not start');
  return { store, server, pid, port: await portOf(server), key, facts, agent: new Agent({ keepAlive: true, maxSockets: 1 }) };
}

async function close(side: Opened): Promise<void> {
  side.agent.destroy();
  await side.server.stop();
  await side.store.close();
}
