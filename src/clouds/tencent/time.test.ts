import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareTime, bareTimeOf, zonedTime, zoneMinutesOf } from './time.ts';

test('a time without a zone is written in the zone chosen', () => {
  const at = Date.UTC(2024, 1, 29, 20, 30, 1, 999);
  assert.equal(bareTime(at, 0), '2024-02-29 20:30:01');
  assert.equal(bareTime(at, 480), '2024-03-01 04:30:01');
  assert.equal(bareTime(at, -330), '2024-02-29 15:00:01');
  assert.equal(bareTime(undefined, 480), '');
  assert.equal(bareTime(Number.MAX_VALUE, 480), '');
});

test('an RFC 3339 text is written likewise, and what is no time as an empty text', () => {
  assert.equal(bareTimeOf('2024-02-29T20:30:01.123456789Z', 480), '2024-03-01 04:30:01');
  assert.equal(bareTimeOf('', 480), '');
  assert.equal(bareTimeOf('yesterday', 480), '');
});

test('a time is written with its zone', () => {
  const at = Date.UTC(2024, 1, 29, 20, 30, 1, 999);
  assert.deepEqual(
    [0, 480, -330].map((zone) => zonedTime(at, zone)),
    ['2024-02-29T20:30:01Z', '2024-03-01T04:30:01+08:00', '2024-02-29T15:00:01-05:30'],
  );
  assert.equal(zonedTime(undefined, 480), '');
});

test('an offset is read as minutes east of UTC', () => {
  assert.deepEqual(['Z', '+08:00', '-05:30', '+00:00'].map(zoneMinutesOf), [0, 480, -330, 0]);
  assert.deepEqual(
    ['', '8', '+8:00', '+15:00', '+08:60', 'UTC'].map(zoneMinutesOf),
    Array.from({ length: 6 }, () => undefined),
  );
});
