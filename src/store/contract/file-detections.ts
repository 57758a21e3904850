import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { DetectionJob, JudgedFile, NewFileDetection, Store } from '../store.ts';
import { sha, verdict } from './samples.ts';

const judged = (name: string, bad = false): JudgedFile => ({
  sha256: sha(name),
  md5: sha(name).slice(0, 32),
  sha1: sha(name).slice(0, 40),
  size: 3,
  fileType: 'archive',
  format: 'zip',
  places: [[1, 2]],
  verdict: bad ? verdict(name, 'high') : undefined,
  skipped: [],
});
const member = (name: string, bad = false) => ({ ...judged(name, bad), path: name });

/** See `storeContract`. */
export function fileDetectionsContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('detections of single files', () => {
    const request = (name: string, more: Partial<NewFileDetection> = {}): NewFileDetection => ({
      accountId: 'one',
      hashKey: sha(name).slice(0, 32),
      file: `file-${name}`,
      url: '',
      unpack: undefined,
      ...more,
    });
    const submit = (name: string, more: Partial<NewFileDetection> = {}) => store.fileDetections.submit(request(name, more), 1000);
    const claim = async (owner = 'w', at = 2000): Promise<DetectionJob> => {
      const job = await store.fileDetections.claim(owner, at, at + 100);
      assert.ok(job);
      return job;
    };
    const done = (id: number, name: string, members: readonly string[] = []) =>
      store.fileDetections.finish('w', id, {
        outcome: { state: 'done', result: judged(name, true), members: members.map((one) => member(one)) },
        at: 3000,
        keepUntil: 9000,
      });
    const find = async (name: string, account = 'one', at = 4000) => {
      const hashKey = sha(name).slice(0, 32);
      return (await store.fileDetections.find(account, [hashKey, hashKey, 'x'], at)).get(hashKey);
    };

    it('tell members of all archives page by page, those of the newest first', async () => {
      for (const [name, members] of Object.entries({ a: ['a1', 'a2', 'a3'], b: [], c: ['c1'], d: ['d1', 'd2'] })) {
        const id = await submit(name, { unpack: { layers: 2, files: 10 } });
        await claim();
        await done(id, name, members);
      }
      const all = ['d1', 'd2', 'c1', 'a1', 'a2', 'a3'];
      for (let offset = 0; offset <= all.length; offset++)
        for (const limit of [0, 1, 2, 10]) {
          const { total, rows } = await store.fileDetections.members({ accountId: 'one', at: 4000, offset, limit });
          assert.deepEqual([total, rows.map(({ path }) => path)], [all.length, all.slice(offset, offset + limit)]);
        }
    });

    it('are claimed in order and keep what came of them until their time is up', async () => {
      const id = await submit('a', { unpack: { layers: 2, files: 10 } });
      await submit('b', { url: 'http://x/', file: '' });
      assert.equal((await find('a'))?.state, 'queued');
      assert.deepEqual(await claim(), { ...request('a', { unpack: { layers: 2, files: 10 } }), id, attempts: 0 });
      assert.equal((await find('a'))?.state, 'running');
      assert.equal(await done(id, 'a', ['m1', 'm2', 'm3']), true);
      assert.deepEqual(await find('a'), {
        ...request('a', { unpack: { layers: 2, files: 10 } }),
        id,
        state: 'done',
        createdAt: 1000,
        finishedAt: 3000,
        failure: undefined,
        result: judged('a', true),
      });
      const { hashKey } = request('a');
      const page = { accountId: 'one', hashKey, at: 4000, offset: 1, limit: 1 };
      assert.deepEqual(await store.fileDetections.members(page), { total: 3, rows: [member('m2')] });
      assert.equal((await store.fileDetections.findByDigest('one', sha('a'), 4000))?.id, id);
      assert.equal((await store.fileDetections.findByDigest('one', hashKey, 4000))?.id, id);
      assert.equal(await store.fileDetections.findByDigest('two', hashKey, 4000), undefined);
      assert.equal(await find('a', 'one', 9000), undefined);
      assert.equal(await store.fileDetections.findByDigest('one', hashKey, 9000), undefined);
      assert.equal((await store.fileDetections.members({ ...page, at: 9000 })).total, 0);
      assert.equal(await store.fileDetections.usesFile('file-a'), true);
      assert.equal(await store.fileDetections.removeExpired(8999), 0);
      assert.equal(await store.fileDetections.removeExpired(9000), 1);
      assert.equal(await store.fileDetections.usesFile('file-a'), false);
      assert.equal(await store.fileDetections.usesFile(''), false);
      assert.equal((await claim()).url, 'http://x/');
    });

    it('fail with a reason', async () => {
      const id = await submit('a');
      await claim();
      const outcome = { state: 'failed', kind: 'download', message: 'no' } as const;
      assert.equal(await store.fileDetections.finish('w', id, { outcome, at: 3000, keepUntil: 9000 }), true);
      const found = await find('a');
      assert.deepEqual([found?.state, found?.failure, found?.result], ['failed', { kind: 'download', message: 'no' }, undefined]);
    });

    it('stand once for each hash: the same again changes nothing, another or one after the end takes its place', async () => {
      const first = await submit('a');
      assert.equal(await submit('a'), first);
      await claim();
      assert.equal(await submit('a'), first);
      const second = await submit('a', { unpack: { layers: 1, files: 1 } });
      assert.notEqual(second, first);
      assert.equal(await store.fileDetections.renew('w', first, 9999), false);
      assert.equal(await done(first, 'a'), false);
      assert.equal((await find('a'))?.state, 'queued');
      assert.equal((await claim()).id, second);
      assert.equal(await done(second, 'a', ['m']), true);
      const third = await submit('a');
      assert.equal((await find('a'))?.id, third);
      assert.equal((await store.fileDetections.members({ accountId: 'one', at: 4000, offset: 0, limit: 10 })).total, 0);
      assert.equal(await store.fileDetections.submissions('one'), 5);
    });

    it('belong to their account alone', async () => {
      await submit('a');
      await submit('a', { accountId: 'two', file: 'other' });
      const job = await claim();
      await done(job.id, 'a', ['m']);
      assert.equal((await find('a', 'two'))?.state, 'queued');
      assert.equal(await find('a', 'three'), undefined);
      assert.equal((await store.fileDetections.members({ accountId: 'two', at: 4000, offset: 0, limit: 10 })).total, 0);
      assert.equal((await store.fileDetections.members({ accountId: 'one', at: 4000, offset: 0, limit: 10 })).total, 1);
      assert.deepEqual([await store.fileDetections.submissions('two'), await store.fileDetections.submissions('three')], [1, 0]);
    });

    it('are given back by a worker that stops, as often as it likes', async () => {
      const id = await submit('a');
      for (let round = 0; round < 10; round += 1) {
        assert.deepEqual([(await claim()).id, await store.fileDetections.renew('w', id, 3000)], [id, true]);
        await store.fileDetections.release('z', id);
        assert.equal(await store.fileDetections.claim('z', 2500, 2600), undefined);
        await store.fileDetections.release('w', id);
      }
      assert.equal((await claim()).attempts, 0);
    });

    it('go to one worker only, to another when its lease has run out, and are given up when too many died', async () => {
      const id = await submit('a');
      const claims = await Promise.all(['a', 'b', 'c'].map((owner) => store.fileDetections.claim(owner, 2000, 2100)));
      assert.equal(claims.filter((one) => one !== undefined).length, 1);
      const owner = ['a', 'b', 'c'][claims.findIndex((one) => one !== undefined)] ?? '';
      assert.equal(await store.fileDetections.renew(owner, id, 2200), true);
      assert.equal(await store.fileDetections.renew('z', id, 2200), false);
      assert.equal(await store.fileDetections.claim('z', 2199, 2300), undefined);
      for (let attempt = 1; attempt < 5; attempt += 1) {
        const job = await store.fileDetections.claim('z', 2000 + attempt * 1000, 2001 + attempt * 1000);
        assert.deepEqual([job?.id, job?.attempts], [id, attempt]);
      }
      assert.equal(await store.fileDetections.renew(owner, id, 9999), false);
      assert.equal(await store.fileDetections.claim('z', 9000, 9100), undefined);
      const found = await find('a', 'one', 9000);
      assert.deepEqual([found?.state, found?.failure?.kind], ['failed', 'internal']);
    });
  });
}
