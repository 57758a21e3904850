import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Store } from '../store.ts';

/** See `storeContract`. */
export function scanSettingsContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('timed scans', () => {
    const setting = { accountId: 'one', kind: 'local', body: '{"a":1}', nextAt: 1000 } as const;

    it('are kept by account and kind, and keep what came of them when they are set anew', async () => {
      assert.equal(await store.scanSettings.find('one', 'local'), undefined);
      await store.scanSettings.save(setting);
      await store.scanSettings.save({ ...setting, kind: 'registry', nextAt: undefined });
      assert.deepEqual(await store.scanSettings.find('one', 'local'), { ...setting, lastAt: undefined, lastResult: '' });
      await store.scanSettings.note(setting, { at: 5, result: 'started' });
      await store.scanSettings.save({ ...setting, body: '{}', nextAt: undefined });
      assert.deepEqual(await store.scanSettings.find('one', 'local'), { ...setting, body: '{}', nextAt: undefined, lastAt: 5, lastResult: 'started' });
      assert.equal((await store.scanSettings.find('one', 'registry'))?.lastResult, '');
      assert.equal(await store.scanSettings.find('two', 'local'), undefined);
    });

    it('are due once, for the first who claims them as they are', async () => {
      await store.scanSettings.save(setting);
      await store.scanSettings.save({ ...setting, accountId: 'two', nextAt: 500 });
      await store.scanSettings.save({ ...setting, accountId: 'three', nextAt: undefined });
      assert.deepEqual(await store.scanSettings.due('local', 499), []);
      assert.deepEqual(await store.scanSettings.due('registry', 9999), []);
      const due = await store.scanSettings.due('local', 1000);
      assert.deepEqual(
        due.map(({ accountId }) => accountId),
        ['two', 'one'],
      );
      const [two, one] = due;
      assert.ok(two && one);
      assert.deepEqual(await Promise.all([store.scanSettings.claim(one, 2000), store.scanSettings.claim(one, 2000)]), [true, false]);
      await store.scanSettings.save({ ...two, body: '{"b":2}' });
      assert.equal(await store.scanSettings.claim(two, 2000), false);
      assert.equal((await store.scanSettings.find('two', 'local'))?.nextAt, 500);
    });
  });
}
