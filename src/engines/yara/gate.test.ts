import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allOf, anyOf, atLeast, type Gate, gateOfKind, isOpen, leavesOf, mayOpenWithout, ofKinds } from './gate.ts';
import { kindBit } from './kinds.ts';
import { contentsOfRule, planPack } from './plan.ts';
import { splitRules } from './rules-file.ts';

const a: Gate = { literal: 'aquz' };
const b: Gate = { literal: 'bquz' };
const c: Gate = { literal: 'cquz' };

function open(gate: Gate, held: string, content = Buffer.from('0123456789'), filename = ''): boolean {
  return isOpen<{ literal: string; proof: unknown }>(gate, {
    bytes: content,
    variable: (name) => (name === 'filename' ? filename : ''),
    holds: (literal) => held.includes(literal[0] ?? ''),
    holdsExact: (bytes) => content.includes(bytes, 0, 'latin1'),
  });
}

test('gates are put together in their simplest form', () => {
  assert.equal(allOf([true, true]), true);
  assert.equal(allOf([a, false]), false);
  assert.deepEqual(allOf([a, true]), a);
  assert.equal(anyOf([a, true]), true);
  assert.equal(anyOf([]), false);
  assert.deepEqual(atLeast(2, [a, true, b]), anyOf([a, b]));
  assert.deepEqual(allOf([allOf([a, b]), c]), { atLeast: 3, of: [a, b, c] });
  assert.deepEqual(anyOf([anyOf([a, b]), c]), { atLeast: 1, of: [a, b, c] });
  assert.deepEqual(allOf([anyOf([a, b]), c]), { atLeast: 2, of: [c, { atLeast: 1, of: [a, b] }] });
  assert.equal(atLeast(3, [a, b]), false);
});

test('a gate is open when enough of its parts are', () => {
  const two = atLeast(2, [a, b, c]);
  assert.deepEqual(
    ['', 'a', 'ab', 'bc', 'abc'].map((held) => open(two, held)),
    [false, false, true, true, true],
  );
  assert.equal(open({ from: 10, to: 10 }, ''), true);
  assert.equal(open({ from: 11, to: 20 }, ''), false);
  assert.equal(open({ bytes: [0x32, 0x33], at: 2 }, ''), true);
  assert.equal(open({ bytes: [0x39, 0x33], at: 9 }, ''), false);
  assert.equal(open({ exact: '45' }, ''), true);
  assert.equal(open({ variable: 'filename', holds: '.exe' }, '', Buffer.alloc(0), 'a.exe'), true);
});

test('for one kind of content what is certain of the kind is left out', () => {
  const gate = allOf([ofKinds(kindBit.elf), { bytes: [0x7f, 0x45], at: 0 }, a]);
  assert.deepEqual(gateOfKind(gate, 'elf'), a);
  assert.equal(gateOfKind(gate, 'text'), false);
  assert.equal(gateOfKind(anyOf(Array.from({ length: 10_000 }, (_, index): Gate => ({ literal: `literal ${index}` }))), 'elf'), true);
});

test('a gate that may be open without literals is told', () => {
  assert.equal(mayOpenWithout(anyOf([a, { from: 0, to: 9 }])), true);
  assert.equal(mayOpenWithout(allOf([a, { from: 0, to: 9 }])), false);
  assert.equal(mayOpenWithout({ compare: '==', left: 'filesize', right: 1 }), true);
});

function gateOf(condition: string): Gate {
  const strings = 'strings: $a = "aquz" nocase $b = "bquz" nocase $c = "cquz" nocase $x = "x"';
  const item = splitRules(`rule r { ${strings} condition: ${condition} }`)[0];
  assert.ok(item?.kind === 'rule', condition);
  return gateOfKind(contentsOfRule(item.rule, new Map([['other', { kinds: 15, gate: c }]])).gate, 'other');
}

const uint32 = { size: 4, signed: false, bigEndian: false };

