import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ErrorCode } from '#domain/error.ts';
import { LazaretError } from '#domain/error.ts';
import { codeTexts, refusalOf } from './errors.ts';

const guide = readFileSync(new URL('../../../docs/tencent.md', import.meta.url), 'utf8');

test('every code that can be answered stands in the guide', () => {
  const [, table = ''] = /## Error codes\n([^]*?)\n\nThe vendor's/.exec(guide) ?? [];
  const told = [...table.matchAll(/^\| ([A-Z][\w., ]+) \|/gm)].flatMap(([, codes = '']) => codes.split(', '));
  assert.deepEqual(told.toSorted(byText), Object.keys(codeTexts).toSorted(byText));
});

test('a caller is told of an error what concerns the caller, and of a fault inside nothing', () => {
  const error = (code: ErrorCode) => refusalOf(new LazaretError(code, 'about /var/lib'));
  assert.deepEqual(error('not-found'), {
    refused: 'ResourceNotFound',
    message: { en: 'The resource does not exist: about /var/lib.', zh: '资源不存在：about /var/lib。' },
  });
  for (const [fault, code] of [
    [error('internal'), 'InternalError'],
    [error('unavailable'), 'ServiceUnavailable'],
    [refusalOf(new Error('about /var/lib')), 'InternalError'],
  ] as const) {
    assert.equal(fault.refused, code);
    assert.doesNotMatch(JSON.stringify(fault), /var/);
  }
});

function byText(left: string, right: string): number {
  return left < right ? -1 : 1;
}
