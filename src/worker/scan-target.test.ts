import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { defaultLimits } from '#domain/limits.ts';
import { openStore } from '#store/index.ts';
import { testFolder } from '../../test/support/folder.ts';
import { buildImage, buildIndex, dockerArchive, file } from '../../test/support/images.ts';
import { registryHandler, serve } from '../../test/support/registry.ts';
import { absoluteTarget, defaultJobs, inspectorPool, openChosenEngines, scanTarget, workerName } from './scan-target.ts';

/** A registry whose tag `1` can be moved, or taken away, and a scan of the image that it named when it was met. */
async function groundOf(context: TestContext) {
  const [first, second] = ['first', 'second'].map((text) => buildImage({ layers: [{ entries: [file('a', text)] }] }));
  assert.ok(first && second);
  const tags: Record<string, string> = { '1': first.manifestDigest };
  const both = buildIndex([first]);
  const blobs = new Map([...first.blobs, ...second.blobs, [both.digest, both.index]]);
  const { host } = await serve(context, registryHandler({ blobs, tags }));
  const folder = testFolder(context);
  const store = await openStore({ dataDir: folder });
  context.after(() => store.close());
  const { signal } = new AbortController();
  const engines = await openChosenEngines(
    { rules: [], hashes: [], builtin: false },
    { cacheDir: folder, limits: defaultLimits, signal, onProblem: () => undefined },
  );
  const target = `${host}/team/app:1`;
  const scan = (known?: Parameters<typeof scanTarget>[0]['known'], given = target) =>
    scanTarget({
      source: { target: given, platform: 'linux/amd64', insecure: false },
      accountId: 'one',
      machine: { id: 'h1', name: 'here' },
      ...(known === undefined ? {} : { known }),
      store,
      engines,
      limits: defaultLimits,
      pool: inspectorPool(defaultLimits, 1),
      env: {},
      clock: Date.now,
      signal,
      onProgress: () => undefined,
    });
  const known = { id: first.configDigest, reference: target, digest: first.manifestDigest, local: false };
  const images = async () => (await store.repositories.images({ accountId: 'one', by: 'lastSeen', order: 'asc', offset: 0, limit: 9 })).rows;
  return { first, second, index: both.digest, tags, target, known, scan, store, images };
}

test('a known image of a registry is scanned without becoming a local one', async (context) => {
  const { first, known, scan, store, images, target } = await groundOf(context);
  const report = await scan(known);
  assert.equal(report.image.id, first.configDigest);
  const image = await store.images.find('one', first.configDigest);
  assert.deepEqual([image?.local, image?.image.reference, image?.scan?.state], [false, target, 'done']);
  assert.deepEqual(
    (await images()).map(({ tag }) => tag),
    ['1'],
  );
  await scan({ ...known, local: true });
  assert.equal((await store.images.find('one', first.configDigest))?.local, true);
});

test('what is read from a file is said to lie on the machine that reads it, and what comes from a registry is not', async (context) => {
  const { first, scan, store, known } = await groundOf(context);
  const archive = join(testFolder(context), 'image.tar');
  writeFileSync(archive, dockerArchive({ 'team/app:1': first }));
  await scan(known);
  const hosts = async () => (await store.images.hosts({ accountId: 'one', offset: 0, limit: 9 })).rows.map(({ hostId, hostName }) => [hostId, hostName]);
  assert.deepEqual(await hosts(), []);
  await scan(undefined, archive);
  assert.deepEqual(await hosts(), [['h1', 'here']]);
  const image = await store.images.find('one', first.configDigest);
  assert.deepEqual([image?.hosts, image?.local], [1, true]);
});

test('an image whose tag has moved on is scanned by its digest, and the tag stays with the other', async (context) => {
  const { first, second, tags, known, scan, store, images } = await groundOf(context);
  await scan(known);
  tags['1'] = second.manifestDigest;
  await scan();
  assert.equal((await scan(known)).image.id, first.configDigest);
  const [only, ...more] = await images();
  assert.deepEqual([only?.image.image.id, more.length], [second.configDigest, 0]);
  assert.equal((await store.images.find('one', first.configDigest))?.image.reference, known.reference);
  delete tags['1'];
  assert.equal((await scan(known)).image.id, first.configDigest);
});

