import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindsOf } from './kinds.ts';
import { contentsOfRule } from './plan.ts';
import { splitRules } from './rules-file.ts';

const every = 'elf pe text other';
const strings = `strings: $t = "plain" $z = "a\\x00b" $h = { 4D 5A 90 } $m = "MZ" $w = "wide" wide $aw = "both" wide ascii $x = "key" xor
  $e = { 7F 45 4C 46 } $r = /ab\\x01c/ $o = /ab(\\x01|c)/ $j = { ?? 41 [2-8] 00 } $q = { ( 00 | 41 ) 42 } $s = "MZ" nocase $l = { 41 // 00
  42 } $opt = /a\\x00?b/ $b = "abc" base64wide`;

function kinds(condition: string, before: Readonly<Record<string, number>> = {}): string {
  const item = splitRules(`rule a { ${strings} condition: ${condition} }`)[0];
  assert.ok(item?.kind === 'rule', condition);
  const rules = new Map(Object.entries(before).map(([name, set]) => [name, { kinds: set, gate: true as const }]));
  return kindsOf(contentsOfRule(item.rule, rules).kinds).join(' ');
}

test('headers leave out the kinds that begin otherwise', () => {
  const cases: [string, string][] = [
    ['uint16(0) == 0x5a4d', 'pe'],
    ['0x5A4D == uint16(0)', 'pe'],
    ['uint16be(0) == 0x4d5a and filesize < 2MB', 'pe'],
    ['uint32(0) == 0x464c457f', 'elf'],
    ['uint32be(0) == 0x7f454c46 and $t', 'elf'],
    ['uint16(0) == 0x457f', 'elf other'],
    ['uint8(0) == 0x4d', 'pe text other'],
    ['uint8(1) == 0x5a', 'pe text other'],
    ['uint8(0) == 0x7f', 'elf other'],
    ['uint32(0) == 0x04034b50', 'other'],
    ['uint16(0) == 0x2123', 'text other'],
    ['uint32(uint32(0x3c)) == 0x00004550', 'elf pe other'],
    ['uint16(0) == 0x5a4d or uint32(0) == 0x464c457f', 'elf pe'],
    ['uint16(0) == 0x5a4d and uint32(0) == 0x464c457f', ''],
    ['uint16(0) != 0x5a4d', 'elf text other'],
    ['not uint16(0) == 0x5a4d', 'elf text other'],
    ['not (uint16(0) == 0x5a4d or uint32(0) == 0x464c457f)', 'text other'],
    ['not (uint16(0) == 0x5a4d and $t)', every],
    ['int16(0) == 0x5a4d', 'pe'],
    ['int16(0) == 0xffff', every],
    ['uint16(0) & 0xff == 0x4d', every],
    ['uint16(0) == 0x15a4d', every],
    ['uint16(1) == 0x5a4d', 'text other'],
  ];
  for (const [condition, expected] of cases) assert.equal(kinds(condition), expected, condition);
});

test('patterns leave out text when each match has a byte foreign to it, and at the start like headers', () => {
  const notText = 'elf pe other';
  const cases: [string, string][] = [
    ['$t', every],
    ['$z', notText],
    ['$w', notText],
    ['$aw', every],
    ['$x', every],
    ['$r', notText],
    ['$o', every],
    ['$opt', every],
    ['$j', notText],
    ['$q', every],
    ['$l', every],
    ['$b', every],
    ['$m at 0', 'pe'],
    ['$s at 0', every],
    ['$h at 0', 'pe'],
    ['$e at 0', 'elf'],
    ['$e at 1', 'other'],
    ['#z > 0', notText],
    ['#z >= 1', notText],
    ['#z >= 0', every],
    ['#z == 0', every],
    ['#z < 5', every],
    ['@z < 10', notText],
    ['!z[1] != 3', notText],
    ['$z in (0..100)', notText],
    ['not $z', every],
    ['$z or $t', every],
    ['$z and $t', notText],
    ['any of them', every],
    ['all of them', notText],
    ['all of ($z, $w)', notText],
    ['any of ($z*, $w)', notText],
    ['1 of ($z, $t)', every],
    ['2 of ($z, $t)', notText],
    ['none of ($z)', every],
    ['0 of ($z)', every],
    ['50% of ($z, $t)', every],
    ['50% of ($z, $w)', notText],
    ['#t of ($z)', every],
    ['any of ($m, $h) at 0', 'pe'],
    ['any of ($m, $e) at 0', 'elf pe'],
    ['all of ($*)', notText],
    ['any of ($missing*)', every],
    ['any of ($z and $t, $w)', notText],
    ['2 of (uint16(0) == 0x5a4d, $t, false)', 'pe'],
  ];
  for (const [condition, expected] of cases) assert.equal(kinds(condition), expected, condition);
});

