import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from '#domain/limits.ts';
import { byteEngine, digestEngine } from '../../test/support/scanning.ts';
import { engineSet } from './engine-set.ts';

test('engines are sorted by what they need, and each byte engine keeps its place among the recipes', () => {
  const engines = [digestEngine([]), byteEngine({ pack: 'a' }), byteEngine({ pack: 'b', readsPath: true }), byteEngine({ pack: 'c' })];
  const set = engineSet(engines, defaultLimits);
  assert.deepEqual(
    set.byContent.map(({ engine, judge }) => `${engine.pack}${judge}`),
    ['a0', 'c2'],
  );
  assert.deepEqual(
    set.byPlace.map(({ engine, judge }) => `${engine.pack}${judge}`),
    ['b1'],
  );
  assert.deepEqual(
    set.byteEngines.map((engine) => engine.pack),
    ['a', 'b', 'c'],
  );
  assert.equal(set.byDigest.length, 1);
  assert.equal(set.contentKeys.length, 3);
  assert.deepEqual(new Set(set.allKeys), new Set([...set.contentKeys, ...set.byPlace.map((member) => member.key)]));
});

test('a key changes with engine, pack, fingerprint and the limits that change verdicts, and with nothing else', () => {
  const keyOf = (engine: ReturnType<typeof byteEngine>, limits = {}) => engineSet([engine], { ...defaultLimits, ...limits }).allKeys[0];
  const key = keyOf(byteEngine());
  assert.equal(keyOf(byteEngine()), key);
  assert.equal(keyOf(byteEngine({ kind: 'similarity' })), key);
  assert.equal(keyOf(byteEngine(), { imageBytes: 5, imageLinks: 5, layerRatio: 5 }), key);
  const others = [
    keyOf(byteEngine({ name: 'other' })),
    keyOf(byteEngine({ pack: 'other' })),
    keyOf(byteEngine({ fingerprint: '2' })),
    keyOf(byteEngine({ name: 'yara\ntest', pack: '' })),
    ...(['inspectBytes', 'hashBytes', 'pathBytes', 'headerBytes', 'engineSeconds', 'fileSeconds'] as const).map((limit) => keyOf(byteEngine(), { [limit]: 7 })),
  ];
  assert.equal(new Set([key, ...others]).size, others.length + 1);
});
