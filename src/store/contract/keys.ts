import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Store } from '../store.ts';
import { rejects } from './samples.ts';

/** See `storeContract`. */
export function keysContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('access keys', () => {
    const key = { accountId: 'one', secretId: 'AKID1', secretKey: "it's \u0000 secret", name: 'first', policies: [], createdAt: 5, disabledAt: undefined };

    it('are found by secret id and listed by account', async () => {
      await store.keys.create(key);
      await store.keys.create({ ...key, accountId: 'two', secretId: 'AKID2' });
      assert.deepEqual(await store.keys.find('AKID1'), key);
      assert.equal(await store.keys.find('akid1'), undefined);
      assert.deepEqual(await store.keys.list('one'), [key]);
    });

    it('are never made twice, not even for another account', async () => {
      await store.keys.create(key);
      await rejects(store.keys.create({ ...key, accountId: 'two' }), 'conflict');
      assert.equal((await store.keys.find('AKID1'))?.accountId, 'one');
    });

    it('are disabled by their own account only, and keep the first time', async () => {
      await store.keys.create(key);
      assert.equal(await store.keys.disable('two', 'AKID1', 9), false);
      assert.equal(await store.keys.disable('one', 'none', 9), false);
      assert.equal(await store.keys.disable('one', 'AKID1', 9), true);
      assert.equal(await store.keys.disable('one', 'AKID1', 10), true);
      assert.equal((await store.keys.find('AKID1'))?.disabledAt, 9);
    });
  });
}
