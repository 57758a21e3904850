import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

const names = ['severity', 'format', 'output', 'data'];

test('a slip of the finger finds what was meant', () => {
  for (const [typed, meant] of [
    ['sevrity', 'severity'],
    ['fromat', 'format'],
    ['dta', 'data'],
    ['output', 'output'],
  ] as const)
    assert.equal(nearest(typed, names), meant);
});

test('another word finds nothing', () => {
  for (const typed of ['elephant', 'x', '', 'y'.repeat(10_000)]) assert.equal(nearest(typed, names), undefined);
  assert.equal(nearest('data', []), undefined);
});