test('conditions become gates', () => {
  const cases: [string, Gate][] = [
    ['$a and $b', allOf([a, b])],
    ['$a or $b', anyOf([a, b])],
    ['$x and $a', a],
    ['$x or $a', true],
    ['not $a', true],
    ['2 of ($a, $b, $c)', atLeast(2, [a, b, c])],
    ['all of ($*)', allOf([a, b, c])],
    ['any of them', true],
    ['2 of them', anyOf([a, b, c])],
    ['67% of ($a, $b, $c)', atLeast(2, [a, b, c])],
    ['none of them', true],
    ['#a > 2 and #b == 0', a],
    ['#a + #b > #c', anyOf([a, b])],
    ['#c < #a', a],
    ['#a >= 0', true],
    ['@a[1] < 20', a],
    ['!b[1] == 4 or @a < 3', anyOf([b, a])],
    ['$a at 0 and filesize < 1KB', allOf([{ from: 0, to: 1023 }, a])],
    ['10 <= filesize and $b in (0..9)', allOf([{ from: 10, to: Number.MAX_SAFE_INTEGER }, b])],
    ['filesize == 5', { from: 5, to: 5 }],
    ['for any of ($a, $b) : ( $ at 0 )', anyOf([a, b])],
    ['for all of ($a, $b) : ( # > 1 and $c )', allOf([anyOf([a, b]), c])],
    ['for none of ($a, $b) : ( $ )', true],
    ['for any i in (1..#a) : ( @a[i] < 9 )', a],
    ['for all i in (1..#a) : ( @a[i] < 9 )', true],
    ['uint32be(4) == 0x01020304', { bytes: [1, 2, 3, 4], at: 4 }],
    ['uint8(0) != 1 and $a', a],
    ['filesize - 4 == uint32(8)', { compare: '==', left: { operator: '-', left: 'filesize', right: 4 }, right: { read: uint32, at: 8 } }],
    [
      'uint32(4) + 2 * uint32(8) ^ 3 > -1',
      {
        compare: '>',
        left: {
          operator: '^',
          left: { operator: '+', left: { read: uint32, at: 4 }, right: { operator: '*', left: 2, right: { read: uint32, at: 8 } } },
          right: 3,
        },
        right: { operator: '-', left: 0, right: 1 },
      },
    ],
    ['uint32(4) \\ 2 == 3 and $a', a],
    ['uint32(#a) == 3', true],
    ['other and $a', allOf([c, a])],
    ['not other', true],
    ['filename == "Evil.EXE"', { variable: 'filename', holds: 'evil.exe' }],
    ['filename matches /\\.(pdf|doc)\\.exe$/i', anyOf(['.pdf.exe', '.doc.exe'].map((holds): Gate => ({ variable: 'filename', holds })))],
    ['filename != "evil.exe"', true],
    ['filepath contains "tmp" and $a', allOf([{ variable: 'filepath', holds: 'tmp' }, a])],
    ['defined @a', a],
    ['with n = #a : ( n > 1 and $b )', b],
    ['$a and $b and strange $', true],
  ];
  for (const [condition, expected] of cases) assert.deepEqual(gateOf(condition), expected, condition);
});

test('rules that name each other over and over keep their gates small', () => {
  const rules = Array.from({ length: 60 }, (_, index) =>
    index === 0 ? 'rule r0 { strings: $a = "aaaa" condition: $a }' : `rule r${index} { condition: (r${index - 1} and filesize > ${index}) or r${index - 1} }`,
  );
  const file = { name: 'a.yar', text: rules.join('\n'), isBytes: false, isRoot: true };
  const { namespaces } = planPack({ files: new Map([[file.name, file]]), problems: [], licence: '', digest: '' });
  const gates = namespaces[0]?.rules.map((rule) => leavesOf(rule.gate)) ?? [];
  assert.equal(gates.length, 60);
  assert.ok(Math.max(...gates) < 5000);
});
