// The program of a scanning process; started by `lazaret serve`, never by a person. Its settings come as JSON in the first argument.
import { machinePlatform } from '#artifacts/index.ts';
import { defaultLimits } from '#domain/limits.ts';
import { openMasterVault } from '#lib/master-vault.ts';
import { thisMachine } from '#lib/this-machine.ts';
import { openStore } from '#store/index.ts';
import { detectFiles } from './detect-files.ts';
import { createFileJudge } from './file-judge.ts';
import { membersOpener } from './open-members.ts';
import { accessByAddress } from './registry-access.ts';
import { runExports } from './run-exports.ts';
import { runSyncs } from './run-syncs.ts';
import { runTasks } from './run-tasks.ts';
import { runTimedScans } from './run-timed-scans.ts';
import { defaultJobs, inspectorPool, openChosenEngines, type RuleChoice, scanTarget, workerName } from './scan-target.ts';

export interface WorkerSettings {
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly choice: RuleChoice;
  /** File with the master key where one was given. */
  readonly masterKeyFile: string | undefined;
  /** Whether the master key is that of the environment, which the worker has of the server. */
  readonly masterKeyInEnvironment: boolean;
  /** Files that are fetched to be judged: their bytes, and whether they may come from addresses that are not public. */
  readonly fetch: { readonly maxBytes: number; readonly allowPrivate: boolean };
}

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
const control = new AbortController();
const stop = () => control.abort();
process.on('SIGTERM', stop);
// A Ctrl-C reaches the whole group; the server says when to stop.
process.on('SIGINT', () => undefined);
process.on('disconnect', stop);

const { dataDir, cacheDir, choice } = settings;
const store = await openStore({ dataDir });
const vault = openMasterVault({
  text: settings.masterKeyInEnvironment ? process.env['LAZARET_MASTER_KEY'] : undefined,
  file: settings.masterKeyFile,
  dataDir,
});
const limits = defaultLimits;
const machine = thisMachine();
const { signal } = control;
// A server that was killed listens no more.
const tell = (event: Readonly<Record<string, unknown>>) => {
  if (process.connected) process.send?.(event);
};
const owner = workerName(process.pid, Date.now());
const log = (event: string, fields: Readonly<Record<string, unknown>>) => tell({ event, ...fields });
const onProblem = (problem: { readonly message: string }) => tell({ event: 'rule left out', ...problem });
const tasks = runTasks({
  store,
  owner,
  clock: Date.now,
  signal,
  log,
  scan: async (image, { signal: scanSignal, mayPublish }) => {
    // Opened anew for each scan, so that changed rules count from the next one on; compiled packs make it cheap.
    const engines = await openChosenEngines(choice, { cacheDir, limits, signal: scanSignal, onProblem });
    const { source, accountId, imageId, known } = image;
    await scanTarget({
      source,
      accountId,
      known: { id: imageId, ...known },
      machine,
      store,
      engines,
      limits,
      pool: inspectorPool(limits, defaultJobs()),
      env: process.env,
      clock: Date.now,
      signal: scanSignal,
      onProgress: () => undefined,
      mayPublish,
      registryAccess: (host) => accessByAddress({ store, vault }, accountId, host),
    });
  },
});
const judge = createFileJudge({
  store,
  limits,
  jobs: defaultJobs(),
  inspector: new URL('./inspector.ts', import.meta.url),
  openMembers: membersOpener(limits),
  openEngines: () => openChosenEngines(choice, { cacheDir, limits, signal, onProblem }),
});
const files = detectFiles({ store, dataDir, owner, clock: Date.now, signal, judge, fetch: settings.fetch, log });
const app = { store, clock: Date.now, dataDir };
const syncs = runSyncs({ app: { ...app, vault }, owner, environment: process.env, platform: machinePlatform(), signal, log });
await Promise.all([tasks, files, runExports({ app, owner, signal, log }), runTimedScans({ app, signal, log }), syncs]);
judge.close();
await store.close();
if (process.connected) process.disconnect();
