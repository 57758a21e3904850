import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import Fastify from 'fastify';
import type { ExportRequest } from '#app/app.ts';
import { exportFolder, exportPath } from '#app/export-folder.ts';
import { signLink } from '#app/sign-link.ts';
import { openCall, type TestCall } from '../../test/support/cloud-call.ts';
import { addDownloads } from './downloads.ts';

const request: ExportRequest = {
  rows: 'findings',
  title: 'T',
  language: 'en',
  zoneMinutes: 0,
  columns: [],
  query: { imageId: 'x', hidden: false, offset: 0, by: 'path', order: 'asc' },
};

interface Ground extends TestCall {
  readonly base: string;
  /** Makes an export that ended, or still runs, and gives a link to it. */
  readonly make: (
    end?: { readonly failure?: string; readonly content?: string } | 'running',
    name?: string,
  ) => Promise<{ readonly id: string; readonly url: string }>;
}

async function open(context: TestContext, waitMs = 200): Promise<Ground> {
  const call = await openCall(context);
  const server = Fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  addDownloads(server, { app: call.app, waitMs });
  await server.listen({ host: '127.0.0.1', port: 0 });
  context.after(() => server.close());
  const base = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const { app, store } = call;
  mkdirSync(exportFolder(app.dataDir));
  return {
    ...call,
    base,
    make: async (end = {}, name = 'a.xlsx') => {
      const id = await store.exports.create({ accountId: 'one', source: 'local', name, request, expiresAt: app.clock() + 3600_000 }, app.clock());
      if (end !== 'running') {
        await store.exports.claim('w', app.clock(), app.clock() + 1);
        writeFileSync(exportPath(app.dataDir, id), end.content ?? 'PK');
        await store.exports.finish('w', id, { failure: end.failure, at: app.clock() });
      }
      return { id, url: signLink(app, { id, name }, base) };
    },
  };
}

// As it stands, without the tidying that a client does to paths.
async function ask(base: string, path: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(base, { path }, resolve).on('error', reject);
  const response = await promise;
  response.resume();
  return response;
}

test('a link gives the file, whole and as one to keep, without any key', async (context) => {
  const { make } = await open(context);
  const content = 'PK'.repeat(200_000);
  const { url } = await make({ content }, "tr'oj(an) 木马.xlsx");
  const response = await fetch(url);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), content);
  assert.equal(response.headers.get('content-length'), String(content.length));
  assert.match(String(response.headers.get('content-type')), /spreadsheetml\.sheet$/);
  assert.equal(
    response.headers.get('content-disposition'),
    `attachment; filename="tr_oj_an_ __.xlsx"; filename*=UTF-8''tr%27oj%28an%29%20%E6%9C%A8%E9%A9%AC.xlsx`,
  );
  assert.equal(response.headers.get('cache-control'), 'private, no-store');
});

test('a link that is too old is refused, and so is one that was changed', async (context) => {
  const { make, wait } = await open(context);
  const { url } = await make();
  const status = async (change: (link: URL) => void): Promise<number> => {
    const link = new URL(url);
    change(link);
    const response = await fetch(link);
    await response.arrayBuffer();
    return response.status;
  };
  assert.equal(await status(() => undefined), 200);
  assert.equal(await status((link) => link.searchParams.set('Expires', '9999999999')), 403);
  assert.equal(await status((link) => link.searchParams.set('Expires', '1e9')), 403);
  assert.equal(await status((link) => link.searchParams.set('Signature', 'AAAA')), 403);
  assert.equal(await status((link) => link.searchParams.delete('Signature')), 403);
  assert.equal(await status((link) => link.searchParams.append('Signature', 'x')), 403);
  assert.equal(await status((link) => void (link.pathname = link.pathname.replace('a.xlsx', 'b.xlsx'))), 403);
  assert.equal(await status((link) => void (link.search = '')), 403);
  wait(15 * 60_000);
  assert.equal(await status(() => undefined), 403);
});

test('no path leads out of the folder, however it is written', async (context) => {
  const { base, make } = await open(context);
  const { url } = await make();
  const { search } = new URL(url);
  const paths = [
    '/downloads/../lazaret.db',
    '/downloads/..%2f..%2flazaret.db/x',
    '/downloads/%2e%2e/lazaret.db',
    '/downloads/..%00/x',
    `/downloads/${'a'.repeat(32)}/..%2f..%2fa`,
    '/downloads//etc/passwd',
    '/downloads/%ff/x',
  ];
  for (const path of paths) {
    const { statusCode = 0 } = await ask(base, path + search);
    assert.ok([400, 403, 404].includes(statusCode), `${path}: ${statusCode}`);
  }
});

test('what is unknown, was removed, has failed or lost its file is not found', async (context) => {
  const { app, base, make, store } = await open(context);
  const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;
  assert.equal(await statusOf(signLink(app, { id: 'a'.repeat(32), name: 'a.xlsx' }, base)), 404);
  assert.equal(await statusOf((await make({ failure: 'the disk is full' })).url), 404);
  const lost = await make();
  rmSync(exportPath(app.dataDir, lost.id));
  assert.equal(await statusOf(lost.url), 404);
  const removed = await make();
  await store.exports.removeExpired(app.clock() + 3600_000);
  assert.equal(await statusOf(removed.url), 404);
  const other = await make();
  assert.equal(await statusOf(signLink(app, { id: other.id, name: 'other.xlsx' }, base)), 404);
});

test('a file whose time is up is not served even before it is removed', async (context) => {
  const { app, make } = await open(context);
  const { id, name } = { id: (await make()).id, name: 'a.xlsx' };
  const late = { ...app, clock: () => app.clock() + 3600_000 };
  const server = Fastify();
  addDownloads(server, { app: late });
  const answer = await server.inject(signLink(late, { id, name }, 'http://h').slice('http://h'.length));
  assert.equal(answer.statusCode, 404);
  await server.close();
});

test('a file that is being written is waited for, but not for ever', async (context) => {
  const ground = await open(context, 5000);
  const { url, id } = await ground.make('running');
  const asked = fetch(url);
  await ground.store.exports.claim('w', ground.app.clock(), ground.app.clock() + 1);
  writeFileSync(exportPath(ground.app.dataDir, id), 'done');
  await ground.store.exports.finish('w', id, { failure: undefined, at: ground.app.clock() });
  assert.equal(await (await asked).text(), 'done');
  const impatient = await open(context, 50);
  const response = await fetch((await impatient.make('running')).url);
  assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '5']);
});
