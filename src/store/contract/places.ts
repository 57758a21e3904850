import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { LayerEntry, Store } from '../store.ts';
import { content, detection, entry, file, layer, paths, rejects, sha } from './samples.ts';

/** See `storeContract`. */
export function placesContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('places', () => {
    beforeEach(() => store.contents.save([content('bad', { e: [detection('bad')], f: [detection('other')] }), content('good', { e: [] })]));

    const hiddenCases: readonly (readonly [string, string, readonly LayerEntry[], boolean])[] = [
      ['nothing above', 'a/b', [file('a/c', 0, 'good')], false],
      ['a whiteout of it', 'a/b', [entry('a/.wh.b', 0, 'whiteout')], true],
      ['a whiteout in the root', 'b', [entry('.wh.b', 0, 'whiteout')], true],
      ['a whiteout of an ancestor', 'a/x/b', [entry('.wh.a', 0, 'whiteout')], true],
      ['a whiteout of a directory between', 'a/x/b', [entry('a/.wh.x', 0, 'whiteout')], true],
      ['a whiteout of a name that only begins alike', 'a/bb', [entry('a/.wh.b', 0, 'whiteout')], false],
      ['an opaque marker in its directory', 'a/b', [entry('a/.wh..wh..opq', 0, 'opaque')], true],
      ['an opaque marker in the root', 'a/b', [entry('.wh..wh..opq', 0, 'opaque')], true],
      ['an opaque marker in the root, where it lies itself', 'b', [entry('.wh..wh..opq', 0, 'opaque')], true],
      ['an opaque marker in a directory beside', 'a/b', [entry('c/.wh..wh..opq', 0, 'opaque')], false],
      ['a file that looks like a whiteout', 'a/b', [file('a/.wh.b', 0, 'good')], false],
      ['another file', 'a/b', [file('a/b', 0, 'good')], true],
      ['a directory in its place', 'a/b', [entry('a/b', 0, 'directory')], true],
      ['a symbolic link at an ancestor', 'a/b', [entry('a', 0, 'symlink', 'etc')], true],
      ['the same directory again', 'a/b', [entry('a', 0, 'directory')], false],
    ];
    for (const [name, path, above, hidden] of hiddenCases) {
      it(`under ${name} ${hidden ? 'are hidden' : 'stay visible'}`, async () => {
        const low = await layer(store, 'low', [file(path, 0, 'bad')]);
        const high = await layer(store, 'high', above);
        const top = await layer(store, 'top', [file('unrelated', 0, 'good')]);
        assert.deepEqual(
          (await store.layers.places([low, high, top], ['e'])).map((place) => [place.path, place.hidden]),
          [[path, hidden]],
        );
        assert.deepEqual(
          (await store.layers.places([high, low, top], ['e'])).map((place) => [place.path, place.hidden]),
          [[path, false]],
        );
      });
    }

    it('are hidden in their own layer by a later entry of the path or a later file at an ancestor, never by whiteouts', async () => {
      const id = await layer(store, 'd', [
        file('again', 1, 'bad'),
        file('again', 5, 'good'),
        file('late', 2, 'good'),
        file('late', 6, 'bad'),
        file('dir/x', 3, 'bad'),
        file('dir', 7, 'good'),
        file('white', 4, 'bad'),
        entry('.wh.white', 8, 'whiteout'),
        entry('.wh..wh..opq', 9, 'opaque'),
      ]);
      assert.deepEqual(
        (await store.layers.places([id], ['e'])).map((place) => [place.path, place.hidden]),
        [
          ['again', true],
          ['dir/x', true],
          ['late', false],
          ['white', false],
        ],
      );
    });

    it('count once and visible when a hidden and a visible row of the same content share path and layer', async () => {
      const id = await layer(store, 'd', [file('x', 0, 'bad'), file('x', 1, 'bad')]);
      assert.deepEqual(
        (await store.layers.places([id], ['e'])).map((place) => place.hidden),
        [false],
      );
      const other = await layer(store, 'o', [entry('.wh.x', 0, 'whiteout')]);
      assert.deepEqual(
        (await store.layers.places([id, other, id], ['e'])).map((place) => place.hidden),
        [false],
      );
      assert.deepEqual(
        (await store.layers.places([id, other], ['e'])).map((place) => place.hidden),
        [true],
      );
    });

    it('come sorted by path, layer and content, with the detections of the engines asked for', async () => {
      await store.contents.save([content('worse', { e: [detection('worse')] })]);
      const low = await layer(store, 'low', [file('b', 0, 'bad'), file('a', 1, 'bad'), file('\u00ff', 2, 'bad')]);
      const high = await layer(store, 'high', [file('a', 0, 'worse'), file('a', 1, 'bad')]);
      const places = await store.layers.places([low, high], ['e', 'f']);
      const sameLayer = [sha('worse'), sha('bad')].sort();
      assert.deepEqual(
        places.map((place) => [place.path, place.layerId, place.sha256]),
        [['a', low, sha('bad')], ...sameLayer.map((hash) => ['a', high, hash]), ['b', low, sha('bad')], ['\u00ff', low, sha('bad')]],
      );
      assert.deepEqual(
        places[0]?.detections.map((one) => one.rule),
        ['bad', 'other'],
      );
      const { verdicts: _, ...facts } = content('bad', {});
      assert.deepEqual(places[0], { ...facts, layerId: low, path: 'a', hidden: true, detections: [detection('bad'), detection('other')] });
      assert.deepEqual((await store.layers.places([low], ['f']))[0]?.detections, [detection('other')]);
      assert.deepEqual(await store.layers.places([low, high], ['unknown']), []);
    });

    it('join what was detected at the place with what was detected in the content', async () => {
      const id = await layer(store, 'd', [file('x', 0, 'bad'), file('y', 1, 'good'), file('z', 2, 'good')], undefined, [
        { path: 'x', ordinal: 0, engine: 'p', detections: [detection('here')] },
        { path: 'y', ordinal: 1, engine: 'p', detections: [detection('here')] },
        { path: 'z', ordinal: 2, engine: 'p', detections: [] },
      ]);
      const rules = async (engines: readonly string[]): Promise<unknown> =>
        (await store.layers.places([id], engines)).map((place) => [place.path, place.sha256, place.detections.map((one) => one.rule)]);
      assert.deepEqual(await rules(['e', 'p']), [
        ['x', sha('bad'), ['bad', 'here']],
        ['y', sha('good'), ['here']],
      ]);
      assert.deepEqual(await rules(['e']), [['x', sha('bad'), ['bad']]]);
    });

    it('follow hard links inside a layer to the last earlier entry, through chains', async () => {
      const id = await layer(store, 'd', [
        file('t', 0, 'good'),
        entry('before', 1, 'hardlink', 't'),
        file('t', 2, 'bad'),
        entry('after', 3, 'hardlink', 't'),
        entry('chain', 4, 'hardlink', 'after'),
        file('t', 5, 'good'),
        entry('self', 6, 'hardlink', 'self'),
        entry('round1', 7, 'hardlink', 'round2'),
        entry('round2', 8, 'hardlink', 'round1'),
        { ...entry('given', 9, 'hardlink', 'nowhere'), sha256: sha('bad') },
      ]);
      assert.deepEqual(
        (await store.layers.places([id], ['e'])).map((place) => [place.path, place.hidden]),
        [
          ['after', false],
          ['chain', false],
          ['given', false],
          ['t', true],
        ],
      );
    });

    it('follow hard links in inventories that are still being filled', async () => {
      const id = await store.layers.begin('d');
      await store.layers.add(id, [file('t', 0, 'bad'), entry('l', 1, 'hardlink', 't'), entry('m', 2, 'hardlink', 'l')]);
      assert.deepEqual(await paths(store, [id]), ['l', 'm', 't']);
    });

    it('follow hard links into lower layers, unless the target was deleted or replaced before', async () => {
      const low = await layer(store, 'low', [file('t', 0, 'bad'), file('gone', 1, 'bad'), file('new', 2, 'bad')]);
      const middle = await layer(store, 'middle', [entry('.wh.gone', 0, 'whiteout'), file('new', 1, 'good')]);
      const high = await layer(store, 'high', [
        entry('l1', 0, 'hardlink', 't'),
        entry('l2', 1, 'hardlink', 'l1'),
        entry('l3', 2, 'hardlink', 'gone'),
        entry('l4', 3, 'hardlink', 'new'),
        file('t', 4, 'good'),
        entry('l5', 5, 'hardlink', 't'),
      ]);
      const top = await layer(store, 'top', [entry('l6', 0, 'hardlink', 'l2'), entry('.wh.l1', 1, 'whiteout')]);
      assert.deepEqual(
        (await store.layers.places([low, middle, high, top], ['e'])).map((place) => [place.path, place.layerId, place.hidden, place.sha256 === sha('bad')]),
        [
          ['gone', low, true, true],
          ['l1', high, true, true],
          ['l2', high, false, true],
          ['l6', top, false, true],
          ['new', low, true, true],
          ['t', low, true, true],
        ],
      );
    });

    it('keep every byte of hostile names', async () => {
      const names = [
        'quote\'"`',
        'nul\u0000in',
        'nul\u0000other',
        '\u0000',
        '100%_\\',
        '\u00ff\u00fe\u0080',
        `${'d/'.repeat(200)}f`,
        'n'.repeat(100_000),
        '\n\r\t',
        '-- ; DROP TABLE content',
      ];
      const id = await layer(
        store,
        'd',
        names.map((name, ordinal) => file(name, ordinal, 'bad')),
      );
      assert.deepEqual(await paths(store, [id]), [...names].sort());
      const covers = await layer(store, 'c', [entry('nul\u0000', 0, 'directory'), file('nul\u0000other', 1, 'good'), entry('.wh.\u0000', 2, 'whiteout')]);
      const hidden = (await store.layers.places([id, covers], ['e'])).filter((place) => place.hidden);
      assert.deepEqual(
        hidden.map((place) => place.path),
        ['\u0000', 'nul\u0000other'],
      );
    });

    it('survive sizes, times and owners beyond every integer type', async () => {
      const odd = { ...file('x', 0, 'bad'), size: 2 ** 70, mtime: -1e300, uid: Number.NaN, gid: Infinity, mode: 0.5 };
      assert.deepEqual(await paths(store, [await layer(store, 'd', [odd])]), ['x']);
    });

    it('of unknown layers are an error', async () => {
      await rejects(store.layers.places([12345], ['e']), 'not-found');
      assert.deepEqual(await store.layers.places([], ['e']), []);
    });
  });
}
