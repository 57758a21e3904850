import assert from 'node:assert/strict';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { App } from '#app/app.ts';
import { addRegistry, defaultPolicy, type RegistryInput } from '#app/registries.ts';
import { appOver } from '../../test/support/app-over.ts';
import { testFolder } from '../../test/support/folder.ts';
import { buildImage, buildIndex, file, type TestImage } from '../../test/support/images.ts';
import { type Seen, serve } from '../../test/support/registry.ts';
import { type CatalogueOptions, catalogueHandler, type Shelves } from '../../test/support/registry-catalogue.ts';
import { until } from '../../test/support/until.ts';
import { runSyncs, type SyncRunner, syncNow } from './run-syncs.ts';
import { defaultSyncLimits, type SyncReport } from './sync-registry.ts';

interface Ground {
  readonly app: App;
  readonly host: string;
  readonly seen: readonly Seen[];
  readonly shelves: Shelves;
  readonly runner: SyncRunner;
  add(over?: Partial<RegistryInput>): Promise<number>;
  sync(id: number): Promise<SyncReport>;
  /** What tags name now, as `repository:tag`. */
  tags(): Promise<readonly string[]>;
}

const made = (name: string, created = '2026-01-01T00:00:00Z'): TestImage => buildImage({ created, layers: [{ entries: [file('name', name)] }] });
const nothing = { tags: 0, newImages: 0, queuedScans: 0, goneTags: 0, otherArtifacts: 0, problems: [] };
const impatient = { idleMs: 2000, backoffMs: 5, attempts: 2, resumes: 2, retryAfterSeconds: 1 };

async function prepare(context: TestContext, shelves: Shelves, options: CatalogueOptions = {}): Promise<Ground> {
  const app = await appOver(join(testFolder(context), 'data'));
  context.after(() => app.store.close());
  const { host, seen } = await serve(context, catalogueHandler(shelves, options));
  const { signal } = new AbortController();
  const runner = { app, owner: 'w', environment: {}, platform: 'linux/amd64', signal, log: () => undefined, patience: impatient } as const;
  const input = { name: 'main', kind: 'docker', address: host, region: '', insecure: false, username: '', password: '', policy: defaultPolicy } as const;
  return {
    app,
    host,
    seen,
    shelves,
    runner,
    add: (over = {}) => addRegistry(app, 'default', { ...input, ...over }),
    sync: (id) => syncNow(runner, id, () => undefined),
    tags: async () => {
      const { rows } = await app.store.repositories.images({ accountId: 'default', offset: 0, limit: 200, by: 'name', order: 'asc' });
      return rows.map(({ repository, tag }) => `${repository.namespace === '' ? '' : `${repository.namespace}/`}${repository.name}:${tag}`).sort();
    },
  };
}

const problemsOf = ({ problems }: SyncReport) => problems.map(({ repository, tag, message }) => `${repository}:${tag} ${message}`);

test('all pages are read, images are described without their layers, and the next sync asks for digests alone', async (t) => {
  const [one, two] = [made('one'), made('two')];
  const ground = await prepare(t, { 'team/app': { 1: one, 2: two, latest: two }, bare: { 1: one }, 'a/b/c': { x: two } });
  const id = await ground.add();
  assert.deepEqual(await ground.sync(id), { ...nothing, repositories: 3, tags: 5, newImages: 2, queuedScans: 2 });
  assert.deepEqual(await ground.tags(), ['a/b/c:x', 'bare:1', 'team/app:1', 'team/app:2', 'team/app:latest']);
  const image = await ground.app.store.images.find('default', one.configDigest);
  assert.deepEqual([image?.local, image?.scan?.state, image?.image.digest, image?.image.layers.length], [false, 'queued', one.manifestDigest, 1]);
  const layers = [...one.layers, ...two.layers].map(({ digest }) => digest);
  assert.ok(!ground.seen.some(({ url }) => layers.some((digest) => url.endsWith(digest))));
  const asked = ground.seen.length;
  assert.deepEqual(await ground.sync(id), { ...nothing, repositories: 3, tags: 5 });
  const again = ground.seen.slice(asked);
  assert.ok(
    again.every(({ method, url }) => method === 'HEAD' || !url.includes('/manifests/')),
    JSON.stringify(again),
  );
});

