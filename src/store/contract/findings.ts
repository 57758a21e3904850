import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Finding } from '#domain/finding.ts';
import type { FindingQuery, Store } from '../store.ts';
import { finding, findingQuery, imageRecord, rejects, sha, verdict } from './samples.ts';

/** See `storeContract`. */
export function findingsContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('findings', () => {
    const { image } = imageRecord('one', 'i1');
    beforeEach(() => store.images.save(imageRecord('one', 'i1'), 1));
    const set = (findings: readonly ReturnType<typeof finding>[], at: number, partial = false): Promise<void> =>
      store.images.setFindings('one', image.id, { findings, at, partial });
    const get = async (query: Partial<FindingQuery> = {}): ReturnType<Store['images']['findings']> =>
      store.images.findings({ ...findingQuery, imageId: image.id, ...query });
    const names = async (query: Partial<FindingQuery>): Promise<string> => {
      const { total, rows } = await get({ order: 'asc', ...query });
      assert.equal(total, rows.length);
      return rows.map((row) => row.path.slice(1)).join(' ');
    };

    it('are given back as they were found', async () => {
      await set([finding('x')], 7);
      const { rows, total } = await get();
      assert.equal(total, 1);
      assert.deepEqual(rows[0], { ...finding('x'), id: rows[0]?.id, imageId: image.id, state: 'open', firstSeen: 7, lastSeen: 7, verifiedAt: 7 });
    });

    it('come page by page to the last, however deep, in one order, and follow every change', async () => {
      const many = Array.from({ length: 730 }, (_, n) => ({ ...finding(`f${n}`), size: n % 7 }));
      const walk = async (query: Partial<FindingQuery>): Promise<number[]> => {
        const ids: number[] = [];
        for (let offset = 0; ; offset += 60) {
          const { rows, total } = await get({ ...query, offset, limit: 60 });
          ids.push(...rows.map((row) => row.id));
          if (offset >= total) return ids;
        }
      };
      await set(many, 1);
      for (const by of ['size', 'path', 'lastSeen'] as const) {
        for (const order of ['asc', 'desc'] as const) {
          const ids = await walk({ by, order });
          assert.equal(new Set(ids).size, many.length, `${by} ${order}`);
          assert.deepEqual(ids, order === 'asc' ? (await walk({ by, order: 'desc' })).reverse() : ids);
        }
      }
      const deep = { by: 'path', order: 'asc', offset: 700, limit: 1 } as const;
      const before = (await get(deep)).rows[0]?.path;
      await set(many.slice(1), 2);
      assert.notEqual((await get(deep)).rows[0]?.path, before);
      assert.equal((await walk({ by: 'size' })).length, many.length - 1);
    });

    it('keep their id and first time while they are found again, take changes, leave the list when they are gone and come back the same', async () => {
      await set([finding('x'), finding('y'), finding('z')], 1);
      const before = (await get({ order: 'asc' })).rows;
      await set([finding('x'), { ...finding('y'), hidden: true }, finding('new')], 2);
      const after = (await get({ order: 'asc', hidden: true })).rows;
      assert.deepEqual(
        after.map((row) => [row.path, row.hidden, row.firstSeen, row.lastSeen]),
        [
          ['/new', false, 2, 2],
          ['/x', false, 1, 2],
          ['/y', true, 1, 2],
        ],
      );
      assert.deepEqual(
        after.slice(1).map((row) => row.id),
        before.slice(0, 2).map((row) => row.id),
      );
      await set([finding('x'), finding('z')], 3);
      const again = (await get({ order: 'asc', hidden: true })).rows;
      assert.deepEqual(
        again.map((row) => [row.path, row.firstSeen]),
        [
          ['/x', 1],
          ['/z', 1],
        ],
      );
      assert.equal(again[1]?.id, before[2]?.id);
      const worse = { ...finding('x'), verdict: verdict('Other', 'critical') };
      await set([worse], 4);
      assert.deepEqual(
        (await get()).rows.map((row) => [row.verdict, row.id]),
        [[worse.verdict, before[0]?.id]],
      );
    });

    it('are told apart by path, layer and content', async () => {
      await set([finding('x'), { ...finding('x'), layer: 'other' }, { ...finding('x'), sha256: sha('other') }, { ...finding('x'), hidden: true }], 1);
      assert.deepEqual(
        (await get({ hidden: true })).rows.map((row) => row.hidden),
        [false, false, false],
      );
    });

    it('are only added while a scan runs', async () => {
      await set([finding('x'), finding('y')], 1);
      await set([finding('y'), finding('z')], 2, true);
      assert.deepEqual(
        (await get({ order: 'asc' })).rows.map((row) => [row.path, row.firstSeen, row.lastSeen]),
        [
          ['/x', 1, 1],
          ['/y', 1, 1],
          ['/z', 2, 2],
        ],
      );
      await set([finding('z')], 3);
      assert.deepEqual(
        (await get()).rows.map((row) => [row.path, row.firstSeen, row.lastSeen]),
        [['/z', 2, 3]],
      );
      await set([], 4);
      assert.deepEqual(await get(), { total: 0, rows: [] });
    });

    it('are counted on their image, visible ones apart', async () => {
      await set([finding('x'), { ...finding('y'), hidden: true }, { ...finding('z'), hidden: true }], 1);
      const counts = async (): Promise<unknown> => {
        const record = await store.images.find('one', image.id);
        return [
          record?.visibleFindings,
          record?.findings,
          (await get()).total,
          (await get({ hidden: true })).total,
          (await get({ severities: ['high'], hidden: true })).total,
        ];
      };
      assert.deepEqual(await counts(), [1, 3, 1, 3, 3]);
      await set([finding('y')], 2, true);
      assert.deepEqual(await counts(), [2, 3, 2, 3, 3]);
      await set([finding('y')], 3);
      assert.deepEqual(await counts(), [1, 1, 1, 1, 1]);
    });

    it('are listed by every column in both orders', async () => {
      const one = { ...finding('dir/c'), size: 2, verdict: verdict('B', 'notice') };
      const two = { ...finding('dir/b'), size: 3, verdict: verdict('C', 'critical') };
      const three = { ...finding('zoo/a'), size: 1, verdict: verdict('A', 'medium') };
      await set([two], 1);
      await set([two, three], 2, true);
      await set([one], 3, true);
      const expected = { lastSeen: 'b a c', firstSeen: 'b a c', severity: 'c a b', path: 'b c a', size: 'a c b', name: 'a c b', fileName: 'a b c' } as const;
      // A scan that is under way renews nothing, so b was seen before a.
      for (const by of Object.keys(expected) as FindingQuery['by'][]) {
        const listed = async (query: Partial<FindingQuery>): Promise<string> => (await get({ by, ...query })).rows.map((row) => row.path.slice(-1)).join(' ');
        assert.equal(await listed({ order: 'asc' }), expected[by], by);
        assert.equal(await listed({ order: 'desc' }), expected[by].split(' ').reverse().join(' '), by);
        assert.equal(await listed({ order: 'asc', offset: 2, limit: 5 }), expected[by].split(' ')[2], by);
      }
    });

    it('are selected by name of malware or file, severity and visibility', async () => {
      await set(
        [
          { ...finding('dir/a%b'), verdict: verdict('Linux.Trojan.Mirai', 'critical') },
          { ...finding('dir/MIRAI_1'), verdict: verdict('Unix.Virus.X', 'low') },
          { ...finding('mirai/c'), verdict: verdict('Eicar', 'low'), hidden: true },
        ],
        1,
      );
      const part = (...values: readonly string[]): { values: readonly string[]; exact: boolean } => ({ values, exact: false });
      assert.equal(await names({ names: part('mirai'), hidden: true }), 'dir/MIRAI_1 dir/a%b');
      assert.equal(await names({ names: part('%') }), 'dir/a%b');
      assert.equal(await names({ names: part('_') }), 'dir/MIRAI_1');
      assert.equal(await names({ names: part('eicar') }), '');
      assert.equal(await names({ names: part('eicar'), hidden: true }), 'mirai/c');
      assert.equal(await names({ names: { values: ['Eicar', 'a%b'], exact: true }, hidden: true }), 'dir/a%b mirai/c');
      assert.equal(await names({ names: { values: ['eicar'], exact: true }, hidden: true }), '');
      assert.equal(await names({ severities: ['low', 'notice'], hidden: true }), 'dir/MIRAI_1 mirai/c');
      assert.equal(await names({ severities: ['critical'], names: part('b') }), 'dir/a%b');
      assert.equal(await names({ severities: [] }), '');
      await set([], 2);
      assert.equal(await names({ names: part('mirai'), hidden: true }), '');
    });

    it('keep hostile text, and lone surrogates become U+FFFD without doubling the finding', async () => {
      const odd = ['nul\u0000', 'q\'"', `\u{1F600}`, 'n'.repeat(100_000)];
      const findings = odd.map((name) => ({ ...finding(name), verdict: verdict(`${name}\u0000'`, 'low') }));
      await set(findings, 1);
      const pairs = (rows: readonly Finding[]): readonly string[] => rows.map((row) => `${row.path} ${row.verdict.name}`).sort();
      assert.deepEqual(pairs((await get({ order: 'asc' })).rows), pairs(findings));
      assert.equal((await get({ names: { values: ['\u0000'], exact: false } })).total, 4);
      await set([finding('\ud800')], 2);
      await set([finding('\ud800'), finding('\udc00')], 3);
      assert.deepEqual(
        (await get()).rows.map((row) => [row.path, row.firstSeen]),
        [['/\ufffd', 2]],
      );
    });

    it('are all kept or none', async () => {
      await set([finding('x')], 1);
      await rejects(set([finding('y'), { ...finding('z'), sha256: 'nonsense' }], 2), 'invalid-input');
      assert.deepEqual(
        (await get()).rows.map((row) => [row.path, row.lastSeen]),
        [['/x', 1]],
      );
    });

    it('are read in pages while thousands are written', async () => {
      const many = Array.from({ length: 3000 }, (_, index) => finding(`f${String(index).padStart(4, '0')}`));
      const writing = new Set(['still']);
      const written = set(many, 1).finally(() => writing.clear());
      const totals = new Set<number>();
      while (writing.size > 0) {
        totals.add((await get({ limit: 1 })).total);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await written;
      totals.add((await get({ limit: 1 })).total);
      assert.deepEqual([...totals], [0, 3000]);
      assert.equal((await get({ offset: 2999, limit: 10, order: 'asc' })).rows[0]?.path, '/f2999');
    });
  });
}
