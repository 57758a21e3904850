import assert from 'node:assert/strict';
import { test } from 'node:test';
import { literalsOf, shortestLiteral, tinyOf } from './literals.ts';
import { type Pattern, splitRules } from './rules-file.ts';

function pattern(source: string): Pattern {
  const item = splitRules(`rule a { strings: $a = ${source} condition: $a }`)[0];
  assert.ok(item?.kind === 'rule', source);
  return item.rule.patterns[0] ?? assert.fail();
}

test('literals are folded, and as many as the pattern has forms', () => {
  const cases: [string, readonly string[] | undefined][] = [
    ['"Power Shell"', ['power shell']],
    ['"Power" nocase', ['power']],
    ['"Shell" wide', ['s h e l l']],
    ['"Shell" wide ascii', ['shell', 's h e l l']],
    ['{ 41 42 43 ?? 61 62 63 64 65 }', ['abcde']],
    ['{ 41 42 43 44 45 [2-4] 46 47 }', ['abcde']],
    ['{ 41 42 ( 43 44 45 46 | 47 ) 48 49 4A 4B }', ['hijk']],
    ['{ 41 4? 42 ~43 44 }', undefined],
    ['/Mozilla\\/[45]/', ['mozilla/']],
    ['"abc"', undefined],
    ['"abcdef" base64("!@#$%^&*(){}[].,|ABCDEFGHIJ\\x09LMNOPQRSTUVWXYZabcdefghijklmnopqrstu")', undefined],
  ];
  for (const [source, expected] of cases) assert.deepEqual(literalsOf(pattern(source)), expected, source);
});

test('each form of a text in base64 holds one of the literals', () => {
  const literals = literalsOf(pattern('"This program cannot" base64')) ?? assert.fail();
  for (const before of ['', 'x', 'xy', 'xyz']) {
    const text = Buffer.from(`${before}This program cannot be run`).toString('base64').toLowerCase();
    assert.ok(
      literals.some(
        (literal) =>
          Buffer.from(text, 'latin1')
            .map((byte) => byte | 0x20)
            .includes(literal.charCodeAt(0)) && text.includes(literal),
      ),
      text,
    );
  }
});

test('each form of a text with exclusive or holds one of the literals', () => {
  const literals = new Set(literalsOf(pattern('"xored text" xor')));
  for (let key = 0; key < 256; key++) {
    const bytes = Buffer.from('xored text').map((byte) => (byte ^ key) | 0x20);
    assert.ok(literals.has(Buffer.from(bytes).toString('latin1')), String(key));
  }
});

test('of a long pattern a part is looked for', () => {
  const [literal = ''] = literalsOf(pattern(`"${'x'.repeat(100)}telling words ${'y'.repeat(100)}"`)) ?? [];
  assert.ok(literal.length >= shortestLiteral && literal.length <= 32);
  assert.match(literal, /tel|ing|words/);
});

test('two or three bytes without a letter are told as they are', () => {
  assert.deepEqual(tinyOf(pattern('"<%"')), ['<%']);
  assert.deepEqual(tinyOf(pattern('"<?" wide ascii')), ['<?', '<\0?']);
  assert.deepEqual(tinyOf(pattern('/<\\?[^x]/')), ['<?']);
  assert.deepEqual(tinyOf(pattern('{ 90 90 ?? 91 }')), ['\u0090\u0090']);
  for (const source of ['"<p"', '"%"', '"<%" xor', '/a|<%/', '"<%" base64']) assert.equal(tinyOf(pattern(source)), undefined, source);
});
