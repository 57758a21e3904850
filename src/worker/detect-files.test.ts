import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { uploadFileName, uploadKeyOf } from '#app/upload-folder.ts';
import { defaultLimits } from '#domain/limits.ts';
import { openStore } from '#store/index.ts';
import type { FileDetection, Store, UnpackBounds } from '#store/store.ts';
import { testFolder } from '../../test/support/folder.ts';
import { byteEngine, hostileInspector } from '../../test/support/scanning.ts';
import { detectFiles } from './detect-files.ts';
import { createFileJudge, type FileJudge } from './file-judge.ts';

const md5 = (content: string | Buffer) => hash('md5', content);

class Ground {
  readonly dataDir: string;
  readonly store: Store;
  now = Date.now();
  opened = 0;
  readonly logged: string[] = [];
  private readonly context: TestContext;

  private constructor(context: TestContext, dataDir: string, store: Store) {
    this.context = context;
    this.dataDir = dataDir;
    this.store = store;
  }

  static async open(context: TestContext): Promise<Ground> {
    const dataDir = testFolder(context);
    mkdirSync(path.join(dataDir, 'uploads'));
    const store = await openStore({ dataDir });
    context.after(() => store.close());
    return new Ground(context, dataDir, store);
  }

  readonly clock = () => this.now + performance.now();

  judge(): FileJudge {
    const openEngines = async () => {
      this.opened += 1;
      return { engines: [byteEngine()], problems: [] };
    };
    const judge = createFileJudge({ store: this.store, limits: { ...defaultLimits, fileSeconds: 1 }, jobs: 2, inspector: hostileInspector, openEngines });
    this.context.after(() => judge.close());
    return judge;
  }

  /** Starts a worker; the function it gives stops it. */
  work(owner = 'one', fetch: Partial<{ maxBytes: number; allowPrivate: boolean }> = {}, judge = this.judge()): () => Promise<void> {
    const control = new AbortController();
    const work = detectFiles({
      store: this.store,
      dataDir: this.dataDir,
      owner,
      clock: this.clock,
      signal: control.signal,
      judge,
      fetch: { maxBytes: 1000, allowPrivate: true, ...fetch },
      log: (event, fields) => this.logged.push(`${event} ${JSON.stringify(fields)}`),
    });
    const stop = async () => {
      control.abort();
      await work;
    };
    this.context.after(stop);
    return stop;
  }

  file(hashKey: string, accountId = 'default'): string {
    return path.join(this.dataDir, 'uploads', uploadFileName(uploadKeyOf(accountId, hashKey)));
  }

  async submit(content: string | Buffer, more: { readonly hashKey?: string; readonly url?: string; readonly unpack?: UnpackBounds } = {}): Promise<string> {
    const { hashKey = md5(content), url = '', unpack } = more;
    if (url === '') writeFileSync(this.file(hashKey), content);
    const file = url === '' ? path.basename(this.file(hashKey)) : '';
    await this.store.fileDetections.submit({ accountId: 'default', hashKey, file, url, unpack }, this.clock());
    return hashKey;
  }

  async find(hashKey: string): Promise<FileDetection | undefined> {
    return (await this.store.fileDetections.find('default', [hashKey], this.clock())).get(hashKey);
  }

  async ended(hashKey: string): Promise<FileDetection> {
    for (const end = performance.now() + 15_000; performance.now() < end; await sleep(20)) {
      const found = await this.find(hashKey);
      if (found?.state === 'done' || found?.state === 'failed') return found;
    }
    assert.fail(`the detection did not end: ${JSON.stringify(await this.find(hashKey))}; ${this.logged.join(', ')}`);
  }
}

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('files are judged by what they hold, and engines are opened once for many', { timeout: 30_000 }, async (t) => {
  const ground = await Ground.open(t);
  ground.work();
  const bad = await Promise.all(['EVIL 1', 'EVIL 2', 'EVIL 3'].map((content) => ground.submit(content)));
  const clean = await ground.submit('clean', { hashKey: hash('sha256', 'clean') });
  for (const key of bad) assert.equal((await ground.ended(key)).result?.verdict?.name, 'Test.Trojan.Evil');
  const { result } = await ground.ended(clean);
  assert.deepEqual([result?.verdict, result?.sha256, result?.md5], [undefined, clean, md5('clean')]);
  assert.equal(ground.opened, 1);
});

test('a file that an inspector dies of is told with the reason, and the next one is judged', { timeout: 30_000 }, async (t) => {
  const ground = await Ground.open(t);
  ground.work();
  const keys = [await ground.submit('CRASH'), await ground.submit('HANG!'), await ground.submit('EVIL after')];
  for (const key of keys.slice(0, 2)) {
    const { state, result } = await ground.ended(key);
    assert.deepEqual([state, result?.verdict, result?.skipped.length], ['done', undefined, 1]);
  }
  assert.equal((await ground.ended(keys[2] ?? '')).result?.verdict?.severity, 'high');
});

