import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detection } from '../../test/support/scanning.ts';
import { judge } from './judge.ts';

test('the worst detection gives name and severity', () => {
  const verdict = judge([
    detection({ name: 'Low', severity: 'low' }),
    detection({ name: 'Worst', severity: 'critical' }),
    detection({ name: 'High', severity: 'high' }),
  ]);
  assert.deepEqual([verdict.name, verdict.severity], ['Worst', 'critical']);
  assert.deepEqual(
    verdict.detections.map((one) => one.name),
    ['Worst', 'High', 'Low'],
  );
});

test('among equals a signature speaks before a hash list, and both before the rest', () => {
  const kinds = ['intelligence', 'reputation', 'similarity', 'signature', 'behaviour'] as const;
  const verdict = judge(kinds.map((kind) => detection({ kind })));
  assert.deepEqual(
    verdict.detections.map((one) => one.kind),
    ['signature', 'reputation', 'similarity', 'behaviour', 'intelligence'],
  );
});

test('the order of the detections changes nothing', () => {
  const all = [
    detection({ rule: 'b' }),
    detection({ rule: 'a' }),
    detection({ pack: 'another', rule: 'z' }),
    detection({ rule: 'c', severity: 'notice', tags: ['y', 'x'] }),
    detection({ rule: 'd', tags: ['x'] }),
  ];
  const expected = judge(all);
  assert.deepEqual(judge(all.toReversed()), expected);
  assert.deepEqual(expected.tags, ['x', 'y']);
  assert.equal(expected.detections[0]?.pack, 'another');
});

test('no detection makes no verdict', () => {
  assert.throws(() => judge([]), /needs a detection/);
});
