import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { NewRegistry, RegistryQuery, Store } from '../store.ts';
import { finding, imageRecord, rejects } from './samples.ts';

const registry: NewRegistry = {
  accountId: 'one',
  name: 'main',
  kind: 'harbor',
  address: 'registry.example:5000',
  region: 'cn-hangzhou',
  insecure: true,
  username: 'robot',
  secret: 'sealed',
  policy: { repositories: ['team/app'], repositoryPatterns: [], tagPatterns: ['v*'], newestTags: 3, schedule: '0 3 * * *', scanNew: true },
  extra: { told: '"再"' },
};

/** See `storeContract`. */
export function registriesContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const save = (name: string, reference: string, at: number, local = true): Promise<void> => {
    const record = imageRecord('one', name);
    return store.images.save({ ...record, image: { ...record.image, reference }, local }, at);
  };
  const tags = async (current = true): Promise<readonly string[]> => {
    const { total, rows } = await store.repositories.images({ accountId: 'one', current, offset: 0, limit: 10, by: 'lastSeen', order: 'asc' });
    assert.equal(total, rows.length);
    return rows.map((row) => `${row.registry?.name ?? '-'} ${row.repository.namespace}/${row.repository.name}:${row.tag} ${row.image.image.id} ${row.current}`);
  };

  describe('registries', () => {
    it('are given back as they were added and changed, to their account alone', async () => {
      const id = await store.registries.add(registry, 5);
      const never = { state: 'never', startedAt: undefined, finishedAt: undefined, succeededAt: undefined, error: '' } as const;
      assert.deepEqual(await store.registries.find('one', id), { ...registry, id, createdAt: 5, updatedAt: 5, sync: never });
      assert.equal(await store.registries.find('two', id), undefined);
      await rejects(store.registries.add(registry, 6), 'conflict');
      await store.registries.update(id, { ...registry, name: 'other' }, 7);
      assert.equal((await store.registries.findByName('one', 'other'))?.updatedAt, 7);
      assert.equal((await store.registries.findByAddress('one', registry.address))?.id, id);
      assert.equal((await store.registries.list({ accountId: 'one', offset: 0, limit: 1, kinds: ['acr'] })).total, 0);
      await rejects(store.registries.update(99, registry, 7), 'not-found');
      assert.equal(await store.registries.remove('two', id), false);
      assert.equal(await store.registries.remove('one', id), true);
    });

    it('are listed by name, address, kind and id, and remember when a sync was done the last time', async () => {
      const first = await store.registries.add(registry, 1);
      const second = await store.registries.add({ ...registry, name: 'Alpha', kind: 'acr', address: 'acr.example' }, 2);
      const ids = async (query: Partial<RegistryQuery>): Promise<readonly number[]> =>
        (await store.registries.list({ accountId: 'one', offset: 0, limit: 9, ...query })).rows.map(({ id }) => id);
      assert.deepEqual(await ids({}), [first, second]);
      assert.deepEqual(await ids({ by: 'name' }), [second, first]);
      assert.deepEqual(await ids({ ids: [second] }), [second]);
      assert.deepEqual(await ids({ names: { values: ['ALPH'], exact: false } }), [second]);
      assert.deepEqual(await ids({ addresses: { values: ['registry.example:5000'], exact: true } }), [first]);
      await store.registries.setSync('one', first, { state: 'done', startedAt: 3, finishedAt: 4, error: '' });
      await store.registries.setSync('one', first, { state: 'failed', startedAt: 5, finishedAt: 6, error: 'gone' });
      assert.deepEqual((await store.registries.find('one', first))?.sync, { state: 'failed', startedAt: 5, finishedAt: 6, succeededAt: 4, error: 'gone' });
      assert.deepEqual(await ids({ by: 'synced', order: 'desc' }), [first, second]);
    });

    it('are synced by one at a time, and taken over when a lease has run out', async () => {
      const id = await store.registries.add(registry, 1);
      assert.equal(await store.registries.claimSync({ owner: 'a', at: 1, leaseUntil: 10 }), undefined);
      await store.registries.setSync('one', id, { state: 'queued', startedAt: undefined, finishedAt: undefined, error: '' });
      assert.equal((await store.registries.claimSync({ owner: 'a', at: 2, leaseUntil: 10 }))?.sync.state, 'running');
      assert.equal(await store.registries.claimSync({ owner: 'b', at: 3, leaseUntil: 10 }), undefined);
      assert.equal(await store.registries.renewSync({ id, owner: 'b', leaseUntil: 20 }), false);
      assert.equal(await store.registries.renewSync({ id, owner: 'a', leaseUntil: 20 }), true);
      assert.equal((await store.registries.claimSync({ owner: 'b', at: 21, leaseUntil: 30 }))?.id, id);
      await store.registries.update(id, registry, 22);
      assert.equal(await store.registries.renewSync({ id, owner: 'b', leaseUntil: 40 }), false);
      assert.equal((await store.registries.claimSync({ owner: 'c', at: 23, leaseUntil: 40 }))?.id, id);
    });

    it('take over the images that were known of their address, and leave with those that only they had', async () => {
      await save('i1', 'registry.example:5000/team/app:1', 1);
      assert.deepEqual(await tags(), ['- registry.example:5000/team/app:1 sha256:i1 true']);
      const id = await store.registries.add(registry, 2);
      assert.deepEqual(await tags(), ['main team/app:1 sha256:i1 true']);
      await save('i2', 'registry.example:5000/team/app:2', 3, false);
      await store.images.setFindings('one', 'sha256:i2', { findings: [finding('x')], at: 4, partial: false });
      assert.equal((await store.images.find('one', 'sha256:i2'))?.local, false);
      await store.registries.remove('one', id);
      assert.equal(await store.images.find('one', 'sha256:i2'), undefined);
      assert.equal((await store.images.find('one', 'sha256:i1'))?.repository.registryId, 0);
      assert.equal((await store.samples.list({ accountId: 'one', offset: 0, limit: 1, by: 'lastSeen', order: 'desc' })).total, 0);
    });
  });

  describe('repositories', () => {
    it('are counted by namespace, those of registries alone', async () => {
      await store.registries.add(registry, 1);
      await save('i1', 'registry.example:5000/team/app:1', 1);
      await save('i2', 'registry.example:5000/team/db:1', 2);
      await save('i3', 'registry.example:5000/other/db:1', 3);
      await save('i4', 'registry.example:5000/bare:1', 4);
      await save('i5', 'local/app:1', 5);
      await store.images.setFindings('one', 'sha256:i2', { findings: [finding('x')], at: 6, partial: false });
      const team = { name: 'team', repositories: 2, images: 2, infectedImages: 1 };
      const page = { accountId: 'one', offset: 0, limit: 1 };
      assert.deepEqual(await store.repositories.namespaces({ ...page, names: { values: ['TEA'], exact: false } }), { total: 1, rows: [team] });
      assert.deepEqual(await store.repositories.namespaces({ ...page, offset: 1 }), { total: 2, rows: [team] });
      assert.equal((await store.repositories.namespaces({ ...page, accountId: 'two' })).total, 0);
    });

    it('tell by which digest a tag names an image, that of an index too', async () => {
      const record = imageRecord('one', 'i1');
      const saved = { ...record, image: { ...record.image, reference: 'team/app:1' } };
      await store.images.save({ ...saved, tagDigest: 'sha256:index' }, 1);
      const [row] = (await store.repositories.images({ accountId: 'one', digests: ['sha256:index'], offset: 0, limit: 1, by: 'name', order: 'asc' })).rows;
      assert.deepEqual([row?.digest, row?.image.image.digest], ['sha256:index', record.image.digest]);
    });

    it('tell what each tag names, and what it named before', async () => {
      await save('i1', 'team/app:1', 1);
      await save('i2', 'team/app:1', 2);
      await save('i2', 'team/app:latest', 3);
      assert.deepEqual(await tags(), ['- team/app:1 sha256:i2 true', '- team/app:latest sha256:i2 true']);
      assert.equal((await tags(false)).length, 3);
      const { rows, total } = await store.repositories.list({ accountId: 'one', offset: 0, limit: 10, by: 'name', order: 'asc' });
      assert.deepEqual([total, rows[0]?.images, rows[0]?.infectedImages], [1, 1, 0]);
      await store.repositories.retain('one', rows[0]?.id ?? 0, ['latest'], 4);
      assert.deepEqual(await tags(), ['- team/app:latest sha256:i2 true']);
      const [kept] = (await store.repositories.images({ accountId: 'one', offset: 0, limit: 1, by: 'lastSeen', order: 'desc' })).rows;
      assert.deepEqual([kept?.firstSeen, kept?.lastSeen, kept?.repository.lastSeen], [3, 4, 4]);
      assert.equal((await store.repositories.list({ accountId: 'two', offset: 0, limit: 1, by: 'name', order: 'asc' })).total, 0);
    });

    it('give the images of registries by name and region, and by parts of ids and digests', async () => {
      await store.registries.add(registry, 1);
      await store.registries.add({ ...registry, name: 'Second', address: 'other.example', region: '' }, 1);
      await save('i1', 'registry.example:5000/team/app:1', 2);
      await save('i2', 'other.example/app:1', 3);
      const found = async (over: object) => {
        const query = { accountId: 'one', offset: 0, limit: 10, by: 'lastSeen', order: 'asc', ...over } as const;
        const { total, rows } = await store.repositories.images(query);
        assert.equal(total, rows.length);
        return rows.map(({ image }) => image.image.id.slice(-2)).join();
      };
      const part = (...values: readonly string[]) => ({ values, exact: false });
      const exact = (...values: readonly string[]) => ({ values, exact: true });
      assert.equal(await found({ registryNames: part('SEC') }), 'i2');
      assert.equal(await found({ registryNames: exact('second') }), '');
      assert.equal(await found({ registryNames: part('main', 'second') }), 'i1,i2');
      assert.equal(await found({ registryRegions: part('hang') }), 'i1');
      assert.equal(await found({ registryRegions: part('hang'), registryNames: part('second') }), '');
      assert.equal(await found({ idTexts: part('256:I2') }), 'i2');
      assert.equal(await found({ idTexts: part('2') }), 'i1,i2');
      assert.equal(await found({ idTexts: exact('sha256:i1') }), 'i1');
      assert.equal(await found({ digestTexts: part(':mi2') }), 'i2');
      assert.equal(await found({ digestTexts: exact('sha256:mi1') }), 'i1');
    });
  });
}
