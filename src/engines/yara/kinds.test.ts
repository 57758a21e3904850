import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyKind, isForeignToText, kindBit, kindsOf, routeOf } from './kinds.ts';

test('a content is of the kind its bytes say, header first', () => {
  const cases: [string, string][] = [
    ['\u007fELF', 'elf'],
    ['\u007fELF\u0000\u0001', 'elf'],
    ['\u007fEL', 'other'],
    ['MZ', 'pe'],
    ['MZ plain text', 'pe'],
    ['M', 'text'],
    ['', 'other'],
    ['#!/bin/sh\n\techo\r\n\u001b[0m\u000c', 'text'],
    ['caf\u00e9 \u0080\u00ff', 'text'],
    ['a\u0000b', 'other'],
    ['a\u007f', 'other'],
  ];
  for (const [content, kind] of cases) assert.equal(routeOf(Buffer.from(content, 'latin1')), kind, JSON.stringify(content));
});

test('every single byte is foreign to text exactly when a content with it, at any distance, is not text', () => {
  for (let byte = 0; byte < 256; byte++) {
    for (const at of [1, 511, 512, 513, 1024 * 1024 + 511, 1024 * 1024 + 512]) {
      const content = Buffer.alloc(at + 1, 0x61);
      content[at] = byte;
      assert.equal(routeOf(content), isForeignToText(byte) ? 'other' : 'text', `byte ${byte} at ${at}`);
    }
  }
});

test('sets list their members in order', () => {
  assert.deepEqual(kindsOf(everyKind), ['elf', 'pe', 'text', 'other']);
  assert.deepEqual(kindsOf(kindBit.other | kindBit.pe), ['pe', 'other']);
});