test('an image of which only a digest is known gets its id, also where the digest is that of an index, and stays one', async (context) => {
  const { first, index, target, scan, store, images } = await groundOf(context);
  for (const digest of [first.manifestDigest, index]) {
    const image = { id: digest, digest, reference: target, platform: 'linux/amd64', created: '', author: '', size: 0, layers: [] };
    const source = { target: `${target}@${digest}`, platform: 'linux/amd64', insecure: false };
    await store.images.save({ accountId: 'one', image, source, osName: '', local: false }, 1);
    const task = await store.tasks.create('one', [digest], { timeoutSeconds: 60, at: 1 });
    const part = await store.tasks.claim('worker', 2, 100);
    assert.ok(part);
    const report = await scan({ id: part.imageId, ...part.known }, source.target);
    await store.tasks.finish('worker', part, 'done', 3);
    assert.equal(report.image.id, first.configDigest);
    assert.equal(await store.images.find('one', digest), undefined);
    const parts = await store.tasks.parts({ accountId: 'one', digests: [digest], taskIds: [task], offset: 0, limit: 9 });
    assert.deepEqual(
      parts.rows.map((row) => [row.imageId, row.state, row.image?.scan?.state]),
      [[first.configDigest, 'done', 'done']],
    );
    assert.deepEqual(
      (await images()).map(({ tag, image: { image: named } }) => [tag, named.id]),
      [['1', first.configDigest]],
    );
  }
});

test('an image that is gone from where it was is not found, and nothing else is scanned in its place', async (context) => {
  const { known, scan, store } = await groundOf(context);
  const gone = { ...known, id: `sha256:${'0'.repeat(64)}` };
  await assert.rejects(scan(gone), { code: 'not-found', message: /holds another image by now/ });
  await assert.rejects(scan({ ...known, digest: `sha256:${'0'.repeat(64)}` }, known.reference.replace(':1', ':2')), { code: 'not-found', message: /:2/ });
  assert.equal((await store.images.list({ accountId: 'one', by: 'lastSeen', order: 'asc', offset: 0, limit: 1 })).total, 0);
});

test('targets that are files are made absolute, those in a registry stay as they are', () => {
  const expected = {
    'oci:layout': 'oci:/home/me/layout',
    'oci:../layout:tag': 'oci:/home/layout:tag',
    'dir:.': 'dir:/home/me',
    'dir:/srv/../etc': 'dir:/etc',
    'image.tar': '/home/me/image.tar',
    'image.tar.gz': '/home/me/image.tar.gz',
    'sub/IMAGE.TGZ': '/home/me/sub/IMAGE.TGZ',
    './image': '/home/me/image',
    '../image': '/home/image',
    '/srv/image.tar#app:1': '/srv/image.tar#app:1',
    'example.org/team/app:1.2': 'example.org/team/app:1.2',
    'localhost:5000/app@sha256:00': 'localhost:5000/app@sha256:00',
    alpine: 'alpine',
  };
  for (const [target, absolute] of Object.entries(expected)) assert.equal(absoluteTarget(target, '/home/me'), absolute);
});

test('an archive with a tag behind it is made absolute too', () => {
  assert.equal(absoluteTarget('image.tar#team/app:1', '/home/me'), '/home/me/image.tar#team/app:1');
});

test('a file without a telling name is one all the same, and a directory of that name is none', (t) => {
  const folder = testFolder(t);
  writeFileSync(join(folder, 'saved'), '');
  writeFileSync(join(folder, 'odd#name'), '');
  mkdirSync(join(folder, 'alpine'));
  assert.equal(absoluteTarget('saved', folder), join(folder, 'saved'));
  assert.equal(absoluteTarget('saved#a/b:1', folder), `${join(folder, 'saved')}#a/b:1`);
  assert.equal(absoluteTarget('odd#name', folder), join(folder, 'odd#name'));
  assert.equal(absoluteTarget('alpine', folder), 'alpine');
});

test('a name with a line break in it is no other target', () => {
  assert.equal(absoluteTarget('dir:a\nb', '/x'), 'dir:/x/a\nb');
});

test('there is at least one inspector and at most eight, and names of workers differ', () => {
  assert.ok(defaultJobs() >= 1 && defaultJobs() <= 8);
  assert.notEqual(workerName(1, 1), workerName(1, 2));
  assert.match(workerName(12, 34), /^12-[0-9a-f]{8}$/);
});