test('an image of several platforms is that of the server, or the first, and known by its index', async (t) => {
  const [here, there] = [made('here'), buildImage({ platform: 'linux/arm64', layers: [{ entries: [file('name', 'there')] }] })];
  const both = indexed([here, there]);
  const ground = await prepare(t, { app: { both, other: indexed([there]) } });
  const id = await ground.add();
  assert.deepEqual(await ground.sync(id), { ...nothing, repositories: 1, tags: 2, newImages: 2, queuedScans: 2 });
  const { rows } = await ground.app.store.repositories.images({ accountId: 'default', offset: 0, limit: 9, by: 'name', order: 'asc' });
  assert.deepEqual(
    rows.map(({ tag, digest, image }) => [tag, digest, image.image.id, image.image.platform]),
    [
      ['both', both.manifestDigest, here.configDigest, 'linux/amd64'],
      ['other', indexed([there]).manifestDigest, there.configDigest, 'linux/arm64'],
    ],
  );
  assert.equal(rows[0]?.image.source.target, `${ground.host}/app:both@${here.manifestDigest}`);
  const asked = ground.seen.length;
  assert.deepEqual(await ground.sync(id), { ...nothing, repositories: 1, tags: 2 });
  assert.ok(ground.seen.slice(asked).every(({ method, url }) => method === 'HEAD' || !url.includes('/manifests/')));
});

/** A tag over images of several platforms, as a shelf has it. */
function indexed(images: readonly [TestImage, ...TestImage[]]): TestImage {
  const { index, digest } = buildIndex(images);
  return { ...images[0], manifestDigest: digest, blobs: new Map([[digest, index], ...images.flatMap((image) => [...image.blobs])]) };
}

test('a tag that moves names another image, and what is gone is current no more', async (t) => {
  const ground = await prepare(t, { app: { 1: made('one'), old: made('old') }, gone: { 1: made('gone') } });
  const id = await ground.add();
  await ground.sync(id);
  const moved = made('moved');
  ground.shelves['app'] = { 1: moved };
  delete ground.shelves['gone'];
  assert.deepEqual(await ground.sync(id), { ...nothing, repositories: 1, tags: 1, newImages: 1, queuedScans: 1, goneTags: 2 });
  assert.deepEqual(await ground.tags(), ['app:1']);
  const { rows } = await ground.app.store.repositories.images({ accountId: 'default', offset: 0, limit: 9, by: 'name', order: 'asc' });
  assert.equal(rows[0]?.digest, moved.manifestDigest);
});

test('policies choose repositories, tags and the images built last, and whether new ones are scanned', async (t) => {
  const months = { '1.9': made('a', '2026-03-01T00:00:00Z'), '1.10': made('b', '2026-01-01T00:00:00Z'), '1.11': made('c', '2026-02-01T00:00:00Z') };
  const ground = await prepare(t, { 'team/app': { ...months, dev: made('dev') }, 'team/db': { '1.0': made('db') }, other: { '1.0': made('other') } });
  const policy = { ...defaultPolicy, repositoryPatterns: ['team/*'], tagPatterns: ['1.*'], newestTags: 2, scanNew: false };
  const id = await ground.add({ policy });
  assert.deepEqual(await ground.sync(id), { ...nothing, repositories: 2, tags: 3, newImages: 3 });
  assert.deepEqual(await ground.tags(), ['team/app:1.11', 'team/app:1.9', 'team/db:1.0']);
  const named = await ground.app.store.registries.find('default', id);
  assert.ok(named);
  await ground.app.store.registries.update(id, { ...named, policy: { ...defaultPolicy, repositories: ['other', 'missing'], scanOnlyNewest: true } }, 1);
  const report = await ground.sync(id);
  assert.deepEqual([report.tags, report.queuedScans, report.goneTags], [1, 1, 3]);
  assert.deepEqual(problemsOf(report), ['missing: there is no repository missing, or it has no tags']);
  assert.deepEqual(await ground.tags(), ['other:1.0']);
});

