import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { defaultLimits } from '#domain/limits.ts';
import type { ContentRecord } from '#store/store.ts';
import { byteEngine, detection, digestEngine, openGround } from '../../test/support/scanning.ts';
import { engineSet } from './engine-set.ts';
import { findingsOf } from './findings.ts';

const sha = (text: string) => hash('sha256', text);

function content(text: string, verdicts: ContentRecord['verdicts']): ContentRecord {
  return { sha256: sha(text), md5: hash('md5', text), sha1: hash('sha1', text), size: text.length, fileType: 'text', verdicts };
}

test('findings say where, in which layer and what, by the engines of this scan alone', async (t) => {
  const { store } = await openGround(t);
  const engines = engineSet([byteEngine(), digestEngine([])], defaultLimits);
  const [yara = '', list = ''] = engines.contentKeys;
  const lower = await store.layers.begin('sha256:a');
  const upper = await store.layers.begin('sha256:b');
  const entry = { kind: 'file', size: 4, mode: 0o644, mtime: 0, uid: 0, gid: 0, link: '' } as const;
  await store.contents.save([
    content(
      'bad',
      new Map([
        [yara, [detection({ severity: 'low' })]],
        [list, [detection({ kind: 'reputation', name: 'Listed', severity: 'critical' })]],
      ]),
    ),
    content('unasked', new Map([['engine of another scan', [detection()]]])),
  ]);
  await store.layers.add(lower, [
    { ...entry, path: 'etc/b\xe4d', ordinal: 0, sha256: sha('bad') },
    { ...entry, path: 'x', ordinal: 1, sha256: sha('unasked') },
  ]);
  await store.layers.add(upper, [{ ...entry, path: 'etc/.wh.b\xe4d', kind: 'whiteout', ordinal: 0, sha256: undefined }]);
  const { findings } = await findingsOf(
    store,
    [
      { id: lower, diffId: 'sha256:a' },
      { id: upper, diffId: 'sha256:b' },
    ],
    engines,
  );
  const [finding, ...more] = findings;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [finding?.path, finding?.layer, finding?.hidden, finding?.verdict.name, finding?.verdict.detections.length],
    ['/etc/b\\xe4d', 'sha256:a', true, 'Listed', 2],
  );
});

test('a content on a list of known good ones is no finding', async (t) => {
  const { store, layer } = await openGround(t);
  const engines = engineSet([byteEngine(), digestEngine([], [sha('bad')])], defaultLimits);
  await store.contents.save([content('bad', new Map([[engines.contentKeys[0] ?? '', [detection()]]]))]);
  await store.layers.add(layer.id, [{ path: 'f', kind: 'file', size: 3, mode: 0, mtime: 0, uid: 0, gid: 0, link: '', ordinal: 0, sha256: sha('bad') }]);
  assert.deepEqual((await findingsOf(store, [layer], engines)).findings, []);
  assert.equal((await findingsOf(store, [layer], engineSet([byteEngine()], defaultLimits))).findings.length, 1);
});
