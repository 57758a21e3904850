import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScanState } from '#domain/scan.ts';
import type { Severity } from '#domain/severity.ts';
import type { ImageConditions, NewRegistry, RepositoryConditions, Store } from '../store.ts';
import { finding, imageQuery, imageRecord, scan, sha, verdict } from './samples.ts';

const hour = 3_600_000;
const registry: NewRegistry = {
  accountId: 'one',
  name: 'far',
  kind: 'harbor',
  address: 'far.example',
  region: 'north',
  insecure: false,
  username: '',
  secret: '',
  policy: { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false },
};
const rule = { accountId: 'one', list: 'l', repositories: [], imageIds: [], note: '', extra: {} } as const;

/** See `storeContract`. */
export function countersContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const save = (name: string, reference: string, local = true): Promise<void> => {
    const record = imageRecord('one', name);
    return store.images.save({ ...record, image: { ...record.image, reference }, local }, 1);
  };
  const scanned = async (name: string, found: Readonly<Record<string, Severity>>, state: ScanState = 'done', at = 10): Promise<void> => {
    const findings = Object.entries(found).map(([path, severity]) => ({
      ...finding(path),
      sha256: sha(path),
      md5: sha(path).slice(0, 32),
      verdict: verdict(path, severity),
    }));
    await store.images.setFindings('one', `sha256:${name}`, { findings, at, partial: state !== 'done' });
    await store.images.setScan('one', `sha256:${name}`, { ...scan, state, startedAt: at, finishedAt: at });
  };
  const settled = async (): Promise<number> =>
    (await store.samples.affected({ accountId: 'one', states: ['fixed', 'allowed'], offset: 0, limit: 0, by: 'lastSeen', order: 'desc' })).total;
  const ids = async (asked: ImageConditions): Promise<readonly string[]> =>
    (await store.images.list({ ...imageQuery, by: 'name', order: 'asc', ...asked })).rows.map(({ image }) => image.id.slice(7));

  describe('counters', () => {
    it('that are kept are what a count gives, whatever happens to images, findings and rules', async () => {
      const all = ['a', 'b', 'c', 'd', 'e'];
      const agree = async (moment: string): Promise<void> => {
        const imageIds = all.map((name) => `sha256:${name}`);
        for (const scope of [{}, { local: true }, { local: false }]) {
          assert.deepEqual(
            await store.samples.counts({ accountId: 'one', scope }),
            await store.samples.counts({ accountId: 'one', scope: { ...scope, imageIds } }),
            moment,
          );
        }
      };
      const id = await store.registries.add(registry, 1);
      await save('a', 'team/a:1');
      await save('b', 'team/b:1');
      await save('c', 'far.example/team/c:1', false);
      await save('d', 'far.example/team/d:1', false);
      await save('e', 'team/e:1');
      await agree('saved');
      await scanned('a', { x: 'critical', y: 'low' });
      await scanned('b', {});
      await scanned('c', { x: 'high', z: 'notice' });
      await scanned('e', { x: 'medium' }, 'running');
      await agree('scanned');
      const { findings, images, cleanImages, scannedImages, unscannedImages } = await store.samples.counts({ accountId: 'one' });
      assert.deepEqual(findings, { critical: 1, high: 1, medium: 1, low: 1, notice: 1 });
      assert.deepEqual([images, cleanImages, scannedImages, unscannedImages], [{ critical: 1, high: 1, medium: 1, low: 0, notice: 0 }, 1, 3, 2]);
      await scanned('a', { y: 'low' });
      await scanned('c', { x: 'high', z: 'notice' }, 'failed');
      await agree('scanned again');
      assert.equal(await settled(), 1);
      const ruleId = await store.allowRules.add({ ...rule, conditions: [{ field: 'path', match: 'equals', value: '/z' }] }, 20);
      await agree('allowed');
      assert.equal(await settled(), 2);
      await store.allowRules.update(ruleId, { ...rule, conditions: [{ field: 'path', match: 'startsWith', value: '/' }] }, 21);
      await agree('all allowed');
      assert.equal(await settled(), 5);
      await store.allowRules.add({ ...rule, conditions: [{ field: 'md5', match: 'equals', value: sha('x').slice(0, 32) }] }, 22);
      await store.allowRules.remove('one', ruleId, 23);
      await agree('one content is still allowed');
      assert.equal(await settled(), 3);
      const repositories = await store.repositories.list({ accountId: 'one', offset: 0, limit: 9, by: 'name', order: 'asc' });
      assert.deepEqual(
        repositories.rows.map((one) => `${one.name} ${one.openFindings}`),
        ['a 1', 'b 0', 'c 1', 'd 0', 'e 0'],
      );
      await save('c', 'far.example/team/c:1');
      await agree('a far image is here too');
      await store.registries.remove('one', id);
      await agree('the registry is gone');
      assert.equal((await store.samples.counts({ accountId: 'one', scope: { local: false } })).unscannedImages, 0);
      assert.equal((await store.samples.counts({ accountId: 'two' })).scannedImages, 0);
    });

    it('of scans count each that ended well, by whole hours', async () => {
      await save('a', 'team/a:1');
      await scanned('a', {}, 'done', 5 * hour);
      await scanned('a', {}, 'failed', 6 * hour);
      await scanned('a', {}, 'done', 7 * hour);
      await scanned('a', {}, 'done', 7 * hour + 5);
      const counted = [0, 5, 6, 8].map((since) => store.images.countScans('one', since * hour));
      assert.deepEqual(await Promise.all(counted), [3, 3, 2, 0]);
      assert.equal(await store.images.countScans('two', 0), 0);
      assert.equal((await store.images.find('one', 'sha256:a'))?.scannedAt, 7 * hour + 5);
    });
  });

  describe('conditions', () => {
    it('on images hold all or any, one in the other', async () => {
      await save('a', 'team/a:1');
      await save('b', 'team/b:2');
      await save('c', 'other/c:1');
      await scanned('a', { x: 'high' });
      await scanned('c', {});
      const named = (value: string): ImageConditions => ({ names: { values: [value], exact: false } });
      assert.deepEqual(await ids({ scanned: true }), ['c', 'a']);
      assert.deepEqual(await ids({ scanned: false }), ['b']);
      assert.deepEqual(await ids({ every: [named('team'), { infected: true }] }), ['a']);
      assert.deepEqual(await ids({ some: [named('other'), { infected: true }] }), ['c', 'a']);
      assert.deepEqual(await ids({ some: [{ every: [named('team'), named(':2')] }, { every: [named('other'), { scanned: false }] }] }), ['b']);
      assert.deepEqual(await ids({ some: [{}, { infected: true }], scanned: true }), ['c', 'a']);
      assert.deepEqual(await ids({ some: [] }), []);
      assert.deepEqual(await ids({ every: [] }), ['c', 'a', 'b']);
    });

    it('on repositories look at their registry, tags and images, and hold all or any', async () => {
      await store.registries.add(registry, 1);
      await save('a', 'far.example/team/a:1');
      await save('b', 'team/b:2');
      await scanned('a', { x: 'high', y: 'low' });
      const names = async (asked: RepositoryConditions): Promise<readonly string[]> =>
        (await store.repositories.list({ accountId: 'one', offset: 0, limit: 9, by: 'name', order: 'asc', ...asked })).rows.map(
          (one) => `${one.name} ${one.openFindings}`,
        );
      const text = (value: string) => ({ values: [value], exact: false });
      assert.deepEqual(await names({}), ['a 2', 'b 0']);
      assert.deepEqual(await names({ regions: ['north'] }), ['a 2']);
      assert.deepEqual(await names({ tags: text('2') }), ['b 0']);
      assert.deepEqual(await names({ imageIds: text('256:a') }), ['a 2']);
      assert.deepEqual(await names({ some: [{ infected: true }, { tags: text('2') }] }), ['a 2', 'b 0']);
      assert.deepEqual(await names({ every: [{ infected: true }, { tags: text('2') }] }), []);
      assert.deepEqual(await names({ some: [] }), []);
      await scanned('a', { x: 'high' });
      assert.deepEqual(await names({ infected: true }), ['a 1']);
    });

    it('find for images the tag that names them now and was seen last', async () => {
      await save('a', 'team/a:1');
      await save('a', 'team/a:2');
      await save('b', 'team/a:1');
      const { rows } = await store.images.list(imageQuery);
      const places = await store.repositories.places('one', rows);
      assert.deepEqual([...places].map(([id, place]) => `${id} ${place.tag} ${place.current}`).sort(), ['sha256:a 2 true', 'sha256:b 1 true']);
      assert.equal((await store.repositories.places('two', rows)).size, 0);
    });
  });
}
