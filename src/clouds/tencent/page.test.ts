import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '../refusal.ts';
import { readPage } from './page.ts';

const fields = { Size: 'size', Path: 'path' } as const;
const none = { Limit: undefined, Offset: undefined, By: undefined, Order: undefined };

test('without parameters a page has ten rows, from the start, newest first', () => {
  assert.deepEqual(readPage(none, { ...fields, Time: 'time' }, 'time'), { limit: 10, offset: 0, by: 'time', order: 'desc' });
});

test('Order is read without regard to case, By with it', () => {
  assert.deepEqual(readPage({ Limit: 0, Offset: 7, By: 'Path', Order: 'ASC' }, fields, 'size'), { limit: 0, offset: 7, by: 'path', order: 'asc' });
  for (const input of [
    { ...none, By: 'path' },
    { ...none, By: 'toString' },
    { ...none, Order: 'up' },
  ]) {
    const page = readPage(input, fields, 'size');
    assert.ok(isRefusal(page));
    assert.equal(page.refused, 'InvalidParameterValue');
  }
});
