import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Store } from '../store.ts';
import { content, detection, entry, file, layer, paths, rejects, sha, summary, without } from './samples.ts';

/** See `storeContract`. */
export function layersContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('layers', () => {
    it('are found once they are finished', async () => {
      const id = await store.layers.begin('d1');
      assert.equal(await store.layers.find('d1'), undefined);
      const skipped = [{ path: "/a'\u0000", layer: 'd1', reason: 'too large' }];
      await store.layers.finish(id, { ...summary, skipped, osName: 'Debian', engines: new Set(['e1', 'e2']) });
      assert.deepEqual(await store.layers.find('d1'), { ...summary, id, diffId: 'd1', skipped, osName: 'Debian', engines: new Set(['e1', 'e2']) });
      await store.layers.addEngine(id, 'e3');
      await store.layers.addEngine(id, 'e3');
      assert.deepEqual((await store.layers.find('d1'))?.engines, new Set(['e1', 'e2', 'e3']));
    });

    it('can be started again after an interrupted run, whose entries are gone', async () => {
      const first = await store.layers.begin('d1');
      await store.contents.save([content('a', { e: [detection('bad')] })]);
      await store.layers.add(first, [file('old', 0, 'a')]);
      const id = await layer(store, 'd1', [file('new', 0, 'a')]);
      assert.deepEqual(await paths(store, [id]), ['new']);
      await store.layers.abandon(first);
      await rejects(store.layers.add(first, [file('more', 1, 'a')]), 'conflict');
      await store.layers.abandon(id);
      assert.deepEqual(await paths(store, [id]), ['new']);
    });

    it('may be read by two at once; both ids lead to what stays, with the engines and places of both', async () => {
      await store.contents.save([content('a', { e: [detection('bad')] }), content('b', {})]);
      const [first, second] = [await store.layers.begin('d1'), await store.layers.begin('d1')];
      for (const [id, engine] of [
        [first, 'p1'],
        [second, 'p2'],
      ] as const) {
        await store.layers.add(id, [file('x', 0, 'a'), file('y', 1, 'b')]);
        await store.layers.addPlaceDetections(id, [{ path: 'y', ordinal: 1, engine, detections: [detection(engine)] }]);
        await store.layers.finish(id, { ...summary, engines: new Set([engine]) });
      }
      assert.deepEqual((await store.layers.find('d1'))?.engines, new Set(['p1', 'p2']));
      for (const id of [first, second]) {
        const places = await store.layers.places([id], ['e', 'p1', 'p2']);
        assert.deepEqual(
          places.map((place) => [place.path, place.layerId, place.detections.map((one) => one.rule)]),
          [
            ['x', id, ['bad']],
            ['y', id, ['p1', 'p2']],
          ],
        );
        assert.equal((await store.layers.contents(id, 0, 10)).length, 2);
      }
    });

    it('read again with another outcome replace what was known', async () => {
      await store.contents.save([content('a', { e: [detection('bad')] })]);
      const first = await layer(store, 'd1', [], { ...summary, engines: new Set(['e']) });
      const second = await layer(store, 'd1', [file('x', 0, 'a')], { ...summary, files: 99, engines: new Set(['f']) });
      assert.deepEqual([(await store.layers.find('d1'))?.id, (await store.layers.find('d1'))?.files], [second, 99]);
      assert.deepEqual((await store.layers.find('d1'))?.engines, new Set(['f']));
      assert.deepEqual(await paths(store, [first]), ['x']);
    });

    it('take contents that are saved after their entries, and refuse to finish with one that never was', async () => {
      const id = await store.layers.begin('d1');
      await store.layers.add(id, [file('x', 0, 'late'), file('y', 1, 'never')]);
      await store.contents.save([content('late', { e: [detection('bad')] })]);
      assert.deepEqual(await paths(store, [id]), ['x']);
      await rejects(store.layers.finish(id, summary), 'internal');
      await store.contents.save([content('never', { e: [detection('bad')] })]);
      await store.layers.finish(id, summary);
      assert.deepEqual(await paths(store, [id]), ['x', 'y']);
    });

    it('page through their distinct contents by id', async () => {
      await store.contents.save(['a', 'b', 'c'].map((name) => content(name, {})));
      const id = await layer(store, 'd1', [file('1', 0, 'a'), file('2', 1, 'b'), file('3', 2, 'a'), file('4', 3, 'c'), entry('dir', 4, 'directory')]);
      const first = await store.layers.contents(id, 0, 2);
      const rest = await store.layers.contents(id, first.at(-1)?.id ?? 0, 2);
      assert.deepEqual(
        [...first, ...rest].map((one) => one.sha256),
        [sha('a'), sha('b'), sha('c')],
      );
      assert.deepEqual(await store.layers.contents(id, rest.at(-1)?.id ?? 0, 2), []);
      assert.deepEqual(first[0], { ...without(content('a', {}), 'verdicts'), id: first[0]?.id });
    });

    it('that hold a content are known by it', async () => {
      await store.contents.save([content('a', {}), content('b', {})]);
      await layer(store, 'd2', [file('x', 0, 'a')]);
      await layer(store, 'd1', [file('x', 0, 'a'), file('y', 1, 'a')]);
      await layer(store, 'd3', [file('x', 0, 'b')]);
      await store.layers.add(await store.layers.begin('d4'), [file('x', 0, 'a')]);
      assert.deepEqual(await store.layers.holding(sha('a')), ['d1', 'd2']);
      assert.deepEqual(await store.layers.holding(sha('none')), []);
      assert.deepEqual(await store.layers.holding("'"), []);
    });
  });
}