test('images that somebody scanned on purpose stay, while the registry has them', async (t) => {
  const [mine, theirs] = [made('mine'), made('theirs')];
  const ground = await prepare(t, { app: { mine, theirs }, away: { mine } });
  const id = await ground.add({ policy: { ...defaultPolicy, repositories: ['app'], tagPatterns: ['theirs'] } });
  const reference = `${ground.host}/app:mine`;
  const image = { id: mine.configDigest, digest: mine.manifestDigest, reference, platform: 'linux/amd64', created: '', author: '', size: 1, layers: [] };
  const source = { target: reference, platform: 'linux/amd64', insecure: false };
  await ground.app.store.images.save({ accountId: 'default', image, source, osName: 'Debian' }, 1);
  assert.equal((await ground.sync(id)).goneTags, 0);
  assert.deepEqual(await ground.tags(), ['app:mine', 'app:theirs']);
  delete ground.shelves['app']?.['mine'];
  assert.equal((await ground.sync(id)).goneTags, 1);
  assert.deepEqual(await ground.tags(), ['app:theirs']);
});

test('a bad repository or tag costs only itself and is told, and what is no image is left out', async (t) => {
  const chart = { config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 }, layers: [] };
  const ground = await prepare(
    t,
    { good: { 1: made('good') }, bad: { 1: made('bad') }, torn: { 1: made('torn'), 2: made('kept') }, charts: { 1: made('chart') } },
    {
      before: ({ url = '' }, response) => {
        if (url === '/v2/bad/tags/list?n=100') response.writeHead(403).end();
        else if (url === '/v2/torn/manifests/1') response.end('{"schemaVersion":2,');
        else if (url === '/v2/charts/manifests/1') response.end(JSON.stringify({ schemaVersion: 2, ...chart }));
        else if (url.startsWith('/v2/charts/blobs')) response.end('{}');
        else return false;
        return true;
      },
    },
  );
  const id = await ground.add();
  const report = await ground.sync(id);
  assert.deepEqual([report.repositories, report.tags, report.newImages], [4, 2, 2]);
  assert.deepEqual(await ground.tags(), ['good:1', 'torn:2']);
  assert.match(problemsOf(report).join('\n'), /bad: .* refuses access to the tags of bad; the registry is known without a user and password\n/);
  assert.match(problemsOf(report).join('\n'), /torn:1 .*is not JSON/);
  const { sync } = (await ground.app.store.registries.find('default', id)) ?? {};
  assert.equal(sync?.state, 'done');
  assert.match(sync?.error ?? '', /^bad: .*\ntorn:1: /);
});

test('a catalogue that never ends, lies or leads elsewhere is given up, and nothing that is known goes', async (t) => {
  const answers: Record<string, (page: number) => { readonly body: unknown; readonly next?: string }> = {
    circle: () => ({ body: { repositories: ['app'] }, next: '/v2/_catalog?n=100&last=app' }),
    elsewhere: () => ({ body: { repositories: ['app'] }, next: 'http://127.0.0.1:1/v2/_catalog' }),
    large: () => ({ body: { repositories: ['a'.repeat(5_000_000)] } }),
    broken: () => ({ body: 'nonsense' }),
    forbidden: () => ({ body: 403 }),
  };
  let lie = '';
  let pages = 0;
  const ground = await prepare(
    t,
    { app: { 1: made('one') } },
    {
      before: ({ url = '' }, response) => {
        const answer = url.startsWith('/v2/_catalog') ? answers[lie]?.(pages++) : undefined;
        if (answer === undefined) return false;
        if (answer.next !== undefined) response.setHeader('link', `<${answer.next}>; rel="next"`);
        if (answer.body === 403) response.statusCode = 403;
        response.end(JSON.stringify(answer.body));
        return true;
      },
    },
  );
  const id = await ground.add();
  await ground.sync(id);
  const wanted = {
    circle: /brings nothing new/,
    elsewhere: /sends us to 127.0.0.1:1/,
    large: /larger than the limit/,
    broken: /JSON/,
    forbidden: /name the repositories/,
  };
  for (const [name, message] of Object.entries(wanted)) {
    lie = name;
    await assert.rejects(ground.sync(id), { name: 'LazaretError', message }, name);
    const { sync } = (await ground.app.store.registries.find('default', id)) ?? {};
    assert.equal(sync?.state, 'failed', name);
    assert.match(sync?.error ?? '', message);
  }
  assert.ok(pages < 100);
  assert.deepEqual(await ground.tags(), ['app:1']);
});

