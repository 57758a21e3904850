import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCron, nextDue } from './cron.ts';

const at = (text: string) => Date.parse(text);

test('five fields name times in UTC, whatever the zone of the machine', () => {
  assert.equal(nextDue('0 3 * * *', at('2026-01-31T02:59:59Z')), at('2026-01-31T03:00:00Z'));
  assert.equal(nextDue('0 3 * * *', at('2026-01-31T03:00:00Z')), at('2026-02-01T03:00:00Z'));
  assert.equal(nextDue('*/15 * * * *', at('2026-01-31T23:50:00Z')), at('2026-02-01T00:00:00Z'));
  assert.equal(nextDue('30 6 * * MON-FRI', at('2026-01-30T07:00:00Z')), at('2026-02-02T06:30:00Z'));
  // The hour that summer time leaves out elsewhere.
  assert.equal(nextDue('30 2 29 3 *', at('2026-03-28T12:00:00Z')), at('2026-03-29T02:30:00Z'));
});

test('anything but five fields that come true is refused', () => {
  for (const text of ['', '* * * *', '0 0 3 * * *', '@daily', '61 * * * *', '0 0 30 2 *', '0 3 * * * ; rm', `${'1,'.repeat(200)}1 * * * *`])
    assert.equal(isCron(text), false, text);
  for (const text of ['0 3 * * *', '*/5 0-6 1,15 * SUN', '0  3 * * *']) assert.equal(isCron(text), true, text);
});
