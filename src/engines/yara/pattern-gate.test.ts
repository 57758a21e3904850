import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openBestBackend } from './backends.ts';
import { type Gate, isOpen, leavesOf } from './gate.ts';
import { gateOfPattern } from './pattern-gate.ts';
import { type Pattern, splitRules } from './rules-file.ts';

function pattern(source: string): Pattern {
  const item = splitRules(`rule a { strings: $a = ${source} condition: $a }`)[0];
  assert.ok(item?.kind === 'rule', source);
  return item.rule.patterns[0] ?? assert.fail();
}

function gate(source: string): Gate {
  return gateOfPattern(pattern(source));
}

function literalsIn(one: Gate): readonly string[] {
  if (typeof one === 'boolean') return [];
  return 'of' in one ? one.of.flatMap(literalsIn) : 'literal' in one ? [one.literal] : [];
}

/** Whether the gate is open, found out in the plainest way. */
function isOpenFor(one: Gate, content: Buffer): boolean {
  const folded = Buffer.from(content.map((byte) => byte | 0x20)).toString('latin1');
  const text = content.toString('latin1');
  const isProved = (found: boolean, proof: { readonly source: string } | undefined) => found && (proof === undefined || new RegExp(proof.source).test(text));
  return isOpen<{ literal: string; proof: { readonly source: string } }>(one, {
    bytes: content,
    variable: () => '',
    holds: (literal, proof) => isProved(folded.includes(literal), proof),
    holdsExact: (bytes, proof) => isProved(text.includes(bytes), proof),
  });
}

test('literals are folded, and as many as the pattern has forms', () => {
  const cases: [string, readonly string[]][] = [
    ['"Power Shell"', ['power shell']],
    ['"Power" nocase', ['power']],
    ['"Shell" wide', ['s h e l l ']],
    ['"Shell" wide ascii', ['shell', 's h e l l ']],
    ['"abc"', ['abc']],
    ['"<?" wide', ['< ? ']],
    ['/ab[0-9]{9}/', []],
    ['"abcdef" base64("!@#$%^&*(){}[].,|ABCDEFGHIJ\\x09LMNOPQRSTUVWXYZabcdefghijklmnopqrstu")', []],
    ['/ü{1,2}/', []],
  ];
  for (const [source, expected] of cases) assert.deepEqual(literalsIn(gate(source)), expected, source);
});

test('a proof tells cases apart, and what stands around the literal', () => {
  assert.deepEqual(gate('"GET"'), { literal: 'get', proof: { source: 'GET', bytes: 3 } });
  assert.deepEqual(gate('{ 85 C0 ?? 61 62 63 [1-2] FF }'), {
    literal: 'abc',
    proof: { source: '\\x85\\xc0[^]abc(?:[^]){1,2}\\xff', bytes: 9 },
  });
  assert.deepEqual(gate('/a[^\\n]*xyz+[0-9]/i'), { literal: 'xyz' });
});

test('a proof is left out where looking closer might take long', () => {
  for (const source of ['{ 61 62 63 [0-4000] 64 }', '/abc(x|y)*/', '{ 61 62 63 [0-60] 01 [0-60] 02 }']) {
    const [leaf] = [gate(source)];
    assert.ok(typeof leaf === 'object' && 'literal' in leaf, source);
    assert.ok((leaf.proof?.bytes ?? 0) < 100, source);
  }
});

test('each form of a text in base64 opens the gate', () => {
  const one = gate('"This program cannot" base64');
  for (const before of ['', 'x', 'xy', 'xyz']) {
    assert.equal(isOpenFor(one, Buffer.from(Buffer.from(`${before}This program cannot be run`).toString('base64'))), true, before);
  }
  assert.equal(isOpenFor(one, Buffer.from('This program cannot')), false);
});

test('each form of a text with exclusive or opens the gate', () => {
  const one = gate('"xored text" xor');
  for (let key = 0; key < 256; key++) assert.equal(isOpenFor(one, Buffer.from('xored text').map((byte) => byte ^ key) as Buffer), true, String(key));
});

// Patterns and, for each, what makes a content that may match.
const two = fc.nat({ max: 255 }).map((byte) => byte.toString(16).padStart(2, '0'));
const hexPart = fc.oneof(
  { weight: 6, arbitrary: two },
  two.map((byte) => `${byte[0]}?`),
  two.map((byte) => `?${byte[1]}`),
  two.map((byte) => `~${byte}`),
  fc.constantFrom('??', '[2]', '[1-3]', '[0-40]', '[3-]'),
  fc.tuple(two, two, two).map(([a, b, c]) => `( ${a} ${b} | ${c} )`),
  two.map((byte) => `( ${byte} ?? | ${byte} )`),
);
const hexPattern = fc
  .tuple(two, fc.array(hexPart, { minLength: 2, maxLength: 12 }), two)
  .map(([first, parts, last]) => `{ ${first} ${parts.join(' ')} ${last} }`);
