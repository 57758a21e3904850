import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateLimit } from './rate.ts';

test('requests are counted per key within one second of the clock', () => {
  let now = 5000;
  const rate = createRateLimit(20, () => now);
  assert.deepEqual([rate.count('a'), rate.count('a'), rate.count('b')], [1, 2, 1]);
  now = 5999;
  assert.equal(rate.count('a'), 3);
  now = 6000;
  assert.equal(rate.count('a'), 1);
});
