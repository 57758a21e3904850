import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { AuditRecord, Store } from '../store.ts';
import { rejects } from './samples.ts';

/** See `storeContract`. */
export function accountsContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const team = { id: '100000000001', ownerId: '100000000001', name: 'team', createdAt: 5 };

  describe('accounts', () => {
    it('have the default one, with a number as its owner, and others by unique names', async () => {
      const [first, ...none] = await store.accounts.list();
      assert.deepEqual([first?.id, first?.name, none], ['default', 'default', []]);
      assert.match(first?.ownerId ?? '', /^\d{12}$/);
      await store.accounts.create(team);
      await rejects(store.accounts.create(team), 'conflict');
      await rejects(store.accounts.create({ ...team, id: '100000000002' }), 'conflict');
      await rejects(store.accounts.create({ ...team, name: 'other' }), 'conflict');
      assert.deepEqual(await store.accounts.find(team.id), team);
      assert.deepEqual(await store.accounts.findByName('team'), team);
      assert.equal(await store.accounts.find('team'), undefined);
      assert.deepEqual(await store.accounts.list(), [first, team]);
    });
  });

  describe('policies', () => {
    const policy = { accountId: 'one', name: 'reader', document: '{"a":1}' };

    it('belong to an account, are replaced whole, and keep the time at which they were made', async () => {
      await store.policies.set(policy, 1);
      await store.policies.set({ ...policy, accountId: 'two', document: '{}' }, 2);
      await store.policies.set({ ...policy, document: '{"b":2}' }, 3);
      assert.deepEqual(await store.policies.find('one', 'reader'), { ...policy, document: '{"b":2}', createdAt: 1, updatedAt: 3 });
      assert.equal((await store.policies.list('two')).length, 1);
      assert.equal(await store.policies.find('three', 'reader'), undefined);
      assert.equal(await store.policies.remove('three', 'reader'), false);
      assert.equal(await store.policies.remove('one', 'reader'), true);
      assert.equal((await store.policies.list('two')).length, 1);
    });

    it('stay while a working key has them, and a key keeps their names', async () => {
      await store.policies.set(policy, 1);
      const key = { accountId: 'one', secretId: 'AKID1', secretKey: 's', name: '', policies: ['reader', 'writer'], createdAt: 1, disabledAt: undefined };
      await store.keys.create(key);
      assert.deepEqual(await store.keys.find('AKID1'), key);
      await rejects(store.policies.remove('one', 'reader'), 'conflict');
      await store.keys.disable('one', 'AKID1', 9);
      assert.equal(await store.policies.remove('one', 'reader'), true);
      assert.deepEqual((await store.keys.find('AKID1'))?.policies, ['reader', 'writer']);
    });
  });

  describe('the audit record', () => {
    const record: AuditRecord = { accountId: 'one', at: 0, cloud: 'x', keyId: 'AKID1', address: '::1', action: 'Do', requestId: 'r', code: 'OK', input: '{}' };

    it('is listed newest first, by time, action and key, and within one account', async () => {
      for (let at = 1; at <= 6; at++) await store.audit.add({ ...record, at, action: at % 2 === 0 ? 'Even' : 'Odd', keyId: `AKID${at % 3}` });
      await store.audit.add({ ...record, accountId: 'two', at: 3 });
      const times = async (query: object): Promise<readonly number[]> =>
        (await store.audit.list({ accountId: 'one', offset: 0, limit: 10, ...query })).rows.map(({ at }) => at);
      assert.deepEqual(await times({}), [6, 5, 4, 3, 2, 1]);
      assert.deepEqual(await times({ since: 2, until: 5 }), [4, 3, 2]);
      assert.deepEqual(await times({ actions: ['Even'], keyIds: ['AKID0', 'AKID1'] }), [6, 4]);
      assert.deepEqual(await times({ actions: [] }), []);
      assert.deepEqual(await times({ offset: 1, limit: 2 }), [5, 4]);
      assert.equal((await store.audit.list({ accountId: 'one', offset: 5, limit: 1 })).total, 6);
      assert.deepEqual((await store.audit.list({ accountId: 'two', offset: 0, limit: 1 })).rows, [{ ...record, accountId: 'two', at: 3 }]);
    });

    it('forgets what is older, the oldest first and at most so much', async () => {
      for (const at of [3, 1, 4, 2, 5]) await store.audit.add({ ...record, at });
      assert.equal(await store.audit.prune(5, 3), 3);
      assert.deepEqual(
        (await store.audit.list({ accountId: 'one', offset: 0, limit: 10 })).rows.map(({ at }) => at),
        [5, 4],
      );
      assert.equal(await store.audit.prune(5, 3), 1);
      assert.equal(await store.audit.prune(5, 3), 0);
    });
  });
}
