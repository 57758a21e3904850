import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHexPattern } from './hex-pattern.ts';
import { certainOf, literalOf, rarityOf, tinyOf } from './literals.ts';
import type { Tree } from './pattern-tree.ts';
import { readRegexPattern } from './regex-pattern.ts';

function hex(value: string): Tree {
  return readHexPattern(value) ?? assert.fail(value);
}

function regex(value: string): Tree {
  return readRegexPattern(value) ?? assert.fail(value);
}

function forms(tree: Tree): readonly string[] | undefined {
  return certainOf(tree)?.forms;
}

test('the rarest bytes that each match holds are certain, and in which parts they stand', () => {
  const cases: [string, readonly string[] | undefined][] = [
    ['{ 41 42 43 ?? 61 62 63 64 65 }', ['abcde']],
    ['{ 41 42 43 44 45 [2-4] 46 47 }', ['abcde']],
    ['{ 41 42 ( 43 44 45 46 | 47 ) 48 49 4A 4B }', ['abcdefhijk', 'abghijk']],
    ['{ 41 [2] 42 ~43 }', undefined],
    ['{ 00 [1-4] ( 11 22 33 | 44 ?? ) 99 }', undefined],
  ];
  for (const [source, expected] of cases) assert.deepEqual(forms(hex(source)), expected, source);
  const { from, to } = certainOf(hex('{ 01 ?? 81 82 83 84 ?? 02 }')) ?? assert.fail();
  assert.deepEqual([from, to], [2, 5]);
});

test('half a byte that is not known makes as many forms as it may have', () => {
  assert.deepEqual(
    forms(hex('{ ?? EB 33 9? 8B ?? }')),
    Array.from({ length: 16 }, (_, low) => String.fromCharCode(0xeb, 0x33, 0x90 + low, 0x8b)),
  );
});

test('letters are told in lower case, and other bytes as they are', () => {
  assert.deepEqual(forms(regex('/MoZilla\\/[45]_/')), ['mozilla/4_', 'mozilla/5_']);
  assert.equal(literalOf('mozilla/4_'), 'mozilla/4\x7f');
});

test('of long bytes a part is looked for', () => {
  const literal = literalOf(`${'x'.repeat(100)}telling words ${'y'.repeat(100)}`);
  assert.equal(literal.length, 32);
  assert.match(literal, /tel|ing|words/);
});

test('what is common in programs and texts is not rare', () => {
  const rarity = (bytes: string): number => rarityOf(Buffer.from(bytes, 'latin1'));
  const fromCommon = ['\0\0\0\0', 'aaaa', 'tion', 'H\x89$\xe8', 'quiz', '\xb7\xd3\x91\xbf'];
  assert.deepEqual(
    fromCommon.toSorted((left, right) => rarity(left) - rarity(right)),
    fromCommon,
  );
});

test('two bytes without a letter are told as they are', () => {
  assert.deepEqual(tinyOf(regex('/<%/'))?.forms, ['<%']);
  assert.deepEqual(tinyOf(regex('/<\\?[^x]/'))?.forms, ['<?']);
  assert.deepEqual(tinyOf(regex('/<\\?|%>/'))?.forms, ['<?', '%>']);
  assert.deepEqual(tinyOf(hex('{ 90 90 ?? 91 92 }')), { forms: ['\x91\x92'], from: 3, to: 4 });
  for (const value of ['/<p/', '/%/', '/a|<%/']) assert.equal(tinyOf(regex(value)), undefined, value);
});