const regexPart = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'Q', 'z', '0', '_', '\\.', '\\x00', '\\xe9') },
  fc.constantFrom('.', '\\w', '\\d', '\\s', '\\W', '[abQ]', '[^a]', '[0-9a-f]', '\\b', '(ab|Q0)', '(a|bz_)', '(ab)?', '(Q|z){2}'),
);
const regexPattern = fc
  .tuple(
    fc.array(fc.tuple(regexPart, fc.constantFrom('', '', '', '', '?', '+', '{2}', '{1,3}', '*')), { minLength: 3, maxLength: 9 }),
    fc.constantFrom('', 'i', 's', 'is'),
    fc.constantFrom('', ' wide', ' wide ascii', ' nocase', ' fullword', ' nocase wide ascii'),
  )
  .map(([parts, flags, modifiers]) => `/x${parts.map(([part, count]) => (part === '\\b' ? part : part + count)).join('')}/${flags}${modifiers}`);
const textPattern = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'Q', 'z', '0', '_', '<', '?', '\\x00', '\\xe9'), { minLength: 2, maxLength: 6 }),
    fc.constantFrom('', ' wide', ' wide ascii', ' nocase', ' xor', ' fullword', ' nocase wide', ' base64', ' xor wide ascii'),
  )
  .map(([parts, modifiers]) => `"${parts.join('')}"${modifiers}`);

/** Bytes that a pattern may match, drawn from its own text; hardly ever all of them. */
function sample(source: string, pick: (below: number) => number): Buffer {
  if (source.startsWith('{')) {
    const text = source.slice(1, -1).replace(/\(([^|]*)\|([^)]*)\)/g, (_, one: string, other: string) => (pick(2) === 0 ? one : other));
    const bytes = (text.match(/\[[^\]]*\]|~?[0-9a-f?]{2}/g) ?? []).flatMap((token) => {
      if (token.startsWith('[')) {
        const [least = '0', most] = token.slice(1, -1).split('-');
        const count = most === undefined ? Number(least) : Number(least) + pick(Number(most === '' ? 5 : most) - Number(least) + 1);
        return Array.from({ length: count }, () => pick(256));
      }
      return [
        Number.parseInt(
          token.replace('~', '').replaceAll('?', () => pick(16).toString(16)),
          16,
        ) ^ Number(token.startsWith('~')),
      ];
    });
    return Buffer.from(bytes);
  }
  const inner = source.slice(1, source.lastIndexOf(source[0] ?? ''));
  const tokens = inner.match(/\\x..|\\.|\[[^\]]*\]|\([^)]*\)|\{[^}]*\}|./g) ?? [];
  const of: Readonly<Record<string, string>> = {
    '.': '~',
    '\\w': 'w',
    '\\d': '7',
    '\\s': ' ',
    '\\W': '-',
    '[abQ]': 'b',
    '[^a]': 'c',
    '[0-9a-f]': 'e',
    '\\b': '',
    '(ab|Q0)': 'Q0',
  };
  const plain: Readonly<Record<string, string>> = { ...of, '(a|bz_)': 'bz_', '(ab)?': 'ab', '(ab)': 'ab', '(Q|z)': 'Q', '\\.': '.' };
  let text = '';
  let last = '';
  for (const token of tokens) {
    if (['?', '+', '*'].includes(token) && source.startsWith('/')) text += token === '?' ? '' : last;
    else if (token.startsWith('{')) text += last;
    else text += last = token.startsWith('\\x') ? String.fromCharCode(Number.parseInt(token.slice(2), 16)) : (plain[token] ?? token);
  }
  const key = source.includes('xor') ? pick(256) : 0;
  const bytes = [...Buffer.from(text, 'latin1')].flatMap((byte) => (source.includes('wide') && pick(2) === 0 ? [byte ^ key, key] : [byte ^ key]));
  const whole = Buffer.from(source.includes('nocase') ? bytes.map((byte) => (pick(2) === 0 && byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte)) : bytes);
  return source.includes('base64') ? Buffer.from(Buffer.concat([Buffer.alloc(pick(3), 0x2b), whole, Buffer.from('..')]).toString('base64')) : whole;
}

test('whatever the engine finds a pattern in opens its gate, and most else does not', () => {
  const backend = openBestBackend();
  let [matched, closed] = [0, 0];
  fc.assert(
    fc.property(fc.oneof(hexPattern, regexPattern, textPattern), fc.infiniteStream(fc.nat()), (source, random) => {
      const pick = (below: number): number => (random.next().value as number) % below;
      const { bytes, failed } = backend.compile([{ namespace: 'a', source: `rule r { strings: $a = ${source} condition: $a }` }]);
      if (failed) return;
      const scanner = backend.load(bytes, { timeoutMs: 10_000, matchesPerPattern: 100 });
      const one = gate(source);
      assert.ok(leavesOf(one) < 600, source);
      for (let round = 0; round < 12; round++) {
        const content = Buffer.concat([Buffer.alloc(pick(9), pick(256)), sample(source, pick), Buffer.alloc(pick(9), pick(256)), sample(source, pick)]);
        if (pick(3) === 0 && content.length > 0) content[pick(content.length)] = pick(256);
        const isFound = scanner.scan(content, { filename: '', filepath: '', extension: '', filetype: '', owner: '' }).length > 0;
        const open = isOpenFor(one, content);
        assert.ok(open || !isFound, `${source} is found in ${content.toString('hex')}, and its gate ${JSON.stringify(one)} is closed`);
        if (isFound) matched++;
        else if (!open) closed++;
      }
    }),
    { numRuns: 1500, plugins: [fc.interruptAfterTimeLimit(10_000, { failOnInterrupt: false })] },
  );
  assert.ok(matched > 200 && closed > 200, `${matched} matched, ${closed} gates were closed`);
});
