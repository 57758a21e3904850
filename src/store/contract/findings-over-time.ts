import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Skipped } from '#domain/finding.ts';
import type { NewAllowRule, Store } from '../store.ts';
import { finding, imageRecord, scan, sha, verdict } from './samples.ts';

/** See `storeContract`. The story of findings as a responder lives it. */
export function findingsOverTimeContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const bad = (path: string) => ({ ...finding(path), sha256: sha(path), md5: sha(path).slice(0, 32) });
  const save = (name: string, reference: string, at: number): Promise<void> => {
    const record = imageRecord('one', name);
    return store.images.save({ ...record, image: { ...record.image, reference } }, at);
  };
  // A scan to its end.
  const scanned = async (name: string, paths: readonly string[], at: number, unlooked: readonly Skipped[] = []): Promise<void> => {
    await store.images.setFindings('one', `sha256:${name}`, { findings: paths.map(bad), at, partial: false, unlooked });
    await store.images.setScan('one', `sha256:${name}`, { ...scan, startedAt: at, finishedAt: at, complete: unlooked.length === 0 });
  };
  const told = async (): Promise<readonly string[]> => {
    const { rows } = await store.samples.affected({ accountId: 'one', offset: 0, limit: 100, by: 'firstSeen', order: 'asc' });
    return rows
      .map(({ finding: one, image }) => `${image.image.id.slice(7)}${one.path} ${one.state} ${one.firstSeen} ${one.lastSeen} ${one.verifiedAt}`)
      .sort();
  };
  const samples = async (): Promise<readonly string[]> => {
    const { rows } = await store.samples.list({ accountId: 'one', offset: 0, limit: 100, by: 'lastSeen', order: 'asc' });
    return rows.map((one) => `${one.md5 === bad('x').md5 ? 'x' : 'y'} ${one.state} ${one.images} ${one.firstSeen} ${one.lastSeen}`).sort();
  };
  const listed = async (name: string): Promise<number> => (await store.images.find('one', `sha256:${name}`))?.visibleFindings ?? -1;

  describe('findings over time', () => {
    it('are verified by each whole scan, fixed when they are gone, and open again when they come back', async () => {
      await save('i1', 'team/app:1', 1);
      await scanned('i1', ['x', 'y'], 10);
      assert.deepEqual(await told(), ['i1/x open 10 10 10', 'i1/y open 10 10 10']);
      await scanned('i1', ['x'], 20);
      assert.deepEqual(await told(), ['i1/x open 10 20 20', 'i1/y fixed 10 10 20']);
      assert.equal(await listed('i1'), 1);
      assert.deepEqual(await samples(), ['x open 1 10 20', 'y fixed 1 10 10']);
      await scanned('i1', ['x', 'y'], 30);
      assert.deepEqual(await told(), ['i1/x open 10 30 30', 'i1/y open 10 30 30']);
    });

    it('change the list of names when they come, go or are judged otherwise', async () => {
      const names = async (): Promise<readonly string[]> => {
        const read = (severity: 'high' | 'low') => store.samples.names({ accountId: 'one', severities: [severity] });
        return [...(await read('high')).map(({ name }) => `high ${name}`), ...(await read('low')).map(({ name }) => `low ${name}`)];
      };
      const judged = (name: string, severity: 'high' | 'low', at: number) =>
        store.images.setFindings('one', 'sha256:i1', { findings: [{ ...bad('x'), verdict: verdict(name, severity) }], at, partial: false });
      await save('i1', 'team/app:1', 1);
      assert.deepEqual(await names(), []);
      await judged('A', 'high', 10);
      assert.deepEqual(await names(), ['high A']);
      await judged('A', 'low', 20);
      assert.deepEqual(await names(), ['low A']);
      await judged('B', 'low', 30);
      assert.deepEqual(await names(), ['low B']);
      await store.images.setFindings('one', 'sha256:i1', { findings: [{ ...bad('x'), hidden: true }], at: 40, partial: false });
      assert.deepEqual(await names(), []);
    });

    it('are not fixed by a scan that is under way, nor where a scan could not look', async () => {
      await save('i1', 'team/app:1', 1);
      await scanned('i1', ['x', 'y'], 10);
      await store.images.setFindings('one', 'sha256:i1', { findings: [], at: 20, partial: true });
      assert.deepEqual(await told(), ['i1/x open 10 10 10', 'i1/y open 10 10 10']);
      await scanned('i1', [], 30, [{ path: '/x', layer: 'l1', reason: 'too large' }]);
      assert.deepEqual(await told(), ['i1/x open 10 10 10', 'i1/y fixed 10 10 30']);
      await scanned('i1', [], 40, [{ path: '', layer: '', reason: 'stopped' }]);
      assert.equal((await told())[0], 'i1/x open 10 10 10');
    });

    it('are fixed once their tag names a newer image that was scanned whole and is without them', async () => {
      await save('i1', 'team/app:1', 1);
      await scanned('i1', ['x', 'y'], 10);
      await save('i2', 'team/app:1', 20);
      assert.deepEqual(await told(), ['i1/x open 10 10 10', 'i1/y open 10 10 10'], 'nothing is known of the new image yet');
      await scanned('i2', ['y'], 30);
      assert.deepEqual(await told(), ['i1/x fixed 10 10 30', 'i1/y open 10 10 30', 'i2/y open 30 30 30']);
      assert.deepEqual(await samples(), ['x fixed 1 10 10', 'y open 2 10 30']);
      assert.deepEqual([await listed('i1'), await listed('i2')], [2, 1], 'the old image has the file as before');
      await save('i1', 'team/app:1', 40);
      assert.equal((await told())[0], 'i1/x open 10 10 30', 'the tag names the old image again');
    });

    it('stay fixed when the image that the tag left is scanned again, and are open once the tag names an image that has them', async () => {
      await save('i1', 'team/app:1', 1);
      await scanned('i1', ['x'], 10);
      await save('i2', 'team/app:1', 20);
      await scanned('i2', [], 30);
      await scanned('i1', ['x'], 40);
      assert.deepEqual(await told(), ['i1/x fixed 10 40 40']);
      await save('i3', 'team/app:1', 50);
      await scanned('i3', ['x'], 60);
      assert.deepEqual(await told(), ['i1/x open 10 40 60', 'i3/x open 60 60 60'], 'the file is in the image that the tag names');
      assert.deepEqual(await samples(), ['x open 2 10 60']);
    });

    it('stay open while another tag names their image', async () => {
      await save('i1', 'team/app:1', 1);
      await save('i1', 'team/app:stable', 2);
      await scanned('i1', ['x'], 10);
      await save('i2', 'team/app:1', 20);
      await scanned('i2', [], 30);
      assert.deepEqual(await told(), ['i1/x open 10 10 10']);
      await save('i2', 'team/app:stable', 40);
      assert.deepEqual(await told(), ['i1/x fixed 10 10 40']);
    });

    it('are allowed by a rule, in its repositories alone, and open again without it', async () => {
      await save('i1', 'team/app:1', 1);
      await save('i2', 'team/base:1', 1);
      await scanned('i1', ['x'], 10);
      await scanned('i2', ['x'], 10);
      const rule: NewAllowRule = {
        accountId: 'one',
        list: 'image',
        conditions: [{ field: 'md5', match: 'equals', value: bad('x').md5.toUpperCase() }],
        repositories: ['team/app'],
        imageIds: [],
        note: 'ours',
        extra: { eventKey: 'k' },
      };
      const id = await store.allowRules.add(rule, 20);
      assert.deepEqual(await told(), ['i1/x allowed 10 10 10', 'i2/x open 10 10 10']);
      assert.deepEqual([await listed('i1'), await listed('i2')], [0, 1]);
      assert.deepEqual(await samples(), ['x open 2 10 10']);
      await scanned('i1', ['x'], 30);
      assert.equal((await told())[0], 'i1/x allowed 10 30 30');
      await store.allowRules.update(id, { ...rule, repositories: [] }, 40);
      assert.deepEqual(await samples(), ['x allowed 2 10 30']);
      assert.deepEqual((await store.allowRules.find('one', id))?.repositories, []);
      assert.equal(await store.allowRules.remove('two', id, 50), false);
      await store.allowRules.remove('one', id, 50);
      assert.deepEqual(await samples(), ['x open 2 10 30']);
      assert.deepEqual([await listed('i1'), await listed('i2')], [1, 1]);
    });

    it('stay allowed when their tag moves on, and are what that made of them once the rule is gone', async () => {
      await save('i1', 'team/app:1', 1);
      await scanned('i1', ['x'], 10);
      const rule = { accountId: 'one', list: 'image', conditions: [], repositories: ['team/app'], imageIds: [], note: '', extra: {} } as const;
      const id = await store.allowRules.add({ ...rule, conditions: [{ field: 'md5', match: 'equals', value: bad('x').md5 }] }, 11);
      await save('i2', 'team/app:1', 20);
      await scanned('i2', [], 30);
      assert.deepEqual([await told(), await listed('i1')], [['i1/x allowed 10 10 30'], 0]);
      await store.allowRules.remove('one', id, 40);
      assert.deepEqual([await told(), await listed('i1')], [['i1/x fixed 10 10 30'], 1]);
      await store.allowRules.add({ ...rule, conditions: [{ field: 'path', match: 'startsWith', value: '/x' }] }, 50);
      assert.deepEqual([await told(), await listed('i1')], [['i1/x allowed 10 10 30'], 0]);
      await save('i1', 'team/app:1', 60);
      assert.deepEqual(await told(), ['i1/x allowed 10 10 30']);
    });

    it('of one account are nothing to another', async () => {
      await save('i1', 'team/app:1', 1);
      await scanned('i1', ['x'], 10);
      const nothing = { total: 0, rows: [] };
      assert.deepEqual(await store.samples.list({ accountId: 'two', offset: 0, limit: 9, by: 'lastSeen', order: 'desc' }), nothing);
      assert.deepEqual(await store.samples.affected({ accountId: 'two', offset: 0, limit: 9, by: 'lastSeen', order: 'desc' }), nothing);
      assert.equal((await store.samples.counts({ accountId: 'two' })).findings.high, 0);
      const { findings, images, cleanImages, unscannedImages } = await store.samples.counts({ accountId: 'one' });
      assert.deepEqual([findings.high, images.high, cleanImages, unscannedImages], [1, 1, 0, 0]);
    });
  });
}
