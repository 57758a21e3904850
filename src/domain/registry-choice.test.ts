import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitting, highestFirst, newest } from './registry-choice.ts';

test('a name is chosen by any of the patterns, and without one always', () => {
  const names = ['team/app', 'team/db', 'other/app'];
  assert.deepEqual(fitting(names, ['team/*', '*/app']), names);
  assert.deepEqual(fitting(names, ['*/db']), ['team/db']);
  assert.deepEqual(fitting(names, []), names);
});

test('versions and dates among tags stand with the highest first', () => {
  assert.deepEqual(highestFirst(['1.9', '1.10', '1.2', 'latest', '2026-01-02', '2025-12-31']), ['latest', '2026-01-02', '2025-12-31', '1.10', '1.9', '1.2']);
});

test('the newest are those made last, and a missing time is older than any', () => {
  const dated = [
    { tag: 'a', created: '' },
    { tag: 'b', created: '2026-01-01T00:00:00Z' },
    { tag: 'c', created: '2026-03-01T00:00:00Z' },
    { tag: 'd', created: '2026-02-01T00:00:00Z' },
    { tag: 'e', created: 'yesterday' },
  ];
  assert.deepEqual(
    newest(dated, 4).map(({ tag }) => tag),
    ['c', 'd', 'b', 'a'],
  );
});
