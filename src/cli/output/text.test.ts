import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breakCells, cellsOf, cutCells, padCells, printable, printableShort } from './text.ts';

test('control characters cannot reach a terminal', () => {
  assert.equal(printable('a\u001b[31mb\u009b0m\r\n\t\u0007\u007f'), 'a\\x1b[31mb\\x9b0m\\x0d\\x0a\\x09\\x07\\x7f');
});

test('characters that reorder, hide or break text are shown as their number', () => {
  assert.equal(printable('exe.\u202egpj'), 'exe.\\u{202e}gpj');
  for (const code of [0x061c, 0x200b, 0x200d, 0x200e, 0x2028, 0x2029, 0x202a, 0x2066, 0x2069, 0xfeff, 0xad, 0xe0041, 0xfff9, 0xe000, 0xffff]) {
    assert.match(printable(String.fromCodePoint(code)), /^\\[xu]\{?[0-9a-f]+\}?$/, code.toString(16));
  }
});

test('half a surrogate pair is shown as its number', () => assert.equal(printable('a\ud800b'), 'a\\u{d800}b'));

test('text of any language stays as it is', () => {
  for (const text of ['木马', 'вирус', 'é', 'e\u0301', '🐛', 'a b\u00a0c']) assert.equal(printable(text), text);
});

test('a short text is one line of bounded length', () => {
  assert.equal(printableShort(' a\n  b ', 10), 'a b');
  assert.equal(printableShort('x'.repeat(50), 10), `${'x'.repeat(10)}…`);
});

test('wide characters take two cells and combining marks none', () => {
  assert.equal(cellsOf('abc'), 3);
  assert.equal(cellsOf('木马'), 4);
  assert.equal(cellsOf('e\u0301'), 1);
  assert.equal(cellsOf('🐛'), 2);
  assert.equal(cellsOf('ｆ'), 2);
  assert.equal(cellsOf('한'), 2);
});

test('texts are padded and cut by cells', () => {
  assert.equal(padCells('木', 4), '木  ');
  assert.equal(padCells('long', 2), 'long');
  assert.equal(cutCells('abcdef', 4), 'abc…');
  assert.equal(cutCells('木马木马', 5), '木马…');
  assert.equal(cutCells('abcd', 4), 'abcd');
  assert.equal(cutCells('abcd', Infinity), 'abcd');
});

test('broken lines fit and joined are the text again', () => {
  const text = `/usr/lib/${'木马'.repeat(20)}${'x'.repeat(33)}`;
  for (const width of [2, 3, 7, 40]) {
    const lines = breakCells(text, width);
    assert.equal(lines.join(''), text);
    for (const line of lines) assert.ok(cellsOf(line) <= width, `${line} in ${width}`);
  }
  assert.deepEqual(breakCells(text, Infinity), [text]);
});
