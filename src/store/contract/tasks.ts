import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Store, TaskImage } from '../store.ts';
import { finding, imageRecord, rejects, scan } from './samples.ts';

/** See `storeContract`. */
export function tasksContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('scan tasks', () => {
    const ids = ['sha256:i1', 'sha256:i2', 'sha256:i3'];
    beforeEach(async () => {
      for (const account of ['one', 'two']) for (const id of ids) await store.images.save(imageRecord(account, id.slice(-2)), 1);
    });
    const create = (imageIds: readonly string[], account = 'one'): Promise<string> => store.tasks.create(account, imageIds, { timeoutSeconds: 60, at: 1000 });
    const claim = async (owner = 'w', at = 2000): Promise<TaskImage> => {
      const image = await store.tasks.claim(owner, at, at + 100);
      assert.ok(image);
      return image;
    };

    it('are claimed in order, with source and deadline, and count what has ended', async () => {
      const taskId = await create([...ids, 'sha256:i1']);
      assert.match(taskId, /^[0-9]+$/);
      assert.deepEqual(await store.tasks.find('one', taskId), {
        accountId: 'one',
        id: taskId,
        createdAt: 1000,
        startedAt: undefined,
        finishedAt: undefined,
        state: 'queued',
        origin: 'asked',
        label: '',
        timeoutSeconds: 60,
        total: 3,
        ended: 0,
        succeeded: 0,
        infected: 0,
        progress: 0,
      });
      const first = await claim();
      const { source, image } = imageRecord('one', 'i1');
      const known = { reference: image.reference, digest: image.digest, local: true };
      assert.deepEqual(first, { accountId: 'one', taskId, position: 0, imageId: 'sha256:i1', source, known, deadline: 61_000 });
      await store.images.setScan('one', 'sha256:i1', { ...scan, state: 'running', progress: 50 });
      assert.deepEqual([(await store.tasks.find('one', taskId))?.state, (await store.tasks.find('one', taskId))?.progress], ['running', 16]);
      await store.images.setFindings('one', 'sha256:i1', { findings: [finding('x')], at: 1, partial: false });
      await store.tasks.finish('w', first, 'done', 3000);
      const second = await claim();
      assert.equal(second.imageId, 'sha256:i2');
      await store.tasks.finish('w', second, 'failed', 3000);
      await store.tasks.finish('w', await claim(), 'done', 4000);
      const task = await store.tasks.find('one', taskId);
      assert.deepEqual([task?.state, task?.finishedAt, task?.ended, task?.succeeded, task?.infected, task?.progress], ['done', 4000, 3, 2, 1, 100]);
      assert.equal(await store.tasks.claim('w', 5000, 5100), undefined);
    });

    it('end as timeout or failed when no image was scanned', async () => {
      for (const [ends, state] of [
        [['failed', 'timeout'], 'timeout'],
        [['failed', 'failed'], 'failed'],
        [['cancelled', 'cancelled'], 'cancelled'],
      ] as const) {
        const taskId = await create(ids.slice(0, 2));
        for (const end of ends) await store.tasks.finish('w', await claim(), end, 3000);
        assert.equal((await store.tasks.find('one', taskId))?.state, state);
      }
    });

    it('refuse images that are queued or running, unknown images and none at all, and then leave nothing behind', async () => {
      await create(['sha256:i1']);
      await rejects(create(['sha256:i2', 'sha256:i1']), 'conflict');
      await claim();
      await rejects(create(['sha256:i1']), 'conflict');
      await rejects(create(['sha256:i2', 'sha256:unknown']), 'not-found');
      await rejects(create([]), 'invalid-input');
      assert.equal(await store.tasks.claim('w', 2000, 2100), undefined);
      await create(['sha256:i2']);
    });

    it('belong to their account alone', async () => {
      const one = await create(['sha256:i1']);
      const two = await create(['sha256:i1'], 'two');
      assert.notEqual(one, two);
      assert.equal(await store.tasks.find('two', one), undefined);
      assert.equal((await store.tasks.latest('two'))?.id, two);
      assert.equal(await store.tasks.latest('three'), undefined);
      assert.equal(await store.tasks.cancel('two', one, undefined, 5), 0);
      assert.equal(await store.tasks.cancel('two', undefined, undefined, 5), 1);
      assert.equal((await store.tasks.find('one', one))?.state, 'queued');
      assert.equal((await store.images.find('one', 'sha256:i1'))?.scan, undefined);
      for (const odd of ['', 'x', '1 OR 1', '-1', '9'.repeat(30), '1e3', '0x1']) assert.equal(await store.tasks.find('one', odd), undefined);
    });

    it('give an image to one worker only, and to another when the lease has run out', async () => {
      await create(['sha256:i1']);
      const claims = await Promise.all(['a', 'b', 'c'].map((owner) => store.tasks.claim(owner, 2000, 2100)));
      assert.equal(claims.filter((one) => one !== undefined).length, 1);
      const image = claims.find((one) => one !== undefined);
      assert.ok(image);
      const owner = ['a', 'b', 'c'][claims.indexOf(image)] ?? '';
      assert.equal(await store.tasks.renew(owner, image, 2200), true);
      assert.equal(await store.tasks.renew('z', image, 2200), false);
      assert.equal(await store.tasks.claim('z', 2199, 2300), undefined);
      assert.deepEqual(await store.tasks.claim('z', 2200, 2300), image);
      assert.equal(await store.tasks.renew(owner, image, 9999), false);
      await store.tasks.finish(owner, image, 'failed', 2250);
      assert.equal((await store.tasks.latest('one'))?.ended, 0);
      await store.tasks.finish('z', image, 'done', 2260);
      await store.tasks.finish('z', image, 'done', 2270);
      assert.deepEqual([(await store.tasks.latest('one'))?.ended, (await store.tasks.latest('one'))?.finishedAt], [1, 2260]);
    });

    it('are cancelled with what runs and what waits; the worker learns it', async () => {
      const taskId = await create(ids);
      const done = await claim();
      await store.tasks.finish('w', done, 'done', 2500);
      const running = await claim();
      await store.images.setScan('one', running.imageId, { ...scan, state: 'running', finishedAt: undefined, progress: 40, remainingSeconds: 9 });
      assert.equal(await store.tasks.cancel('one', taskId, undefined, 3000), 2);
      assert.equal(await store.tasks.renew('w', running, 9000), false);
      await store.tasks.finish('w', running, 'done', 9000);
      const task = await store.tasks.find('one', taskId);
      assert.deepEqual([task?.state, task?.finishedAt, task?.ended, task?.succeeded, task?.progress], ['cancelled', 3000, 3, 1, 100]);
      const scans = await Promise.all(ids.map(async (id) => (await store.images.find('one', id))?.scan));
      assert.deepEqual(
        scans.map((one) => one?.state),
        [undefined, 'cancelled', 'cancelled'],
      );
      assert.deepEqual([scans[1]?.finishedAt, scans[1]?.remainingSeconds, scans[2]?.startedAt], [3000, 0, 3000]);
      assert.equal(await store.tasks.cancel('one', taskId, undefined, 4000), 0);
      assert.equal(await store.tasks.claim('w', 5000, 5100), undefined);
      await create(ids);
    });

    it('are cancelled for single images, and go on with the rest', async () => {
      const taskId = await create(ids);
      assert.equal(await store.tasks.cancel('one', undefined, ['sha256:i1', 'sha256:i3', 'unknown'], 2000), 2);
      await store.tasks.finish('w', await claim(), 'done', 3000);
      assert.deepEqual([(await store.tasks.find('one', taskId))?.state, (await store.tasks.find('one', taskId))?.ended], ['done', 3]);
      assert.equal(await store.tasks.cancel('one', taskId, [], 4000), 0);
      assert.equal(await store.tasks.cancel('one', "x'", undefined, 4000), 0);
    });
  });
}
