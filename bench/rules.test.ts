import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from './random.ts';
import { clamavText } from './rules/clamav-text.ts';
import { generateRules, type Rule } from './rules/generate.ts';
import { bytesOf } from './rules/pattern.ts';
import { yaraText } from './rules/yara-text.ts';

const rule: Rule = {
  name: 'R',
  family: 'elf',
  patterns: [
    { kind: 'hex', tokens: [0x0f, 'any', { nibble: '4?' }, 0xc3, 0x90, { least: 0, most: 4 }, 0x55, 0x48] },
    { kind: 'text', text: 'say "hi"', modifiers: ['ascii', 'wide', 'nocase'] },
    { kind: 'text', text: 'x', modifiers: ['fullword'] },
  ],
  needs: 2,
  magic: 'elf',
  sizeBelow: 1000,
  meta: { score: 80, os: 'linux' },
};

test('a rule is written as YARA has it', () => {
  const text = yaraText(rule);
  assert.match(text, /\$a0 = \{ 0F \?\? 4\? C3 90 \[0-4\] 55 48 \}/);
  assert.match(text, /\$a1 = "say \\"hi\\"" ascii wide nocase\n/);
  assert.match(text, /uint32\(0\) == 0x464c457f and filesize < 1000 and 2 of them\n/);
});

test('a rule is written as ClamAV has it', () => {
  assert.equal(clamavText(rule), 'R;Engine:81-255,Target:6,FileSize:0-999;(0|1|2)>1,2;0f??4?c390{0-4}5548;7361792022686922::awi;78::f');
});

test('an archive rule asks ClamAV for the magic too', () => {
  const archive: Rule = { ...rule, family: 'archive', magic: 'zip', needs: 3, sizeBelow: undefined };
  assert.match(clamavText(archive), /^R;Engine:81-255,Target:0;\(0&1&2\)&3;.*;0:504b0304$/);
});

test('the same seed gives the same thousand rules, of every family, under different names', () => {
  const rules = generateRules(7);
  assert.equal(rules.length, 1000);
  assert.equal(new Set(rules.map(({ name }) => name)).size, 1000);
  assert.equal(new Set(rules.map(({ family }) => family)).size, 5);
  assert.deepEqual(rules.map(yaraText), generateRules(7).map(yaraText));
  assert.notDeepEqual(rules.map(yaraText), generateRules(8).map(yaraText));
});

test('bytes made for a pattern fit it', () => {
  const [hex, text] = rule.patterns;
  assert.ok(hex !== undefined && text !== undefined);
  for (let seed = 1; seed < 50; seed++) assert.match(bytesOf(hex, createRandom(seed)).toString('hex'), /^0f..4.c390(..){0,4}5548$/);
  assert.equal(bytesOf({ kind: 'text', text: 'ab', modifiers: ['wide'] }, createRandom(1)).toString('hex'), '61006200');
});
