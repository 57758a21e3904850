import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRow, rateRow, secondsRow, tableOf, timeRow } from './result.ts';

test('times are compared by their medians', () => {
  const row = timeRow('c', [1, 9, 2], { name: 'p', seconds: [4, 4, 100] }, 0.5);
  assert.deepEqual(row, { name: 'c', ours: '2.00 s', peer: 'p 4.00 s', ratio: '0.50', target: 'at most 0.50', verdict: 'ok' });
  assert.equal(timeRow('c', [2.1], { name: 'p', seconds: [4] }, 0.5).verdict, 'over');
  assert.equal(timeRow('c', [2.1], { name: 'p', seconds: [4] }).verdict, '');
});

test('memory is that of the hungriest run', () => {
  const runs = [
    { sum: 500_000_000, single: 300_000_000 },
    { sum: 610_000_000, single: 200_000_000 },
  ];
  assert.equal(memoryRow('m', runs, { most: 600_000_000 }).verdict, 'over');
  assert.equal(memoryRow('m', runs).ours, '610 MB, one process 300 MB');
});

test('memory that could not be measured meets no target', () => {
  assert.equal(memoryRow('m', [{ sum: 0, single: 0 }], { most: 600_000_000 }).verdict, '');
});

test('a rate is better when it is higher', () => {
  assert.equal(rateRow('r', [500], { name: 'bare', rates: [1000] }, 0.4).verdict, 'ok');
  assert.equal(rateRow('r', [300], { name: 'bare', rates: [1000] }, 0.4).verdict, 'over');
});

test('the table is Markdown with columns of equal width', () => {
  const lines = tableOf([secondsRow('a case', [0.25], 0.5)]).split('\n');
  assert.equal(lines.length, 3);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
});
