import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ImageQuery, ImageScan, Store } from '../store.ts';
import { finding, findingQuery, imageQuery, imageRecord, rejects, scan } from './samples.ts';

/** See `storeContract`. */
export function imagesContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('images', () => {
    it('are given back as they were saved, refreshed with firstSeen kept', async () => {
      const record = imageRecord('one', 'i1');
      await store.images.save(record, 10);
      const facts = { firstSeen: 10, lastSeen: 10, scan: undefined, visibleFindings: 0, findings: 0, local: true, hosts: 0, scannedAt: undefined };
      const saved = await store.images.find('one', record.image.id);
      const repository = { id: saved?.repository.id, registryId: 0, namespace: 'team', name: 'i1', tag: '1' };
      const expected = { ...record, ...facts, repository };
      assert.deepEqual(saved, expected);
      await store.images.setScan('one', record.image.id, scan);
      const fresh = {
        ...record,
        osName: 'Alpine',
        image: { ...record.image, reference: 'new:1', layers: record.image.layers.slice(1) },
        source: { ...record.source, insecure: true },
      };
      await store.images.save(fresh, 20);
      const again = await store.images.find('one', record.image.id);
      assert.notEqual(again?.repository.id, repository.id);
      const moved = { id: again?.repository.id, registryId: 0, namespace: '', name: 'new', tag: '1' };
      assert.deepEqual(again, { ...expected, ...fresh, lastSeen: 20, scan, scannedAt: scan.finishedAt, repository: moved });
    });

    it('belong to their account alone', async () => {
      const { image } = imageRecord('one', 'i1');
      await store.images.save(imageRecord('one', 'i1'), 10);
      await store.images.save({ ...imageRecord('two', 'i1'), osName: 'of two' }, 20);
      await store.images.setFindings('one', image.id, { findings: [finding('x')], at: 1, partial: false });
      await store.images.setScan('one', image.id, scan);
      const two = await store.images.find('two', image.id);
      assert.deepEqual([two?.osName, two?.findings, two?.scan, two?.firstSeen], ['of two', 0, undefined, 20]);
      assert.equal((await store.images.findings({ ...findingQuery, accountId: 'two', imageId: image.id })).total, 0);
      assert.equal((await store.images.list({ ...imageQuery, accountId: 'two' })).total, 1);
      assert.equal((await store.images.list({ ...imageQuery, accountId: 'three' })).total, 0);
      assert.equal(await store.images.find('three', image.id), undefined);
      await rejects(store.images.setScan('three', image.id, scan), 'not-found');
      await rejects(store.images.setFindings('three', image.id, { findings: [], at: 1, partial: false }), 'not-found');
    });

    it('drop late progress of a scan that has ended, and take a new scan', async () => {
      const { image } = imageRecord('one', 'i1');
      await store.images.save(imageRecord('one', 'i1'), 1);
      const state = async (next: ImageScan): Promise<string | undefined> => {
        await store.images.setScan('one', image.id, next);
        return (await store.images.find('one', image.id))?.scan?.state;
      };
      assert.equal(await state({ ...scan, state: 'running' }), 'running');
      assert.equal(await state({ ...scan, state: 'cancelled' }), 'cancelled');
      assert.equal(await state({ ...scan, state: 'running' }), 'cancelled');
      assert.equal(await state({ ...scan, state: 'failed' }), 'failed');
      assert.equal(await state({ ...scan, state: 'running', startedAt: scan.startedAt + 1 }), 'running');
    });

    it('are listed by every column in both orders, equal ones as they were added', async () => {
      const rows = [
        { name: 'i1', reference: 'b:1', size: 30, created: '2024-01-02T00:00:00+01:00', seen: 3, scan: 9, bad: 0 },
        { name: 'i2', reference: 'A:1', size: 10, created: '2024-01-01T23:30:00Z', seen: 2, scan: undefined, bad: 2 },
        { name: 'i3', reference: 'c:1', size: 10, created: 'nonsense', seen: 1, scan: 5, bad: 1 },
      ];
      for (const row of rows) {
        const record = imageRecord('one', row.name);
        const image = { ...record.image, reference: row.reference, size: row.size, created: row.created };
        await store.images.save({ ...record, image }, row.seen);
        for (const host of ['a', 'b'].slice(0, row.bad)) await store.images.save({ ...record, image, host: { id: host, name: host } }, row.seen);
        if (row.scan !== undefined) await store.images.setScan('one', record.image.id, { ...scan, finishedAt: row.scan });
        const findings = Array.from({ length: row.bad }, (_, index) => finding(`f${index}`));
        await store.images.setFindings('one', record.image.id, { findings, at: 1, partial: false });
      }
      const expected = {
        lastSeen: 'i3 i2 i1',
        created: 'i3 i1 i2',
        size: 'i2 i3 i1',
        name: 'i2 i1 i3',
        scanTime: 'i2 i3 i1',
        findings: 'i1 i3 i2',
        hosts: 'i1 i3 i2',
      } as const;
      for (const by of Object.keys(expected) as ImageQuery['by'][]) {
        const names = async (query: Partial<ImageQuery>): Promise<string> =>
          (await store.images.list({ ...imageQuery, by, ...query })).rows.map((row) => row.image.id.slice(-2)).join(' ');
        assert.equal(await names({ order: 'asc' }), expected[by], by);
        assert.equal(await names({ order: 'desc' }), expected[by].split(' ').reverse().join(' '), by);
        assert.equal(await names({ order: 'asc', offset: 1, limit: 1 }), expected[by].split(' ')[1], by);
      }
      assert.equal((await store.images.list({ ...imageQuery, limit: 0 })).total, 3);
      assert.deepEqual(await store.images.list({ ...imageQuery, offset: 9 }), { total: 3, rows: [] });
      await rejects(store.images.list({ ...imageQuery, offset: -1 }), 'invalid-input');
      await rejects(store.images.list({ ...imageQuery, limit: 0.5 }), 'invalid-input');
    });

    it('are selected by all conditions together and by any value of each', async () => {
      const references = ['Team/App:1', '100%_done', 'ÉCOLE:1', 'nul\u0000here', "o'clock"];
      for (const [index, reference] of references.entries()) {
        const record = imageRecord('one', `i${index}`);
        await store.images.save({ ...record, image: { ...record.image, reference } }, index);
      }
      await store.images.setScan('one', 'sha256:i0', scan);
      await store.images.setFindings('one', 'sha256:i1', { findings: [finding('x'), { ...finding('y'), hidden: true }], at: 1, partial: false });
      await store.images.setFindings('one', 'sha256:i2', { findings: [{ ...finding('y'), hidden: true }], at: 1, partial: false });
      const select = async (query: Partial<ImageQuery>): Promise<string> => {
        const { total, rows } = await store.images.list({ ...imageQuery, order: 'asc', ...query });
        assert.equal(total, rows.length);
        return rows.map((row) => row.image.id.slice(-1)).join('');
      };
      const part = (...values: readonly string[]): { values: readonly string[]; exact: boolean } => ({ values, exact: false });
      const exact = (...values: readonly string[]): { values: readonly string[]; exact: boolean } => ({ values, exact: true });
      assert.equal(await select({ names: part('team/') }), '0');
      assert.equal(await select({ names: part('%') }), '1');
      assert.equal(await select({ names: part('_') }), '1');
      assert.equal(await select({ names: part('école') }), '2');
      assert.equal(await select({ names: part('\u0000HERE') }), '3');
      assert.equal(await select({ names: part("'") }), '4');
      assert.equal(await select({ names: part('\\') }), '');
      assert.equal(await select({ names: part('') }), '01234');
      assert.equal(await select({ names: part('app', 'done') }), '01');
      assert.equal(await select({ names: part() }), '');
      assert.equal(await select({ names: exact('Team/App:1', 'x') }), '0');
      assert.equal(await select({ names: exact('team/app:1') }), '');
      assert.equal(await select({ names: part('x'.repeat(200_000)) }), '');
      assert.equal(await select({ names: part('\ud800') }), '');
      assert.equal(await select({ ids: part('A256:I3') }), '3');
      assert.equal(await select({ ids: exact('sha256:i3', 'sha256:i4') }), '34');
      assert.equal(await select({ keywords: part('i4', 'done') }), '14');
      assert.equal(await select({ keywords: part('i4'), names: part('done') }), '');
      assert.equal(await select({ scanStates: ['never'] }), '1234');
      assert.equal(await select({ scanStates: ['done'] }), '0');
      assert.equal(await select({ scanStates: ['done', 'never'], infected: true }), '1');
      assert.equal(await select({ scanStates: [] }), '');
      assert.equal(await select({ infected: false }), '0234');
      await rejects(select({ names: part(...new Array<string>(5000).fill('a')) }), 'limit');
    });
  });
}