test('a file that is gone or is not what its hash says fails with that reason', { timeout: 30_000 }, async (t) => {
  const ground = await Ground.open(t);
  const gone = await ground.submit('gone', { url: '' });
  const { rmSync } = await import('node:fs');
  rmSync(ground.file(gone));
  const other = await ground.submit('other', { hashKey: md5('announced') });
  ground.work();
  assert.equal((await ground.ended(gone)).failure?.kind, 'missing-file');
  assert.equal((await ground.ended(other)).failure?.kind, 'wrong-hash');
});

test('a file is fetched, kept like an upload and judged; a source that fails is told as such', { timeout: 30_000 }, async (t) => {
  const ground = await Ground.open(t);
  const url = await serve(t, (request, response) => {
    if (request.url === '/missing') response.writeHead(404).end();
    else if (request.url === '/large') response.end('x'.repeat(1001));
    else response.end('EVIL fetched');
  });
  const stop = ground.work();
  const key = await ground.submit('EVIL fetched', { url });
  assert.equal((await ground.ended(key)).result?.verdict?.name, 'Test.Trojan.Evil');
  assert.ok(existsSync(ground.file(key)));
  assert.equal((await ground.ended(await ground.submit('another', { url }))).failure?.kind, 'wrong-hash');
  assert.equal((await ground.ended(await ground.submit('x', { url: `${url}large` }))).failure?.kind, 'too-large');
  const missing = (await ground.ended(await ground.submit('y', { url: `${url}missing` }))).failure;
  assert.deepEqual([missing?.kind, missing?.message.includes('404')], ['download', true]);
  await stop();
  assert.deepEqual(readdirSync(path.join(ground.dataDir, 'uploads')), [path.basename(ground.file(key))]);
  ground.work('two', { allowPrivate: false });
  const forbidden = (await ground.ended(await ground.submit('z', { url }))).failure;
  assert.deepEqual([forbidden?.kind, forbidden?.message.includes('127.0.0.1')], ['download', false]);
});

test('a worker that stops gives its file back; one that dies loses it when its lease runs out', { timeout: 30_000 }, async (t) => {
  const ground = await Ground.open(t);
  const asked = Promise.withResolvers<void>();
  const never: FileJudge = {
    judge: () => {
      asked.resolve();
      return new Promise(() => undefined);
    },
    close: () => undefined,
  };
  const stop = ground.work('one', {}, never);
  const key = await ground.submit('EVIL');
  await asked.promise;
  await stop();
  assert.equal((await ground.find(key))?.state, 'queued');
  await ground.store.fileDetections.claim('dead', ground.clock(), ground.clock() + 10_000);
  ground.work('two');
  await sleep(500);
  assert.equal((await ground.find(key))?.state, 'running');
  ground.now += 11_000;
  assert.equal((await ground.ended(key)).state, 'done');
});

test('a detection that another one replaces writes nothing', { timeout: 30_000 }, async (t) => {
  const ground = await Ground.open(t);
  const stop = ground.work();
  const key = await ground.submit('PAUSE');
  while ((await ground.find(key))?.state !== 'running') await sleep(5);
  await ground.submit('PAUSE', { unpack: { layers: 1, files: 1 } });
  assert.deepEqual((await ground.ended(key)).unpack, { layers: 1, files: 1 });
  await stop();
  assert.deepEqual((await ground.find(key))?.unpack, { layers: 1, files: 1 });
});

test('what is kept no longer is swept away, but not what a detection needs', { timeout: 30_000 }, async (t) => {
  const ground = await Ground.open(t);
  const uploads = path.join(ground.dataDir, 'uploads');
  const stop = ground.work();
  const ended = await ground.submit('EVIL');
  await ground.ended(ended);
  await stop();
  const waiting = await ground.submit('waiting');
  for (const name of ['orphan', 'cut.one.part']) writeFileSync(path.join(uploads, name), 'x');
  const old = new Date(ground.clock() - 2 * 3600_000);
  utimesSync(path.join(uploads, 'cut.one.part'), old, old);
  const never: FileJudge = { judge: () => new Promise(() => undefined), close: () => undefined };
  const swept = async (count: number) => {
    const end = ground.work('two', {}, never);
    while (readdirSync(uploads).length > count) await sleep(10);
    await end();
  };
  await swept(3);
  assert.deepEqual(readdirSync(uploads).toSorted(), [path.basename(ground.file(ended)), path.basename(ground.file(waiting)), 'orphan'].toSorted());
  ground.now += 5 * 3600_000 + 1000;
  await swept(1);
  assert.deepEqual(readdirSync(uploads), [path.basename(ground.file(waiting))]);
  assert.equal(await ground.find(ended), undefined);
  assert.equal((await ground.find(waiting))?.state, 'queued');
});
