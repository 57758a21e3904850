import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { openCall, type TestCall } from '../../test/support/cloud-call.ts';
import { mountDisk, noDisk, unmountDisk } from '../../test/support/small-disk.ts';
import { aDetection, aFinding, anImage, aScan, storeImage } from '../../test/support/stored-images.ts';
import { readXlsx, valuesOf } from '../../test/support/xlsx.ts';
import type { ExportJob, ExportRequest, FindingExport } from './app.ts';
import { exportFolder, exportPath } from './export-folder.ts';
import { sweepExports } from './sweep-exports.ts';
import { type ExportWriting, writeExport } from './write-export.ts';

interface Ground extends TestCall {
  readonly write: (request: ExportRequest, over?: Partial<ExportWriting>) => Promise<ExportJob>;
  readonly sheets: (job: ExportJob) => ReturnType<typeof readXlsx>;
}

async function open(context: TestContext): Promise<Ground> {
  const call = await openCall(context);
  const { app, store } = call;
  return {
    ...call,
    write: async (request, over = {}) => {
      const id = await store.exports.create({ accountId: 'default', source: 'local', name: 'a.xlsx', request, expiresAt: app.clock() + 1000 }, app.clock());
      const job = await store.exports.findLinked(id);
      assert.ok(job);
      await writeExport(app, job, { writer: 'w', signal: new AbortController().signal, onProgress: () => undefined, ...over });
      return job;
    },
    sheets: (job) => readXlsx(readFileSync(exportPath(app.dataDir, job.id))),
  };
}

const form = { title: 'T', language: 'en', zoneMinutes: 480 } as const;

function ofFindings(imageId: string, over: Partial<FindingExport['query']> = {}): FindingExport {
  return {
    ...form,
    rows: 'findings',
    columns: [{ heading: 'Path', field: 'path' }],
    query: { imageId, hidden: false, offset: 0, by: 'path', order: 'asc', ...over },
  };
}

test('each column holds its field, in the words and the zone of the request', async (context) => {
  const { store, write, sheets } = await open(context);
  const detections = [
    aDetection({ kind: 'reputation', description: { en: '', zh: '' }, advice: { en: '', zh: '' } }),
    aDetection({ kind: 'signature', advice: { en: '', zh: '' } }),
  ];
  const finding = aFinding('/a/=cmd', { verdict: { name: '=1', severity: 'high', tags: ['x', 'y'], detections } });
  const id = await storeImage(store, anImage('a:1'), { findings: [finding] });
  const fields = [
    'path',
    'fileName',
    'fileType',
    'name',
    'severity',
    'tags',
    'description',
    'advice',
    'size',
    'firstSeen',
    'lastSeen',
    'md5',
    'engines',
  ] as const;
  const words = { high: 'High', signature: 'Sig' };
  const columns = fields.map((field) => ({ heading: field, field, words, otherwise: 'general' }));
  const job = await write({ ...ofFindings(id), columns });
  const time = '2025-01-02 11:04:05';
  assert.deepEqual(valuesOf(sheets(job)[0]), [
    fields,
    ['/a/=cmd', '=cmd', 'script', '=1', 'High', 'x, y', 'A web shell.', 'general', 51, time, time, finding.md5, 'reputation, Sig'],
  ]);
});

