import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import type { Store, TaskImage, TaskPartQuery } from '../store.ts';
import { finding, imageRecord, rejects, scan, sha } from './samples.ts';

/** See `storeContract`. */
export function taskListsContract(open: () => Promise<Store>): void {
  let store: Store;
  const ids = ['sha256:i1', 'sha256:i2', 'sha256:i3'];
  beforeEach(async () => {
    store = await open();
    for (const account of ['one', 'two']) for (const id of ids) await store.images.save(imageRecord(account, id.slice(-2)), 1);
  });
  afterEach(() => store.close());
  const all = { accountId: 'one', offset: 0, limit: 100 } as const;
  const create = (imageIds: readonly string[], at = 1000, more: object = {}): Promise<string> =>
    store.tasks.create('one', imageIds, { timeoutSeconds: 60, at, ...more });
  const claim = async (at = 2000): Promise<TaskImage> => {
    const image = await store.tasks.claim('w', at, at + 100);
    assert.ok(image);
    return image;
  };
  const parts = async (query: Partial<TaskPartQuery> = {}): Promise<readonly string[]> =>
    (await store.tasks.parts({ ...all, ...query })).rows.map(({ task, imageId }) => `${task.id} ${imageId.slice(-2)}`);

  it('tell of every image when it was scanned and what came of it', async () => {
    const taskId = await create(ids);
    await store.images.setScan('one', 'sha256:i1', { ...scan, state: 'running', finishedAt: undefined, progress: 40 });
    const first = await claim(2000);
    assert.equal((await store.tasks.parts(all)).rows[0]?.progress, 40);
    await store.images.setScan('one', 'sha256:i1', { ...scan, state: 'failed', error: 'the layer is damaged', progress: 70 });
    await store.tasks.finish('w', first, 'failed', 3000);
    const second = await claim(3100);
    await store.images.setScan('one', 'sha256:i2', scan);
    await store.tasks.finish('w', second, 'done', 3500);
    const { total, rows } = await store.tasks.parts(all);
    assert.equal(total, 3);
    assert.deepEqual(
      rows.map(({ position, image, state, startedAt, finishedAt, progress, error }) => [
        position,
        image?.image.id,
        state,
        startedAt,
        finishedAt,
        progress,
        error,
      ]),
      [
        [0, 'sha256:i1', 'failed', 2000, 3000, 70, 'the layer is damaged'],
        [1, 'sha256:i2', 'done', 3100, 3500, 100, ''],
        [2, 'sha256:i3', 'queued', undefined, undefined, 0, ''],
      ],
    );
    assert.deepEqual([rows[0]?.task.startedAt, rows[0]?.task.ended, rows[0]?.place?.image.image.id], [2000, 2, 'sha256:i1']);
    await store.tasks.cancel('one', taskId, undefined, 4000);
    assert.deepEqual(
      (await store.tasks.parts({ ...all, states: ['cancelled'] })).rows.map(({ finishedAt, progress }) => [finishedAt, progress]),
      [[4000, 0]],
    );
  });

  it('tell which images are queued or running', async () => {
    await create(ids);
    await store.tasks.finish('w', await claim(), 'done', 3000);
    await claim();
    assert.deepEqual([...(await store.tasks.busy('one', [...ids, 'unknown']))].sort(), ids.slice(1));
    assert.equal((await store.tasks.busy('two', ids)).size, 0);
    assert.equal((await store.tasks.busy('one', [])).size, 0);
  });

  it('keep the time an image was first taken by a worker', async () => {
    await create(['sha256:i1']);
    await claim(2000);
    await claim(2500);
    assert.equal((await store.tasks.parts(all)).rows[0]?.startedAt, 2000);
  });

  it('choose by task, state, image, digest, time and label, newest task first', async () => {
    const one = await create(['sha256:i2', 'sha256:i1'], 1000, { label: 'console' });
    for (const _ of [1, 2]) await store.tasks.finish('w', await claim(), 'done', 3000);
    const two = await create(['sha256:i1'], 2000, { origin: 'timed' });
    assert.deepEqual(await parts(), [`${two} i1`, `${one} i2`, `${one} i1`]);
    assert.deepEqual(await parts({ taskIds: [one] }), [`${one} i2`, `${one} i1`]);
    assert.deepEqual(await parts({ taskIds: ['x', '1 OR 1'] }), []);
    assert.deepEqual(await parts({ states: ['queued', 'running'] }), [`${two} i1`]);
    assert.deepEqual(await parts({ imageIds: ['sha256:i1'] }), [`${two} i1`, `${one} i1`]);
    assert.deepEqual(await parts({ digests: ['i2'] }), [`${one} i2`]);
    assert.deepEqual(await parts({ from: 1001 }), [`${two} i1`]);
    assert.deepEqual(await parts({ until: 1000 }), [`${one} i2`, `${one} i1`]);
    assert.deepEqual(await parts({ label: { text: 'console', origins: [] } }), [`${one} i2`, `${one} i1`]);
    assert.deepEqual(await parts({ label: { text: 'clock', origins: ['timed'] } }), [`${two} i1`]);
    assert.deepEqual(await parts({ origins: ['timed', 'registry'] }), [`${two} i1`]);
    assert.deepEqual(await parts({ offset: 1, limit: 1 }), [`${one} i2`]);
    assert.deepEqual(await parts({ accountId: 'two' }), []);
    const tasks = async (query: object): Promise<readonly string[]> => (await store.tasks.list({ ...all, ...query })).rows.map(({ id }) => id);
    assert.deepEqual(await tasks({}), [two, one]);
    assert.deepEqual(await tasks({ states: ['done'] }), [one]);
    assert.deepEqual(await tasks({ taskIds: [two] }), [two]);
    assert.deepEqual(await tasks({ from: 1500, until: 2500 }), [two]);
    assert.deepEqual(await tasks({ accountId: 'two' }), []);
    assert.equal((await store.tasks.list({ ...all, limit: 1, offset: 1 })).total, 2);
    await rejects(store.tasks.parts({ ...all, offset: -1 }), 'invalid-input');
  });

  it('end with the registry whose images they had still to scan', async () => {
    const registry = { name: 'main', kind: 'docker', address: 'registry.example', region: '', insecure: false, username: '', secret: '' } as const;
    const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false };
    const registryId = await store.registries.add({ ...registry, accountId: 'one', policy }, 1);
    const far = async (name: string): Promise<string> => {
      const { image, ...rest } = imageRecord('one', name);
      await store.images.save({ ...rest, image: { ...image, reference: `registry.example/team/${name}:1` }, local: false }, 1);
      return image.id;
    };
    const alone = await create([await far('f1')], 1000);
    const mixed = await create(['sha256:i1', await far('f2')], 1000);
    const [first, second] = [await claim(2000), await claim(2000)];
    assert.deepEqual([first.taskId, second.imageId], [alone, 'sha256:i1']);
    await store.tasks.finish('w', second, 'done', 2500);
    await store.registries.remove('one', registryId);
    assert.equal(await store.tasks.renew('w', first, 9000), false);
    const ends = async (id: string) => {
      const task = await store.tasks.find('one', id);
      return [task?.state, task?.finishedAt, task?.total, task?.progress];
    };
    assert.deepEqual(await ends(alone), ['cancelled', 2000, 0, 100]);
    assert.deepEqual(await ends(mixed), ['cancelled', 2500, 1, 100]);
    assert.equal((await store.tasks.list({ ...all, states: ['queued', 'running'] })).total, 0);
  });

  const digest = `sha256:${sha('manifest')}`;
  const provisional = async (): Promise<string> => {
    const { image, ...rest } = imageRecord('one', 'p');
    await store.images.save({ ...rest, image: { ...image, id: digest, digest, reference: 'team/app:1', layers: [] } }, 5);
    return create([digest]);
  };

  it('follow an image that was known by its manifest alone to the id that it has', async () => {
    await provisional();
    const image = await claim();
    assert.equal(await store.images.identify('one', digest, 'sha256:real'), true);
    assert.equal(await store.images.find('one', digest), undefined);
    assert.equal((await store.images.find('one', 'sha256:real'))?.image.reference, 'team/app:1');
    const found = { accountId: 'one', offset: 0, limit: 9, by: 'name', order: 'asc' } as const;
    assert.equal((await store.images.list({ ...found, keywords: { values: ['256:real'], exact: false } })).total, 1);
    assert.equal(await store.tasks.renew('w', image, 9000), true);
    await store.tasks.finish('w', image, 'done', 3000);
    assert.deepEqual(
      (await store.tasks.parts(all)).rows.map(({ imageId, state }) => [imageId, state]),
      [['sha256:real', 'done']],
    );
  });

  it('follow it to one that is known already, with its tags', async () => {
    await provisional();
    assert.equal(await store.images.identify('one', digest, 'sha256:i1'), true);
    assert.equal(await store.images.find('one', digest), undefined);
    assert.deepEqual(await parts(), ['1 i1']);
    const tagged = await store.repositories.images({ ...all, names: { values: ['app'], exact: true }, by: 'name', order: 'asc' });
    assert.deepEqual(
      tagged.rows.map(({ tag, image }) => [tag, image.image.id]),
      [['1', 'sha256:i1']],
    );
    assert.equal((await store.repositories.list({ ...all, names: { values: ['app'], exact: true }, by: 'name', order: 'asc' })).rows[0]?.images, 1);
  });

  it('find it by the digest of an index too, when its own manifest has another', async () => {
    await provisional();
    await store.images.identify('one', digest, 'sha256:real');
    const { image, ...rest } = imageRecord('one', 'real');
    await store.images.save({ ...rest, image: { ...image, reference: 'team/app:1' } }, 6);
    assert.deepEqual(await parts({ digests: [digest] }), ['1 al']);
    assert.deepEqual(await parts({ digests: [image.digest] }), ['1 al']);
    assert.deepEqual(await parts({ digests: [digest], imageIds: ['sha256:i1'] }), []);
    const found = { accountId: 'one', offset: 0, limit: 9, by: 'name', order: 'asc' } as const;
    assert.deepEqual(
      (await store.images.list({ ...found, scope: { digests: [digest] } })).rows.map((row) => row.image.id),
      ['sha256:real'],
    );
    assert.equal((await store.images.list({ ...found, accountId: 'two', scope: { digests: [digest] } })).total, 0);
  });

  it('follow it to one whose tag had moved on, so that what it holds is open again', async () => {
    const save = async (name: string, findings: Parameters<Store['images']['setFindings']>[2]['findings'], at: number): Promise<void> => {
      const { image, ...rest } = imageRecord('one', name);
      await store.images.save({ ...rest, image: { ...image, reference: 'team/app:1' } }, at);
      await store.images.setFindings('one', image.id, { findings, at, partial: false });
      await store.images.setScan('one', image.id, { ...scan, startedAt: at, finishedAt: at });
    };
    const state = async (): Promise<unknown> => (await store.samples.list({ ...all, by: 'lastSeen', order: 'asc' })).rows[0]?.state;
    await save('old', [finding('x')], 1);
    await save('new', [], 2);
    await store.images.setFindings('one', 'sha256:new', { findings: [], at: 3, partial: false });
    assert.equal(await state(), 'fixed');
    await provisional();
    await store.images.identify('one', digest, 'sha256:old');
    assert.equal(await state(), 'open');
    await store.images.setFindings('one', 'sha256:new', { findings: [], at: 4, partial: false });
    assert.equal(await state(), 'open');
  });

  it('follow it when the image is met in another way', async () => {
    await provisional();
    const image = await claim();
    await store.images.save({ ...imageRecord('one', 'met'), image: { ...imageRecord('one', 'met').image, digest } }, 6);
    assert.equal(await store.images.find('one', digest), undefined);
    assert.equal(await store.images.identify('one', digest, 'sha256:met'), true);
    await store.tasks.finish('w', image, 'done', 3000);
    assert.deepEqual(
      (await store.tasks.parts(all)).rows.map(({ imageId, state }) => [imageId, state]),
      [['sha256:met', 'done']],
    );
  });

  it('leave it where it is while another task scans the one it turned out to be, and leave whole images alone', async () => {
    const busy = await create(['sha256:i1']);
    const waiting = await provisional();
    assert.equal(await store.images.identify('one', digest, 'sha256:i1'), false);
    assert.deepEqual(await parts(), [`${waiting} ${digest.slice(-2)}`, `${busy} i1`]);
    assert.equal(await store.images.identify('one', 'sha256:i2', 'sha256:other'), false);
    assert.ok(await store.images.find('one', 'sha256:i2'));
    assert.equal(await store.images.identify('two', digest, 'sha256:i3'), true);
    assert.ok(await store.images.find('one', digest));
  });
}
