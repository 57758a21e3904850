import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesText, countText, durationText, pluralText, rateText } from './numbers.ts';

test('counts have commas and a plural', () => {
  assert.equal(countText(1234567), '1,234,567');
  assert.equal(pluralText(1, 'file'), '1 file');
  assert.equal(pluralText(0, 'file'), '0 files');
  assert.equal(pluralText(2, 'entry', 'entries'), '2 entries');
});

test('bytes are in powers of 1000 with three digits at most', () => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [99_940, '99.9 kB'],
    [99_960, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [340_000_000, '340 MB'],
    [3.2e16, '32.0 PB'],
  ];
  for (const [bytes, text] of cases) assert.equal(bytesText(bytes), text);
});

test('a rate needs a time', () => {
  assert.equal(rateText(340_000_000, 2000), '170 MB/s');
  assert.equal(rateText(1, 0), '');
});

test('times are as people say them', () => {
  const cases: [number, string][] = [
    [0, '0.00 s'],
    [420, '0.42 s'],
    [9994, '9.99 s'],
    [9999, '10.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_720_000, '1 h 02 min'],
  ];
  for (const [milliseconds, text] of cases) assert.equal(durationText(milliseconds), text);
});
