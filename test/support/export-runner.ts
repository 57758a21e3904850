// A process that writes exports over the data directory in its first argument until it is killed.
import { openStore } from '#store/index.ts';
import { runExports } from '#worker/run-exports.ts';

const dataDir = process.argv[2] ?? '';
const store = await openStore({ dataDir });
const log = (event: string): void => void process.stdout.write(`${event}\n`);
await runExports({ app: { store, clock: Date.now, dataDir }, owner: `child-${process.pid}`, signal: new AbortController().signal, log });
