import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Store } from '../store.ts';
import { content, detection, rejects, sha } from './samples.ts';

/** See `storeContract`. */
export function contentsContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('contents', () => {
    it('are given back with the verdicts of the engines asked for, clean ones included', async () => {
      await store.contents.save([content('a', { e1: [detection('bad')], e2: [] }), content('b', {})]);
      const found = await store.contents.find([sha('a'), sha('b'), sha('c')], ['e1', 'e2', 'e3']);
      assert.deepEqual(found.get(sha('a')), content('a', { e1: [detection('bad')], e2: [] }));
      assert.deepEqual(found.get(sha('b')), content('b', {}));
      assert.equal(found.size, 2);
      const one = await store.contents.find([sha('a')], ['e2']);
      assert.deepEqual([...(one.get(sha('a'))?.verdicts ?? [])], [['e2', []]]);
    });

    it('are completed: later verdicts are added, a newer verdict of one engine replaces its older, SHA-1 stays once known', async () => {
      await store.contents.save([{ ...content('a', { e1: [] }), sha1: '' }]);
      await store.contents.save([{ ...content('a', { e2: [detection('x')] }), sha1: 'b'.repeat(40) }]);
      await store.contents.save([{ ...content('a', { e1: [detection('y')] }), sha1: '' }]);
      const record = (await store.contents.find([sha('a')], ['e1', 'e2'])).get(sha('a'));
      assert.equal(record?.sha1, 'b'.repeat(40));
      assert.deepEqual(record?.verdicts.get('e1'), [detection('y')]);
      assert.deepEqual(record?.verdicts.get('e2'), [detection('x')]);
    });

    it('are found among thousands, whatever stands between them', async () => {
      const names = Array.from({ length: 1100 }, (_, index) => `n${index}`);
      await store.contents.save(names.map((name) => content(name, { e: [] })));
      const found = await store.contents.find([...names.map(sha), 'no digest', '', sha('n1').toUpperCase()], ['e']);
      assert.equal(found.size, 1100);
      assert.ok(names.every((name) => found.get(sha(name))?.verdicts.has('e')));
    });

    it('with a digest that is none are refused as a whole', async () => {
      await rejects(store.contents.save([content('a', {}), { ...content('b', {}), sha256: 'zz' }]), 'invalid-input');
      assert.equal((await store.contents.find([sha('a')], [])).size, 0);
    });
  });
}