test('images are told with their counts, state and place', async (context) => {
  const { store, write, sheets } = await open(context);
  await storeImage(store, anImage('a:1'), { scan: aScan({ state: 'failed', error: 'corrupt' }), findings: [aFinding('/x')], host: 'h' });
  await storeImage(store, anImage('a:2', { created: '' }));
  const fields = ['reference', 'created', 'size', 'osName', 'scanState', 'scanError', 'scanTime', 'findings', 'infected', 'hosts', 'latest', 'fixed'] as const;
  const columns = fields.map((field) => ({ heading: field, field, words: { true: 'yes', false: 'no', never: 'new' }, otherwise: 7 }));
  const job = await write({ ...form, rows: 'images', columns, query: { by: 'name', order: 'asc', offset: 0 } });
  const os = 'Debian GNU/Linux 12 (bookworm)';
  assert.deepEqual(valuesOf(sheets(job)[0]).slice(1), [
    ['a:1', '2025-01-01 04:00:00', 1000, os, 'failed', 'corrupt', '2025-01-02 11:04:10', 1, 'yes', 1, 'yes', 7],
    ['a:2', '', 1000, os, 'new', '', '', 0, 'no', 0, 'no', 7],
  ]);
  assert.equal(valuesOf(sheets(await write({ ...form, rows: 'images', columns, query: undefined }))[0]).length, 1);
});

test('rows are chosen, ordered and cut as the list is, over many pages', async (context) => {
  const { store, write, sheets } = await open(context);
  const names = Array.from({ length: 1234 }, (_, index) => `/f${String(index).padStart(5, '0')}`);
  const findings = names.map((path, index) => aFinding(path, { severity: index % 2 === 0 ? 'low' : 'high', size: index % 5 }));
  const id = await storeImage(store, anImage('a:1'), { findings: [...findings, aFinding('/hidden', { hidden: true })] });
  const paths = async (over: Partial<FindingExport['query']>): Promise<unknown> =>
    valuesOf(sheets(await write(ofFindings(id, over)))[0])
      .slice(1)
      .flat();
  assert.deepEqual(await paths({}), names);
  assert.deepEqual(await paths({ order: 'desc', limit: 700, offset: 3 }), names.toReversed().slice(3, 703));
  assert.deepEqual(await paths({ severities: ['high'], names: { values: ['F0000'], exact: false } }), ['/f00001', '/f00003', '/f00005', '/f00007', '/f00009']);
  assert.deepEqual(await paths({ offset: 5000 }), []);
  const bySize = (await store.images.findings({ accountId: 'default', imageId: id, hidden: false, by: 'size', order: 'desc', offset: 0, limit: 2000 })).rows;
  assert.deepEqual(
    await paths({ by: 'size', order: 'desc' }),
    bySize.map(({ path }) => path),
  );
});

test('a hundred thousand rows are written in pieces, and others have their turn meanwhile', async (context) => {
  const { app, store, write, sheets } = await open(context);
  const id = await storeImage(store, anImage('a:1'), {
    findings: Array.from({ length: 100_000 }, (_, index) => aFinding(`/some/folder/file-${index}`, { sha256: 'ab'.repeat(32) })),
  });
  const columns = (['path', 'name', 'severity', 'description', 'advice', 'size', 'md5'] as const).map((field) => ({ heading: field, field }));
  let longest = 0;
  let heap = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    heap = Math.max(heap, process.memoryUsage().heapUsed);
  }, 1);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const progress: number[] = [];
  const job = await write({ ...ofFindings(id), columns }, { onProgress: (percent) => progress.push(percent) });
  clearInterval(timer);
  assert.equal(statSync(exportPath(app.dataDir, job.id)).mode & 0o777, 0o600);
  assert.equal(statSync(exportFolder(app.dataDir)).mode & 0o777, 0o700);
  assert.ok(longest < 400, `others waited ${longest} ms`);
  assert.ok(heap - before < 120 * 1024 * 1024, `${(heap - before) / 1024 / 1024} MiB`);
  assert.ok(progress.length > 100 && progress.at(-1) === 99);
  assert.deepEqual(
    progress,
    progress.toSorted((left, right) => left - right),
  );
  const [sheet] = sheets(job);
  assert.equal(sheet?.rows.length, 100_001);
  assert.equal(new Set(sheet?.rows.map((row) => row[0]?.value)).size, 100_001);
});