test('limits hold, and what is left out is told', async (t) => {
  const ground = await prepare(t, { a: { 1: made('1'), 2: made('2'), 3: made('3') }, b: { 1: made('b') }, c: { 1: made('c') } });
  const id = await ground.add();
  const runner = { ...ground.runner, limits: { ...defaultSyncLimits, repositories: 2, followedTags: 2 } };
  const report = await syncNow(runner, id, () => undefined);
  assert.deepEqual([report.repositories, report.tags], [2, 3]);
  assert.deepEqual(problemsOf(report), [
    ': there are more repositories than the limit of 2; the rest is left out',
    'a: a has 3 tags; 2 are followed: choose by tag patterns or the newest',
  ]);
  const few = await syncNow({ ...ground.runner, limits: { ...defaultSyncLimits, syncedTags: 3 } }, id, () => undefined);
  assert.deepEqual([few.tags, problemsOf(few)], [3, [': 3 tags were found, and 3 are the limit: 2 repositories are not looked at; choose fewer']]);
  assert.deepEqual(await ground.tags(), ['a:1', 'a:2', 'a:3', 'b:1']);
});

test('one that is stopped by hand keeps what it found, and is known as failed', async (t) => {
  const control = new AbortController();
  const ground = await prepare(t, { a: { 1: made('a') }, b: { 1: made('b') } });
  const id = await ground.add();
  const stop = (done: number) => {
    if (done === 1) control.abort();
  };
  const runner = { ...ground.runner, signal: control.signal };
  await assert.rejects(
    syncNow(runner, id, ({ done }) => stop(done)),
    { code: 'cancelled' },
  );
  assert.deepEqual(await ground.tags(), ['a:1']);
  assert.equal((await ground.app.store.registries.find('default', id))?.sync.state, 'failed');
});

test('a repository that answers by the drop is given up when its time is over', async (t) => {
  const ground = await prepare(
    t,
    { slow: { 1: made('slow') }, quick: { 1: made('quick') } },
    {
      before: ({ url = '' }, response) => {
        if (!url.startsWith('/v2/slow/tags')) return false;
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
        return true;
      },
    },
  );
  const id = await ground.add();
  const report = await syncNow({ ...ground.runner, limits: { ...defaultSyncLimits, repositorySeconds: 1 } }, id, () => undefined);
  assert.deepEqual([report.tags, problemsOf(report)], [1, [`slow: ${ground.host} took more than 1 seconds for slow`]]);
});

test("Harbor is asked by its own API, with the user's password, and only there", async (t) => {
  const projects = ['library', 'team'];
  const held: Record<string, readonly string[]> = { library: ['library/base'], team: ['team/app', 'team/web/front'] };
  const authorization = `Basic ${Buffer.from('robot$x:word').toString('base64')}`;
  const ground = await prepare(
    t,
    { 'library/base': { 1: made('base') }, 'team/app': { 1: made('app') }, 'team/web/front': { 1: made('front') } },
    {
      before: ({ url = '', headers }, response) => {
        const [, project] = /^\/api\/v2\.0\/projects(?:\/([^/?]+)\/repositories)?\?page=1&page_size=100$/.exec(url) ?? [];
        if (url.startsWith('/v2/_catalog')) response.writeHead(401).end();
        else if (!url.startsWith('/api/')) return false;
        else if (headers.authorization !== authorization) response.writeHead(401).end();
        else response.end(JSON.stringify((project === undefined ? projects : (held[project] ?? [])).map((name) => ({ name }))));
        return true;
      },
    },
  );
  const id = await ground.add({ kind: 'harbor', username: 'robot$x', password: 'word' });
  assert.equal((await ground.sync(id)).tags, 3);
  assert.deepEqual(await ground.tags(), ['library/base:1', 'team/app:1', 'team/web/front:1']);
});

