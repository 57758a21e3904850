import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ExportJob, ExportJobQuery, NewExportJob, Store } from '../store.ts';
import { finding, findingQuery, imageRecord, rejects } from './samples.ts';

const query = { imageId: 'sha256:i1', hidden: false, offset: 0, by: 'path', order: 'asc' } as const;
const request = { rows: 'findings', title: 'T', language: 'zh', zoneMinutes: 480, columns: [{ heading: 'Path', field: 'path' }], query } as const;
const job = (name: string, more: Partial<NewExportJob> = {}): NewExportJob => ({ accountId: 'one', source: 'local', name, request, expiresAt: 9000, ...more });

/** See `storeContract`. */
export function exportsContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('export jobs', () => {
    const claim = async (owner = 'w', at = 2000): Promise<ExportJob> => {
      const claimed = await store.exports.claim(owner, at, at + 100);
      assert.ok(claimed);
      return claimed;
    };

    it('are claimed in order, tell how far they are, and end', async () => {
      const id = await store.exports.create(job('a.xlsx'), 1000);
      assert.match(id, /^[0-9a-f]{32}$/);
      await store.exports.create(job('b.xlsx'), 1000);
      const told = { ...job('a.xlsx'), id, state: 'queued', progress: 0, failure: '', createdAt: 1000, finishedAt: undefined } as const;
      assert.deepEqual(await store.exports.find('one', id), told);
      assert.deepEqual(await claim(), { ...told, state: 'running' });
      assert.equal(await store.exports.renew('w', id, { leaseUntil: 2200, progress: 12.5 }), true);
      assert.equal((await store.exports.find('one', id))?.progress, 12.5);
      assert.equal((await claim()).name, 'b.xlsx');
      assert.equal(await store.exports.claim('w', 2050, 2150), undefined);
      assert.equal(await store.exports.finish('w', id, { failure: undefined, at: 3000 }), true);
      assert.deepEqual(await store.exports.findLinked(id), { ...told, state: 'done', progress: 100, finishedAt: 3000 });
      assert.equal(await store.exports.isKept(id), true);
      assert.equal(await store.exports.finish('w', id, { failure: 'x', at: 3000 }), false);
    });

    it('whose worker dies are taken up again, and fail after the third time', async () => {
      const id = await store.exports.create(job('a.xlsx'), 1000);
      for (const [turn, owner] of ['w1', 'w2', 'w3'].entries()) {
        assert.equal((await claim(owner, 2000 + turn * 1000)).id, id);
        if (turn > 0) assert.equal(await store.exports.renew(`w${turn}`, id, { leaseUntil: 99_000, progress: 1 }), false);
      }
      assert.equal(await store.exports.claim('w4', 8000, 8100), undefined);
      const failed = await store.exports.find('one', id);
      assert.deepEqual([failed?.state, failed?.failure], ['failed', '3 workers died over this export']);
      assert.equal(await store.exports.isKept(id), false);
    });

    it('that are given back count no death', async () => {
      const id = await store.exports.create(job('a.xlsx'), 1000);
      for (let turn = 0; turn < 5; turn++) {
        await claim();
        await store.exports.release('w', id);
        assert.equal((await store.exports.find('one', id))?.state, 'queued');
      }
      await claim();
      assert.equal(await store.exports.finish('other', id, { failure: 'x', at: 1 }), false);
      assert.equal(await store.exports.finish('w', id, { failure: 'full', at: 3000 }), true);
      assert.equal((await store.exports.find('one', id))?.failure, 'full');
    });

    it('of an account are its own, and listed by state, source and time', async () => {
      const ids = [
        await store.exports.create(job('a'), 1000),
        await store.exports.create(job('b', { source: 'registry' }), 2000),
        await store.exports.create(job('c', { expiresAt: 4000 }), 2000),
      ];
      await store.exports.create(job('x', { accountId: 'two' }), 1);
      await claim('w');
      const base: ExportJobQuery = { accountId: 'one', order: 'asc', offset: 0, limit: 10, at: 3000 };
      const names = async (over: Partial<ExportJobQuery>): Promise<string> => {
        const { total, rows } = await store.exports.list({ ...base, ...over });
        return `${total} ${rows.map(({ name }) => name).join('')}`;
      };
      assert.equal(await names({}), '3 abc');
      assert.equal(await names({ order: 'desc', offset: 1, limit: 1 }), '3 b');
      assert.equal(await names({ states: ['running'] }), '1 a');
      assert.equal(await names({ sources: ['registry'] }), '1 b');
      assert.equal(await names({ accountId: 'two' }), '1 x');
      assert.equal(await names({ at: 4000 }), '2 ab');
      assert.equal(await store.exports.find('two', ids[0] ?? ''), undefined);
      assert.equal(await store.exports.removeExpired(4000), 1);
      assert.equal(await store.exports.find('one', ids[2] ?? ''), undefined);
    });

    it('of one account are bounded', async () => {
      for (let index = 0; index < 50; index++) await store.exports.create(job(`${index}`), 1000);
      await rejects(store.exports.create(job('more'), 1000), 'limit');
      await store.exports.create(job('other', { accountId: 'two' }), 1000);
      await store.exports.finish('w', (await claim()).id, { failure: undefined, at: 1 });
      await store.exports.create(job('more'), 1000);
    });
  });

  describe('findings behind a place', () => {
    it('come page by page, each once, in every order', async () => {
      await store.images.save(imageRecord('one', 'i1'), 1);
      const names = Array.from({ length: 23 }, (_, index) => `f${String(index % 7)}${index}`);
      const findings = names.map((name, index) => ({ ...finding(name), size: index % 3 }));
      await store.images.setFindings('one', 'sha256:i1', { findings: [...findings, { ...finding('gone'), hidden: true }], at: 1, partial: false });
      for (const by of ['lastSeen', 'firstSeen', 'severity', 'path', 'size', 'name', 'fileName'] as const) {
        for (const order of ['asc', 'desc'] as const) {
          const all = { ...findingQuery, imageId: 'sha256:i1', by, order };
          const expected = (await store.images.findings({ ...all, offset: 2 })).rows;
          const got = [];
          let page = await store.images.findingsBehind({ ...all, offset: 2, limit: 4 }, undefined);
          while (page.rows.length > 0) {
            got.push(...page.rows);
            page = await store.images.findingsBehind({ ...all, limit: 4 }, page.last);
          }
          assert.deepEqual(got, expected, `${by} ${order}`);
        }
      }
      assert.deepEqual(await store.images.findingsBehind({ ...findingQuery, accountId: 'two', imageId: 'sha256:i1' }, undefined), {
        rows: [],
        last: undefined,
      });
    });
  });
}
