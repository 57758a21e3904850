import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from '#domain/limits.ts';
import { Budget } from './budget.ts';

function budget(limits: Partial<typeof defaultLimits>) {
  const reasons: string[] = [];
  return { reasons, budget: new Budget({ ...defaultLimits, ...limits }, (reason) => reasons.push(reason)) };
}

test('bytes up to the limit are given, the first one over it ends all, and that is said once', () => {
  const { budget: given, reasons } = budget({ imageBytes: 10 });
  assert.equal(given.takeBytes(10), true);
  assert.equal(given.spent, false);
  assert.equal(given.takeBytes(1), false);
  assert.equal(given.takeBytes(0), false);
  assert.equal(given.takeEntry(false), false);
  assert.equal(given.spent, true);
  assert.deepEqual(reasons, ['the image unpacks to more than 10 bytes; the rest was not looked at']);
});

test('entries are counted, links among them', () => {
  const { budget: given, reasons } = budget({ imageEntries: 3 });
  assert.deepEqual([given.takeEntry(false), given.takeEntry(true), given.takeEntry(false), given.takeEntry(false)], [true, true, true, false]);
  assert.deepEqual(reasons, ['the image has more than 3 entries; the rest was not looked at']);
});

test('a link too many is left out, and said once; files still go on', () => {
  const { budget: given, reasons } = budget({ imageLinks: 2 });
  assert.deepEqual(
    [1, 2, 3, 4].map(() => given.takeEntry(true)),
    [true, true, false, false],
  );
  assert.equal(given.takeEntry(false), true);
  assert.equal(given.spent, false);
  assert.deepEqual(reasons, ['the image has more than 2 hard links; the rest of them was left out']);
});
