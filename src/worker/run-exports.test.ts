import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { ExportJob, ExportRequest } from '#app/app.ts';
import { exportFolder, exportPath } from '#app/export-folder.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { testFolder } from '../../test/support/folder.ts';
import { aFinding, anImage, storeImage } from '../../test/support/stored-images.ts';
import { until } from '../../test/support/until.ts';
import { readXlsx } from '../../test/support/xlsx.ts';
import { type ExportRunner, runExports } from './run-exports.ts';

const expiresAt = Number.MAX_SAFE_INTEGER;

interface Ground {
  readonly dataDir: string;
  readonly store: Store;
  readonly ask: (rows: number, accountId?: string) => Promise<string>;
  /** Starts a runner that ends with the test. */
  readonly start: (over?: Partial<ExportRunner>) => { readonly events: [string, Readonly<Record<string, unknown>>][]; readonly stop: () => Promise<void> };
  /** Waits until the export has ended. */
  readonly ended: (id: string) => Promise<ExportJob>;
  readonly rows: (id: string) => number | undefined;
}

async function open(context: TestContext): Promise<Ground> {
  const dataDir = testFolder(context);
  const store = await openStore({ dataDir });
  context.after(() => store.close());
  return {
    dataDir,
    store,
    ask: async (rows, accountId = 'default') => {
      const findings = Array.from({ length: rows }, (_, index) => aFinding(`/${index}`, { sha256: 'ab'.repeat(32) }));
      const imageId = await storeImage(store, anImage(`rows:${rows}`), { accountId, findings });
      const query = { imageId, hidden: false, offset: 0, by: 'path', order: 'asc' } as const;
      const request: ExportRequest = { rows: 'findings', title: 'T', language: 'en', zoneMinutes: 0, columns: [{ heading: 'Path', field: 'path' }], query };
      return store.exports.create({ accountId, source: 'local', name: 'a.xlsx', request, expiresAt }, Date.now());
    },
    start: (over = {}) => {
      const control = new AbortController();
      const events: [string, Readonly<Record<string, unknown>>][] = [];
      const log = (event: string, fields: Readonly<Record<string, unknown>>): void => void events.push([event, fields]);
      const running = runExports({ app: { store, clock: Date.now, dataDir }, owner: 'w', signal: control.signal, log, ...over });
      const stop = async (): Promise<void> => {
        control.abort();
        await running;
      };
      context.after(stop);
      return { events, stop };
    },
    ended: async (id) => {
      let job: ExportJob | undefined;
      await until(async () => {
        job = await store.exports.findLinked(id);
        assert.ok(job);
        return job.state === 'done' || job.state === 'failed';
      }, 'the export ends');
      assert.ok(job);
      return job;
    },
    rows: (id) => readXlsx(readFileSync(exportPath(dataDir, id)))[0]?.rows.length,
  };
}

function filesIn(dataDir: string): readonly string[] {
  return existsSync(exportFolder(dataDir)) ? readdirSync(exportFolder(dataDir)) : [];
}

test('exports of two accounts are written at the same time, each by one of several runners', async (context) => {
  const { ask, start, ended, rows } = await open(context);
  const ids = [await ask(3000), await ask(2000, 'other'), await ask(10)];
  const runners = [start({ owner: 'one' }), start({ owner: 'two' })];
  for (const [index, id] of ids.entries()) {
    assert.equal((await ended(id)).state, 'done');
    assert.equal(rows(id), [3001, 2001, 11][index]);
  }
  for (const { stop } of runners) await stop();
  const starts = runners.flatMap(({ events }) => events).filter(([event]) => event === 'export start');
  assert.deepEqual(new Set(starts.map(([, fields]) => fields['export'])), new Set(ids));
  assert.equal(starts.length, ids.length);
});

test('a full disk fails the export with what is to be done, without telling where it lies', async (context) => {
  const { ask, dataDir, start, ended } = await open(context);
  const id = await ask(1);
  start({ keepFree: Number.MAX_SAFE_INTEGER });
  const job = await ended(id);
  assert.equal(job.state, 'failed');
  assert.match(job.failure, /the disk of the data directory has less than \d+ bytes left: free space on it/);
  assert.ok(!job.failure.includes(dataDir));
  assert.deepEqual(readdirSync(exportFolder(dataDir)), []);
});

test('one that is under way when the worker stops is given back, and written by the next one', async (context) => {
  const { ask, dataDir, store, start, ended, rows } = await open(context);
  const id = await ask(20_000);
  const first = start();
  await until(() => first.events.some(([event]) => event === 'export start'), 'the export is taken');
  await first.stop();
  assert.equal((await store.exports.findLinked(id))?.state, 'queued');
  assert.deepEqual(readdirSync(exportFolder(dataDir)), []);
  start();
  assert.equal((await ended(id)).state, 'done');
  assert.equal(rows(id), 20_001);
});

test('one whose process is killed is written by another once its lease has run out', async (context) => {
  const { ask, dataDir, store, start, ended, rows } = await open(context);
  const id = await ask(50_000);
  const program = new URL('../../test/support/export-runner.ts', import.meta.url);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program.pathname, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await until(() => filesIn(dataDir).length > 0, 'a file is begun');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal((await store.exports.findLinked(id))?.state, 'running');
  assert.ok(!existsSync(exportPath(dataDir, id)));
  // Eleven seconds later.
  start({ app: { store, clock: () => Date.now() + 11_000, dataDir } });
  assert.equal((await ended(id)).state, 'done');
  assert.equal(rows(id), 50_001);
});

test('one that is removed while it is written leaves nothing', async (context) => {
  const { ask, dataDir, store, start } = await open(context);
  const id = await ask(60_000);
  start();
  await until(() => filesIn(dataDir).length > 0, 'a file is begun');
  await store.exports.removeExpired(expiresAt);
  await until(() => filesIn(dataDir).length === 0, 'nothing is left');
  assert.ok(!existsSync(exportPath(dataDir, id)));
});
