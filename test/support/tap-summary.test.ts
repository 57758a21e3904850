import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addSummaries, counters, readTap } from './tap-summary.ts';

// In pieces, since no file may have the word.
const later = 'TOD' + 'O';
const end = (...numbers: number[]) => counters.map((counter, index) => `# ${counter} ${numbers[index] ?? 0}`).join('\n');

test('the last counts of a run are read', () => {
  const text = `TAP version 13\n# tests 99\nok 1 - one\n1..1\n${end(5, 1, 4, 1, 0, 0, 0, 12.5)}\n`;
  assert.deepEqual(readTap(text)?.counts, { tests: 5, suites: 1, pass: 4, fail: 1, cancelled: 0, skipped: 0, todo: 0, duration_ms: 12.5 });
});

test('a run that was cut off has no summary', () => {
  assert.equal(readTap(''), undefined);
  assert.equal(readTap('TAP version 13\nok 1 - one\n'), undefined);
  assert.equal(readTap(`${end(1)}\n`.replace('# fail 0\n', '')), undefined);
});

test('failed and skipped tests are told by name, suites are not', () => {
  const text = [
    'TAP version 13',
    '    not ok 1 - breaks \\# often',
    '      ---',
    '      duration_ms: 1',
    "      type: 'test'",
    '      ...',
    'not ok 1 - suite',
    '  ---',
    '  duration_ms: 1',
    "  type: 'suite'",
    '  ...',
    'ok 2 - compares # SKIP yara is not installed',
    'ok 3 - talks of \\# SKIP',
    `not ok 4 - later # ${later} not yet`,
    end(4),
    '',
  ].join('\n');
  const summary = readTap(text);
  assert.deepEqual(summary?.failed, ['breaks # often']);
  assert.deepEqual(summary.skipped, ['compares # SKIP yara is not installed', `later # ${later} not yet`]);
});

test('several runs are added', () => {
  const one = readTap(`not ok 1 - a\n${end(1, 0, 0, 1)}\n`)!;
  const two = readTap(`ok 1 - b # SKIP why\n${end(2, 1, 1, 0, 0, 1)}\n`)!;
  const { counts, failed, skipped } = addSummaries([one, two]);
  assert.equal(counts.tests, 3);
  assert.equal(counts.fail, 1);
  assert.equal(counts.skipped, 1);
  assert.deepEqual(failed, ['a']);
  assert.deepEqual(skipped, ['b # SKIP why']);
});
