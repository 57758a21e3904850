import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { defaultPlatform, oneOf, readDuration, readPlatform, readSeverity, readSince, wholeNumber } from './values.ts';

function refuses(read: (text: string) => unknown, texts: readonly string[], message: RegExp): void {
  for (const text of texts)
    assert.throws(
      () => read(text),
      (error) => error instanceof LazaretError && error.code === 'invalid-input' && message.test(error.message),
      JSON.stringify(text),
    );
}

test('a time has a unit', () => {
  assert.equal(readDuration('90s'), 90_000);
  assert.equal(readDuration('30m'), 1_800_000);
  assert.equal(readDuration('2h'), 7_200_000);
  refuses(readDuration, ['', '30', 'm', '0s', '-1s', '1.5h', '1d', ' 1s', '1s ', '1h30m', '1e3s', '99999999999s'], /write for instance 90s, 30m or 2h/);
});

test('a time fits a timer', () => {
  assert.ok(readDuration('500h') < 2 ** 31);
  refuses(readDuration, ['501h', '999999999h'], /is more than 500h/);
});

test('a whole number has bounds', () => {
  const read = wholeNumber(64);
  assert.equal(read('1'), 1);
  assert.equal(read('64'), 64);
  refuses(read, ['0', '65', '-1', '1.0', '0x1', '', ' 1', 'NaN', '9'.repeat(30)], /is not a whole number from 1 to 64/);
});

test('one of several is exactly one of them', () => {
  assert.equal(oneOf(['a', 'b'])('b'), 'b');
  refuses(oneOf(['a', 'b']), ['A', '', 'constructor', 'ab'], /is not one of a, b/);
  assert.equal(readSeverity('notice'), 'notice');
  refuses(readSeverity, ['HIGH', 'severe'], /is not one of critical, high, medium, low, notice/);
});

test('a platform is read with the usual names', () => {
  assert.equal(readPlatform('linux/amd64'), 'linux/amd64');
  assert.equal(readPlatform('linux/x86_64'), 'linux/amd64');
  assert.equal(readPlatform('linux/aarch64/v8'), 'linux/arm64');
  assert.equal(readPlatform('linux/arm/v7'), 'linux/arm/v7');
  refuses(readPlatform, ['linux', '', 'linux/', 'linux/a/b/c', 'linux/\u001b'], /platform/);
  assert.equal(readPlatform(defaultPlatform()), defaultPlatform());
});

test('a refused text is shown short and harmless', () => {
  refuses(readDuration, [`\u001b[31m${'x'.repeat(1000)}`], /^'\\x1b\[31mx{60,90}…' is not/);
});

test('a beginning is so long ago, or a time that may name its zone', () => {
  const now = Date.UTC(2026, 0, 31, 12);
  assert.equal(readSince('30d')(now), now - 30 * 86_400_000);
  assert.equal(readSince('90s')(now), now - 90_000);
  assert.equal(readSince('2026-01-31')(now), Date.UTC(2026, 0, 31));
  for (const text of ['2026-01-31T12:00', '2026-01-31T12:00Z', '2026-01-31T12:00:00Z', '2026-01-31T20:00+08:00']) assert.equal(readSince(text)(0), now, text);
  refuses(
    readSince,
    ['', '0d', '30', 'yesterday', '2026', '2026-13-01', '2026-01-31T25:00', '31.1.2026', '2026-01-31 12:00', '-1d'],
    /write for instance 24h, 30d/,
  );
});
