import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { InsideArchives, OpenedContent, Store } from '../store.ts';
import { content, detection, entry, file, layer, sha } from './samples.ts';

/** What lies inside archives. See `storeContract`. */
export function nestedContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  /** An archive whose members are given as `path=content`. */
  const archive = (name: string, members: readonly string[], more: Partial<OpenedContent> = {}): OpenedContent => ({
    sha256: sha(name),
    size: 68,
    opener: 'opener',
    members: members.map((member, ordinal) => {
      const [path = '', inner = ''] = member.split('=');
      return { path, ordinal, sha256: sha(inner), size: 68 };
    }),
    detections: [],
    outcome: { key: 'judged', levels: -1, height: 1, skipped: [] },
    ...more,
  });
  const more: string[] = [];
  const inside = (over: Partial<InsideArchives> = {}): InsideArchives => ({
    opener: 'opener',
    depth: 8,
    most: 100,
    onMore: () => void more.push('more'),
    ...over,
  });
  const found = async (layerIds: readonly number[], over: Partial<InsideArchives> = {}, engines: readonly string[] = ['e']): Promise<readonly string[]> =>
    (await store.layers.places(layerIds, engines, inside(over))).map(({ path, hidden, detections }) =>
      [path, ...detections.map(({ rule }) => rule), ...(hidden ? ['hidden'] : [])].join(' '),
    );

  describe('archives', () => {
    beforeEach(async () => {
      more.length = 0;
      await store.contents.save([content('bad', { e: [detection('bad')] }), content('good', { e: [] }), content('jar', { e: [] }), content('war', { e: [] })]);
    });

    it('are known by what opened them and who judged', async () => {
      const skipped = [{ path: 'a!/\u0000', reason: "it's encrypted" }];
      await store.nested.save([archive('jar', [], { outcome: { key: 'judged', levels: 2, height: 1, skipped } })]);
      await store.nested.save([
        archive('jar', [], { outcome: { key: 'judged', levels: 8, height: 3, skipped: [] } }),
        archive('war', [], { outcome: undefined }),
      ]);
      const known = await store.nested.find([sha('jar'), sha('war'), sha('none')], 'judged');
      assert.deepEqual([...known.keys()], [sha('jar')]);
      assert.deepEqual(known.get(sha('jar')), [
        { key: 'judged', levels: 2, height: 1, skipped },
        { key: 'judged', levels: 8, height: 3, skipped: [] },
      ]);
      assert.equal((await store.nested.find([sha('jar')], 'other')).size, 0);
    });

    it('show what is detected in them, at any depth, and not what is clean', async () => {
      const id = await layer(store, 'd1', [file('app.war', 0, 'war'), file('again/b.jar', 1, 'jar'), file('plain', 2, 'bad')]);
      await store.nested.save([archive('jar', ['good=good', 'dir/x=bad', 'twice=bad']), archive('war', ['lib/a.jar=jar', 'y=good'])]);
      const all = ['again/b.jar!/dir/x bad', 'again/b.jar!/twice bad', 'app.war!/lib/a.jar!/dir/x bad', 'app.war!/lib/a.jar!/twice bad', 'plain bad'];
      assert.deepEqual(await found([id]), all);
      assert.deepEqual(
        await found([id], { depth: 1 }),
        all.filter((path) => !path.includes('.war')),
      );
      assert.deepEqual(await found([id], { opener: 'another' }), ['plain bad']);
      assert.deepEqual(
        (await store.layers.places([id], ['e'])).map(({ path }) => path),
        ['plain'],
      );
      const [first] = await store.layers.places([id], ['e'], inside());
      assert.deepEqual([first?.sha256, first?.md5, first?.size, first?.fileType, first?.layerId], [sha('bad'), sha('bad').slice(0, 32), 68, 'text', id]);
    });

    it('that are detected themselves are shown beside what is in them', async () => {
      await store.contents.save([content('evil jar', { e: [detection('jar')] })]);
      await store.nested.save([archive('evil jar', ['x=bad'])]);
      assert.deepEqual(await found([await layer(store, 'd1', [file('a.jar', 0, 'evil jar')])]), ['a.jar jar', 'a.jar!/x bad']);
    });

    it('pass over the nameless level of a packed stream', async () => {
      await store.contents.save([content('tgz', { e: [] }), content('tar', { e: [detection('tar')] })]);
      await store.nested.save([archive('tgz', ['=tar']), archive('tar', ['bin/x=bad'])]);
      assert.deepEqual(await found([await layer(store, 'd1', [file('a.tar.gz', 0, 'tgz')])]), ['a.tar.gz!/a.tar tar', 'a.tar.gz!/bin/x bad']);
    });

    it('are hidden with all that is in them, and found by hard links', async () => {
      await store.nested.save([archive('jar', ['x=bad'])]);
      const low = await layer(store, 'd1', [file('a', 0, 'jar'), file('b', 1, 'jar')]);
      const high = await layer(store, 'd2', [entry('c', 0, 'hardlink', 'a'), entry('a', 1, 'whiteout')]);
      assert.deepEqual(await found([low, high]), ['a!/x bad hidden', 'b!/x bad', 'c!/x bad']);
    });

    it('show what holds at a path in them only', async () => {
      const detections = [{ ordinal: 1, engine: 'p', detections: [detection('path')] }];
      await store.nested.save([archive('jar', ['a=good', 'b=good', 'c=bad'], { detections }), archive('war', ['in=jar'])]);
      const id = await layer(store, 'd1', [file('w', 0, 'war')]);
      assert.deepEqual(await found([id], {}, ['e', 'p']), ['w!/in!/b path', 'w!/in!/c bad']);
      assert.deepEqual(await found([id], {}, ['p']), ['w!/in!/b path']);
      assert.deepEqual(await found([id], {}, ['q']), []);
    });

    it('show so many findings and tell that there are more', async () => {
      await store.nested.save([archive('jar', ['a=bad', 'b=bad', 'c=bad']), archive('war', ['1=jar', '2=jar'])]);
      const id = await layer(store, 'd1', [file('w', 0, 'war'), file('plain', 1, 'bad')]);
      assert.deepEqual(await found([id], { most: 4 }), ['plain bad', 'w!/1!/a bad', 'w!/1!/b bad', 'w!/1!/c bad', 'w!/2!/a bad']);
      assert.deepEqual(more, ['more']);
      await found([id], { most: 6 });
      assert.deepEqual(more, ['more']);
    });

    it('with very long names show no more letters than so many findings have on average', async () => {
      const long = 'n'.repeat(4000);
      await store.nested.save([
        archive(
          'jar',
          ['1', '2', '3', '4'].map((name) => `${name}${long}=bad`),
        ),
      ]);
      const id = await layer(store, 'd1', [file('j', 0, 'jar')]);
      assert.equal((await found([id], { most: 17 })).length, 2);
      assert.deepEqual(more, ['more']);
      assert.equal((await found([id], { most: 40 })).length, 4);
    });

    it('that hold themselves end', async () => {
      await store.nested.save([archive('jar', ['self=jar', 'x=bad'])]);
      assert.deepEqual(await found([await layer(store, 'd1', [file('q', 0, 'jar')])], { depth: 3 }), ['q!/self!/self!/x bad', 'q!/self!/x bad', 'q!/x bad']);
    });

    it('can be saved again, and change with what opened them', async () => {
      const id = await layer(store, 'd1', [file('j', 0, 'jar')]);
      await store.nested.save([archive('jar', ['x=good', 'y=bad'])]);
      await store.nested.save([archive('jar', ['x=good', 'z=bad'])]);
      assert.deepEqual(await found([id]), ['j!/z bad']);
      await store.nested.save([archive('jar', ['new=bad'], { opener: 'newer' })]);
      assert.deepEqual(await found([id], { opener: 'newer' }), ['j!/new bad']);
    });

    it('give their contents to engines that judge by digest: each archive once, with members nobody has judged yet', async () => {
      await store.nested.save([archive('jar', ['a=bad', 'b=unseen']), archive('war', ['1=jar', '2=jar', '3=good']), archive('elsewhere', ['x=other'])]);
      const id = await layer(store, 'd1', [file('w', 0, 'war'), file('j', 1, 'jar'), file('g', 2, 'good')]);
      const names = new Map(['bad', 'unseen', 'jar', 'good'].map((name) => [sha(name), name]));
      const given: string[] = [];
      for await (const page of store.nested.contents(id, 'opener'))
        given.push(...page.map(({ sha256, md5 }) => `${names.get(sha256)}${md5 === '' ? ' without digests' : ''}`));
      assert.deepEqual(given.sort(), ['bad', 'good', 'jar', 'jar', 'unseen without digests']);
      const none: unknown[] = [];
      for await (const page of store.nested.contents(id, 'another')) none.push(page);
      assert.deepEqual(none, []);
    });

    it('lead from a content to the layers that hold it', async () => {
      await store.nested.save([archive('jar', ['x=deep']), archive('war', ['in=jar'])]);
      await layer(store, 'd1', [file('w', 0, 'war')]);
      await layer(store, 'd2', [file('g', 0, 'good')]);
      assert.deepEqual(await store.layers.holding(sha('deep')), ['d1']);
    });
  });
}