test('loops count only when a member must hold', () => {
  const cases: [string, string][] = [
    ['for any of ($z, $w) : ( # > 3 )', every],
    ['for any of them : ( uint16(0) == 0x5a4d )', 'pe'],
    ['for all i in (1..#t) : ( uint16(0) == 0x5a4d )', every],
    ['for any i in (1..#t) : ( uint16(0) == 0x5a4d and i > 0 )', 'pe'],
    ['for 2 i in (1,2,3) : ( uint16(0) == 0x5a4d )', 'pe'],
    ['for none of them : ( uint16(0) == 0x5a4d )', every],
    ['for any s in pe.sections : ( s.name == ".text" )', 'pe'],
    ['for all s in pe.sections : ( s.name == ".text" )', every],
    ['for any of ($t) : ( $ at 0 )', every],
    ['with n = uint16(0) : ( n == 3 and $z )', 'elf pe other'],
  ];
  for (const [condition, expected] of cases) assert.equal(kinds(condition), expected, condition);
});

test('module fields leave out the kinds on which they have no value', () => {
  const cases: [string, string][] = [
    ['pe.imphash() == "x"', 'pe'],
    ['pe.imphash() != "x"', 'pe'],
    ['not pe.imphash() == "x"', every],
    ['pe.is_pe', 'pe'],
    ['pe.is_pe == false', every],
    ['pe.exports("x")', 'pe'],
    ['pe.number_of_sections + 1 > 0', 'pe'],
    ['pe.characteristics & pe.DLL', 'pe'],
    ['pe.DLL == 0x2000', every],
    ['pe.sections[0].name contains "x"', 'pe'],
    ['$t at pe.entry_point', 'pe'],
    ['defined pe.imphash()', 'pe'],
    ['not defined pe.imphash()', every],
    ['pe.unheard_of == 1', every],
    ['elf.type == elf.ET_EXEC', 'elf'],
    ['elf.import_md5() == "x"', every],
    ['dotnet.is_dotnet', 'pe'],
    ['hash.md5(0, filesize) == "x"', every],
    ['__proto__.x == 1', every],
    ['constructor.name', every],
  ];
  for (const [condition, expected] of cases) assert.equal(kinds(condition), expected, condition);
});

test('a named rule lends its kinds, unless a loop variable hides it', () => {
  assert.equal(kinds('base and $t', { base: 2 }), 'pe');
  assert.equal(kinds('not base', { base: 2 }), every);
  assert.equal(kinds('for any base in (1..2) : ( base )', { base: 2 }), every);
  assert.equal(kinds('unknown', { base: 2 }), every);
});

test('what is not understood or nested too deep leaves nothing out and breaks nothing', () => {
  for (const condition of ['uint16(0) == 0x5a4d and', 'uint16(0) == 0x5a4d ]', 'any of (base*) and false', ') (', ''])
    assert.equal(kinds(condition), every, condition);
  for (const deep of ['('.repeat(50_000) + 'false' + ')'.repeat(50_000), `${'not '.repeat(50_000)}true`, `${'-'.repeat(50_000)}1 == 1`])
    assert.equal(kinds(deep), every);
  assert.equal(kinds(`${'uint16(0) == 0x5a4d and '.repeat(50_000)}true`), 'pe');
});
