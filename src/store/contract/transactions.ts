import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Store } from '../store.ts';
import { content, finding, imageQuery, imageRecord, rejects } from './samples.ts';

/** See `storeContract`. */
export function transactionsContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('a transaction', () => {
    const key = (secretId: string): Parameters<Store['keys']['create']>[0] => ({
      accountId: 'one',
      secretId,
      secretKey: 's',
      name: '',
      policies: [],
      createdAt: 1,
      disabledAt: undefined,
    });
    const known = async (): Promise<string> => (await store.keys.list('one')).map((one) => one.secretId).join(' ');

    it('keeps all or nothing, and others see nothing before its end', async () => {
      const problem = new Error('stop');
      const failing = store.transaction(async () => {
        await store.keys.create(key('a'));
        assert.equal(await known(), 'a');
        throw problem;
      });
      await assert.rejects(failing, problem);
      assert.equal(await known(), '');
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const first = store.transaction(async () => {
        await store.keys.create(key('b'));
        await gate;
        return 'result';
      });
      const second = store.keys.create(key('c'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      const seen = await known();
      release();
      assert.equal(await first, 'result');
      await second;
      assert.equal(seen, '');
      assert.equal(await known(), 'b c');
    });

    it('holds transactions inside it, undoing only what failed and was caught', async () => {
      await store.transaction(async () => {
        await store.keys.create(key('a'));
        await assert.rejects(
          store.transaction(async () => {
            await store.keys.create(key('b'));
            await store.transaction(() => store.keys.create(key('c')));
            throw new Error('inner');
          }),
        );
        await Promise.all([store.transaction(() => store.keys.create(key('d'))), store.transaction(() => store.keys.create(key('e')))]);
      });
      assert.equal(await known(), 'a d e');
      await assert.rejects(
        store.transaction(async () => {
          await store.transaction(() => store.keys.create(key('f')));
          throw new Error('outer');
        }),
      );
      assert.equal(await known(), 'a d e');
    });
  });

  it('version differs after every change and not without one', async () => {
    const before = await store.version();
    await store.images.list(imageQuery);
    assert.equal(await store.version(), before);
    const seen = new Set([before]);
    for (const step of [
      () => store.images.save(imageRecord('one', 'i1'), 1),
      () => store.images.setFindings('one', 'sha256:i1', { findings: [finding('x')], at: 1, partial: false }),
      () => store.tasks.create('one', ['sha256:i1'], { timeoutSeconds: 1, at: 1 }),
      () => store.contents.save([content('a', {})]),
    ]) {
      await step();
      const version = await store.version();
      assert.ok(!seen.has(version));
      seen.add(version);
    }
  });

  it('answers with an error after it was closed', async () => {
    const other = await open();
    await other.close();
    await other.close();
    await rejects(other.keys.find('x'), 'internal');
    await rejects(other.images.save(imageRecord('one', 'i1'), 1), 'internal');
  });
}
