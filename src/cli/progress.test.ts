import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressLine, startProgress } from './progress.ts';

const progress = { layer: 3, layers: 8, bytes: 50_000_000, totalBytes: 200_000_000, files: 12_345, unpackedBytes: 148_000_000, findings: 2 };
const clear = '\r\u001b[K';

function terminal(changes: { readonly isTerminal?: boolean; readonly env?: Record<string, string> } = {}) {
  const written: string[] = [];
  const time = { now: 0 };
  const io = { stderr: (text: string) => void written.push(text), isTerminal: true, columns: 100, clock: () => time.now, env: {}, ...changes };
  return { io, written, time };
}

test('the bar tells how far the scan is, in the width there is', () => {
  assert.equal(
    progressLine(progress, 1000, 200),
    `[${'#'.repeat(7)}${'-'.repeat(23)}]  25%  layer 3/8  12,345 files  50.0 MB of 200 MB  2 findings  148 MB/s  00:01`,
  );
  assert.equal(progressLine(progress, 3_723_000, 50), ' 25%  layer 3/8  12,345 files  2 findings  1:02:03');
  assert.equal(progressLine(progress, 1000, 20), ' 25%  00:01');
  assert.equal(progressLine(progress, 1000, 3), '00:');
  assert.equal(progressLine(progress, 1000, 0), '');
});

test('no width is exceeded', () => {
  for (let columns = 0; columns < 150; columns++) assert.ok(progressLine(progress, 65_000, columns).length <= columns, String(columns));
});

test('an unknown size shows no share, and more than all shows all', () => {
  assert.equal(progressLine({ ...progress, layers: 0, totalBytes: 0 }, 1000, 200), '12,345 files  148 MB  2 findings  148 MB/s  00:01');
  assert.match(progressLine({ ...progress, bytes: 900_000_000 }, 1000, 200), /^\[#{30}\] 100% /);
});

test('it is drawn at most ten times a second and cleared at the end', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { io, written, time } = terminal();
  const bar = startProgress(io, true);
  for (time.now = 0; time.now < 1000; time.now += 10) bar.update(progress);
  assert.equal(written.length, 10);
  assert.ok(written.every((text) => text.startsWith(clear) && text.length > clear.length));
  bar.end();
  assert.equal(written.at(-1), clear);
  bar.update(progress);
  t.mock.timers.tick(5000);
  assert.equal(written.length, 11);
});

test('its clock goes on while nothing is reported', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { io, written, time } = terminal();
  const bar = startProgress(io, true);
  bar.update(progress);
  time.now = 7000;
  t.mock.timers.tick(1000);
  bar.end();
  assert.match(written[1] ?? '', /00:07$/);
});

test('a note stands above the bar', () => {
  const { io, written } = terminal();
  const bar = startProgress(io, true);
  bar.update(progress);
  bar.note('a word\n');
  bar.end();
  assert.deepEqual(written.slice(1, 3), [clear, 'a word\n']);
  assert.match(written[3] ?? '', /12,345 files/);
});

for (const [name, changes, isWanted] of [
  ['without a terminal', { isTerminal: false }, true],
  ['when it is not wanted', {}, false],
  ['on a terminal that knows only lines', { env: { TERM: 'dumb' } }, true],
] as const) {
  test(`nothing is drawn ${name}`, () => {
    const { io, written } = terminal(changes);
    const bar = startProgress(io, isWanted);
    bar.update(progress);
    bar.note('a word\n');
    bar.end();
    assert.deepEqual(written, ['a word\n']);
  });
}