test('a full disk ends it with what is to be done, and leaves nothing behind', async (context) => {
  const { app, store, write } = await open(context);
  const id = await storeImage(store, anImage('a:1'), { findings: [aFinding('/x')] });
  await assert.rejects(write(ofFindings(id), { keepFree: Number.MAX_SAFE_INTEGER }), { code: 'limit', message: /free space/ });
  assert.deepEqual(readdirSync(exportFolder(app.dataDir)), []);
});

test('a disk that is full before the end ends it too', { skip: noDisk() }, async (context) => {
  const { app, store, write } = await open(context);
  const findings = Array.from({ length: 3000 }, (_, index) => aFinding(`/${createHash('sha512').update(String(index)).digest('base64url')}`));
  const id = await storeImage(store, anImage('a:1'), { findings });
  const folder = exportFolder(app.dataDir);
  mkdirSync(folder);
  mountDisk(folder, '64k');
  try {
    await assert.rejects(write(ofFindings(id), { keepFree: 0 }), { code: 'limit', message: /the export could not be written: ENOSPC/ });
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    unmountDisk(folder);
  }
});

test('the files of all exports together have a bound', async (context) => {
  const { app, store, write } = await open(context);
  const id = await storeImage(store, anImage('a:1'), { findings: [aFinding('/x')] });
  const { id: first } = await write(ofFindings(id));
  const { size } = statSync(exportPath(app.dataDir, first));
  await assert.rejects(write(ofFindings(id), { mostBytes: size - 1 }), { code: 'limit', message: /older ones are removed/ });
  await write(ofFindings(id), { mostBytes: size });
  assert.equal(readdirSync(exportFolder(app.dataDir)).length, 2);
});

test('one that is stopped leaves nothing behind', async (context) => {
  const { app, store, write } = await open(context);
  const id = await storeImage(store, anImage('a:1'), { findings: Array.from({ length: 3000 }, (_, index) => aFinding(`/${index}`)) });
  const control = new AbortController();
  await assert.rejects(write(ofFindings(id), { signal: control.signal, onProgress: () => control.abort(new Error('stop')) }), /stop/);
  assert.deepEqual(readdirSync(exportFolder(app.dataDir)), []);
});

test('findings that come and go while it is written neither fail it nor come twice', async (context) => {
  const { store, write, sheets } = await open(context);
  const findings = Array.from({ length: 2000 }, (_, index) => aFinding(`/${String(index).padStart(5, '0')}`));
  const id = await storeImage(store, anImage('a:1'), { findings });
  let changed: Promise<void> | undefined;
  const job = await write(ofFindings(id), {
    onProgress: () => {
      changed ??= store.images.setFindings('default', id, { findings: [aFinding('/new'), ...findings.slice(0, 1500)], at: 5, partial: false });
    },
  });
  await changed;
  const paths = valuesOf(sheets(job)[0]).slice(1).flat();
  assert.equal(new Set(paths).size, paths.length);
  assert.ok(paths.length >= 1500 && paths.length <= 2000);
});

test('files are removed when their time is up, and unfinished ones when nobody writes them', async (context) => {
  const { app, store, write, wait } = await open(context);
  const id = await storeImage(store, anImage('a:1'), { findings: [aFinding('/x')] });
  const kept = await write(ofFindings(id));
  writeFileSync(exportPath(app.dataDir, 'f'.repeat(32)), 'of no job');
  writeFileSync(`${exportPath(app.dataDir, kept.id)}.w-9.part`, 'unfinished');
  assert.equal(await sweepExports({ ...app, clock: () => app.clock() }), 1);
  assert.equal(readdirSync(exportFolder(app.dataDir)).length, 2);
  wait(1000);
  assert.equal(await sweepExports(app), 1);
  const later = { ...app, clock: () => Date.now() + 11 * 60_000 };
  assert.equal(await sweepExports(later), 1);
  assert.deepEqual(readdirSync(exportFolder(app.dataDir)), []);
  assert.equal(await store.exports.findLinked(kept.id), undefined);
});
