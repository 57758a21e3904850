import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesGlob } from './glob.ts';

test('a star keeps to its part of the name, two stars do not', () => {
  assert.equal(matchesGlob('team/app', 'team/*'), true);
  assert.equal(matchesGlob('team/sub/app', 'team/*'), false);
  assert.equal(matchesGlob('team/sub/app', 'team/**'), true);
  assert.equal(matchesGlob('team/sub/app', '**/app'), true);
  assert.equal(matchesGlob('team/sub/app', '*'), false);
  assert.equal(matchesGlob('team', '**'), true);
});

test('a question mark is one character, a star also none, and all else is itself', () => {
  assert.equal(matchesGlob('v1', 'v?'), true);
  assert.equal(matchesGlob('v', 'v?'), false);
  assert.equal(matchesGlob('v12', 'v?'), false);
  assert.equal(matchesGlob('v', 'v*'), true);
  assert.equal(matchesGlob('release-1.2', 'release-*.2'), true);
  assert.equal(matchesGlob('release-1x2', 'release-*.2'), false);
  assert.equal(matchesGlob('', '*'), true);
  assert.equal(matchesGlob('a', ''), false);
});

test('no pattern costs more than its length times that of the name', () => {
  const before = performance.now();
  assert.equal(matchesGlob('a'.repeat(255), `${'*a'.repeat(120)}b`), false);
  assert.ok(performance.now() - before < 1000);
});
