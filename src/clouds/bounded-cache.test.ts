import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoundedCache } from './bounded-cache.ts';

test('what was used longest ago goes first', () => {
  const cache = createBoundedCache<string>(3);
  cache.set('a', 'A', 1);
  cache.set('b', 'B', 1);
  cache.set('c', 'C', 1);
  assert.equal(cache.get('a'), 'A');
  cache.set('d', 'D', 1);
  assert.equal(cache.get('b'), undefined);
  assert.deepEqual(
    ['a', 'c', 'd'].map((key) => cache.get(key)),
    ['A', 'C', 'D'],
  );
});

test('the sum of sizes stays within the capacity, and what is larger than all of it is not kept', () => {
  const cache = createBoundedCache<number>(10);
  cache.set('small', 1, 4);
  cache.set('huge', 2, 11);
  assert.equal(cache.get('huge'), undefined);
  assert.equal(cache.get('small'), 1);
  cache.set('large', 3, 10);
  assert.equal(cache.get('small'), undefined);
  assert.equal(cache.get('large'), 3);
});

test('setting a key again counts its new size only', () => {
  const cache = createBoundedCache<number>(10);
  for (let round = 0; round < 5; round++) cache.set('a', round, 6);
  cache.set('b', 9, 4);
  assert.equal(cache.get('a'), 4);
  assert.equal(cache.get('b'), 9);
  cache.clear();
  assert.equal(cache.get('a'), undefined);
});
