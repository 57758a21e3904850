import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certainOf } from './literals.ts';
import { readRegexPattern } from './regex-pattern.ts';

function literals(quoted: string): readonly string[] | undefined {
  const tree = readRegexPattern(quoted);
  return tree === undefined ? undefined : certainOf(tree, 2)?.forms;
}

test('the longest run of certain bytes is what every match holds', () => {
  const cases: [string, readonly string[]][] = [
    ['/abc.*longest/', ['longest']],
    ['/longest\\s+abc/i', ['longest']],
    ['/a\\x00b\\.c\\/d/s', ['a\0b.c/d']],
    ['/^\\bword\\b$/', ['word']],
    ['/x[pP][oO]wer/', ['xpower']],
    ['/ab{3}c/', ['abbbc']],
    ['/ab{2,5}cdef/', ['bbcdef']],
    ['/ab{2,}cd/', ['bbcd']],
    ['/ab+cd/', ['bcd']],
    ['/abc?de*fg/', ['abd', 'abcd']],
    ['/a{0}bc/', ['bc']],
    ['/abc??d/', ['abd', 'abcd']],
    ['/a+?b/', ['ab']],
    ['/(?:https?:\\/\\/)evils/', ['http://evils', 'https://evils']],
    ['/(prefix)+a/', ['prefixa']],
  ];
  for (const [quoted, expected] of cases) assert.deepEqual(literals(quoted), expected, quoted);
});

test('of alternatives each gives one, or all give none', () => {
  assert.deepEqual(literals('/cat|dog\\d|horse/'), ['cat', 'dog', 'horse']);
  assert.deepEqual(literals('/(GET|POST) /'), ['get ', 'post ']);
  assert.deepEqual(literals('/x(one|two)y/'), ['xoney', 'xtwoy']);
  assert.equal(literals('/cat|\\d+/'), undefined);
  assert.equal(literals('/(a|b|)/'), undefined);
  assert.equal(literals(`/${Array.from({ length: 140 }, (_, index) => `word${index}`).join('|')}/`), undefined);
});

test('nothing is certain of what is optional, of classes, or of what is not understood', () => {
  for (const quoted of [
    '/(abc)?/',
    '/(abc)*/',
    '/[a-z0-9]{3}/',
    '/[^a]/',
    '/.*/',
    '/(?i)abc/',
    '/(?=abc)/',
    '/abc\\Q/',
    '/a**/',
    '/{2}/',
    '/(abc/',
    '/abc)/',
    '/[a[b]]/',
    '/ü/',
    '/[a&&b]/',
  ]) {
    assert.equal(literals(quoted), undefined, quoted);
  }
  assert.equal(literals(`/${'('.repeat(200)}a${')'.repeat(200)}/`), undefined);
});