for (const [way, username, shown] of [
  ['a user and password', 'robot', `Basic ${Buffer.from('robot:word').toString('base64')}`],
  ['an identity token', '', 'grant_type=refresh_token&refresh_token=word'],
] as const) {
  test(`a token server is shown ${way}, and asked for the catalogue and for each repository alone`, async (t) => {
    const scopes: string[] = [];
    const tokens = await serve(t, async (request, response) => {
      const body = await text(request);
      const { searchParams } = new URL(`/?${body === '' ? (request.url ?? '').split('?')[1] : body}`, 'http://x');
      const isKnown = (request.headers.authorization ?? body).startsWith(shown);
      const scope = searchParams.get('scope') ?? '';
      scopes.push(scope);
      response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token: Buffer.from(scope).toString('hex') }));
    });
    const ground = await prepare(
      t,
      { app: { 1: made('app') }, 'team/db': { 1: made('db') } },
      {
        before: ({ url = '', headers }, response) => {
          const repository = /^\/v2\/(.+)\/(?:tags|manifests|blobs)\//.exec(url)?.[1];
          const scope = repository === undefined ? 'registry:catalog:*' : `repository:${repository}:pull`;
          if (url === '/v2/' || headers.authorization === `Bearer ${Buffer.from(scope).toString('hex')}`) return false;
          response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${tokens.host}/token",service="test",scope="repository:all:push"` }).end();
          return true;
        },
      },
    );
    const id = await ground.add({ username, password: 'word' });
    assert.equal((await ground.sync(id)).tags, 2);
    assert.deepEqual(scopes, ['registry:catalog:*', 'repository:app:pull', 'repository:team/db:pull']);
  });
}

test('a registry that goes, or is changed, while it is looked at takes nothing more', async (t) => {
  const gate = Promise.withResolvers<void>();
  const ground = await prepare(
    t,
    { app: { 1: made('one') } },
    { before: async ({ url = '' }) => (url.includes('/tags/') ? (await gate.promise, false) : false) },
  );
  const id = await ground.add();
  const syncing = assert.rejects(ground.sync(id), { code: 'conflict' });
  await until(() => ground.seen.some(({ url }) => url.includes('/tags/')), 'the tags are asked for');
  await ground.app.store.registries.remove('default', id);
  gate.resolve();
  await syncing;
  assert.equal((await ground.app.store.images.list({ accountId: 'default', offset: 0, limit: 1, by: 'name', order: 'asc' })).total, 0);
});

test('of several loops one does each sync that is queued, and one that is stopped is queued again', async (t) => {
  const gate = Promise.withResolvers<void>();
  let isHeld = true;
  const ground = await prepare(
    t,
    { app: { 1: made('one') } },
    { before: async ({ url = '' }) => (isHeld && url.includes('/tags/') ? (await gate.promise, false) : false) },
  );
  const id = await ground.add();
  const stateOf = async () => (await ground.app.store.registries.find('default', id))?.sync.state;
  await ground.app.store.registries.setSync('default', id, { state: 'queued', startedAt: undefined, finishedAt: undefined, error: '' });
  const stopping = new AbortController();
  const first = runSyncs({ ...ground.runner, owner: 'first', signal: stopping.signal });
  await until(() => ground.seen.some(({ url }) => url.includes('/tags/')), 'the tags are asked for');
  stopping.abort();
  await first;
  assert.equal(await stateOf(), 'queued');
  isHeld = false;
  gate.resolve();
  const ending = new AbortController();
  const before = ground.seen.filter(({ url }) => url.startsWith('/v2/_catalog')).length;
  const loops = ['a', 'b', 'c'].map((owner) => runSyncs({ ...ground.runner, owner, signal: ending.signal }));
  await until(async () => (await stateOf()) === 'done', 'the sync to end');
  ending.abort();
  await Promise.all(loops);
  assert.equal(ground.seen.filter(({ url }) => url.startsWith('/v2/_catalog')).length, before + 1);
});
