import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assemblePack, withoutShortcuts } from './assemble.ts';
import type { RawMatch, Scanner } from './backend.ts';
import { openBestBackend } from './backends.ts';
import { bucketRules } from './buckets.ts';
import { routeOf, routingKinds } from './kinds.ts';
import { planPack } from './plan.ts';
import { openScreen } from './screen.ts';
import type { SourceFile } from './sources.ts';

const limits = { timeoutMs: 10_000, matchesPerPattern: 10_000 };
const variables = { filename: 'sample', filepath: '/a/sample', extension: '', filetype: 'TEXT', owner: 'root' };

const patterns = [
  '$a = "plain"',
  '$b = "ab\\x00c"',
  '$c = { 4D 5A }',
  '$d = { 7F 45 4C 46 }',
  '$e = "wide" wide',
  '$f = "both" wide ascii',
  '$g = "xored" xor',
  '$h = /re\\x01x/',
  '$i = { 41 [1-3] 00 }',
  '$j = { ( 00 | 42 ) 43 44 }',
  '$k = "MZ"',
  '$l = "opt" nocase',
  '$m = /q\\x02?w/',
  '$n = "based" base64',
  '$o = { 4? 5A }',
  '$p = /\\x7fELF/',
  '$q = "telling words here"',
  '$r = "Mixed Case" nocase',
  '$s = { 11 22 33 44 55 66 77 ?? 88 99 }',
  '$t = /http:\\/\\/[a-z]+\\.example|ftp:\\/\\/other/',
  '$u = "sevenly" wide ascii',
  '$v = "a long xored text" xor',
  '$w = "sixty four" base64',
  '$x = "<%"',
  '$y = { EB 33 5? 8B [1-3] 00 }',
  '$z = /(get|post) ?[0-9]{1,3}x/ wide ascii',
];
const ids = patterns.map((pattern) => pattern.slice(0, 2));
const id = fc.constantFrom(...ids);

const headers = fc
  .record({
    read: fc.constantFrom('uint8', 'uint16', 'uint32', 'uint16be', 'uint32be', 'int8', 'int16', 'int32'),
    offset: fc.constantFrom('0', '1', '2', '(0)', '0x3', 'filesize - 4', 'uint8(4)'),
    operator: fc.constantFrom('==', '==', '==', '!=', '<'),
    value: fc.constantFrom(
      '0x4d',
      '0x7f',
      '0x5a4d',
      '0x4d5a',
      '0x457f',
      '0x464c457f',
      '0x7f454c46',
      '0x00004550',
      '0',
      '0x2123',
      '-1',
      '77',
      '0x464c',
      'uint8(1) + 2',
      'filesize ^ 3',
      '(uint16(2) << 4) - 1',
    ),
    turned: fc.boolean(),
  })
  .map(({ read, offset, operator, value, turned }) => (turned ? `${value} ${operator} ${read}(${offset})` : `${read}(${offset}) ${operator} ${value}`));

const set = fc.oneof(
  fc.constant('them'),
  fc.uniqueArray(id, { minLength: 1, maxLength: 4 }).map((members) => `(${members.join(', ')})`),
);
const quantifier = fc.constantFrom('any', 'all', 'none', '1', '2', '3', '25%', '100%', '0');
const atoms = fc.oneof(
  { weight: 4, arbitrary: headers },
  { weight: 3, arbitrary: id },
  fc.tuple(id, fc.constantFrom(' at 0', ' at 1', ' at filesize - 2', ' in (0..4)', ' at pe.entry_point')).map(([name, place]) => name + place),
  fc.tuple(id, fc.constantFrom(' > 0', ' == 0', ' >= 1', ' < 2', ' == 2', ' in (0..9) >= 1')).map(([name, rest]) => `#${name.slice(1)}${rest}`),
  id.map((name) => `@${name.slice(1)}[1] < 20`),
  id.map((name) => `!${name.slice(1)}[1] != 3`),
  fc.tuple(quantifier, set).map(([count, members]) => `${count} of ${members}`),
  fc.tuple(fc.constantFrom('any', 'all'), set).map(([count, members]) => `${count} of ${members} at 0`),
  fc
    .tuple(
      quantifier.filter((each) => !each.includes('%') && each !== '0'),
      set,
      headers,
    )
    .map(([count, members, body]) => `for ${count} of ${members} : ( # > 0 or ${body} )`),
  fc.tuple(fc.constantFrom('any', 'all'), headers).map(([count, body]) => `for ${count} i in (0..#a) : ( ${body} and i < 3 )`),
  fc.constantFrom(
    'true',
    'false',
    'filesize > 10',
    'pe.is_pe',
    'pe.imphash() != "x"',
    'elf.type == elf.ET_EXEC',
    'elf.machine != 0',
    'defined pe.number_of_sections',
    'pe.exports("x")',
    'dotnet.is_dotnet',
    'math.entropy(0, filesize) < 3.0',
    'hash.md5(0, 1) == "d41d8cd98f00b204e9800998ecf8427e"',
    'for any s in pe.sections : ( s.name != "" )',
    'pe.DLL == 0x2000',
    'filetype == "TEXT"',
    'filename matches /samp/',
  ),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: atoms },
    fc.tuple(tie('condition'), tie('condition')).map(([left, right]) => `(${left}) and ${right}`),
    fc.tuple(tie('condition'), tie('condition')).map(([left, right]) => `(${left} or (${right}))`),
    tie('condition').map((inner) => `not (${inner})`),
  ),
}));

const ruleSpecs = fc.array(
  fc.record({
    condition,
    isPrivate: fc.boolean(),
    needs: fc.option(fc.nat({ max: 10 }), { freq: 4 }),
    negated: fc.boolean(),
    global: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 3, maxLength: 12 },
);

function sourceOf(rules: readonly { condition: string; isPrivate: boolean; needs: number | null; negated: boolean; global: number }[]): string {
  const text = rules.map(({ condition: own, isPrivate, needs, negated, global }, index) => {
    const needed = needs !== null && index > 0 ? ` ${negated ? 'and not' : 'and'} r${needs % index}` : '';
    // Every pattern must be used; `any of them` with something that is always true uses all without asking for any.
    return `${global === 0 ? 'global ' : ''}${isPrivate ? 'private ' : ''}rule r${index} { strings: ${patterns.join(' ')} condition: (${own})${needed} and (filesize >= 0 or any of them) }`;
  });
  return `import "pe" import "elf" import "math" import "hash" import "dotnet"\n${text.join('\n')}`;
}

const pieces = [
  'plain',
  'ab\0c',
  'MZ',
  '\u007fELF',
  'w\0i\0d\0e\0',
  'both',
  'b\0o\0t\0h\0',
  'xored',
  'ynsde',
  're\u0001x',
  'A12\0',
  '\0CD',
  'BCD',
  'OPT',
  'q\u0002w',
  'qw',
  'YmFzZWQ',
  '\0',
  ' ',
  '\u007f',
  '#!',
  '\u0001',
  'PE\0\0',
  '\u001b',
  '\u00e9',
  'telling words here',
  'telling words',
  'mIxEd cAsE',
  '\u0011\u0022\u0033\u0044\u0055\u0066\u0077?\u0088\u0099',
  'http://abc.example',
  'ftp://other',
  's\0e\0v\0e\0n\0l\0y\0',
  'sevenly',
  'b#olmd#{lqfg#wf{w',
  'c2l4dHkgZm91c',
  '<%',
  '\u00eb3Q\u008b',
  '\u00eb3Q\u008b\u0001\0',
  'get 12x',
  'post1',
  'p\0o\0s\0t\0\u0037\0x\0',
];
const contents = fc.array(
  fc
    .tuple(
      fc.constantFrom('', 'MZ', '\u007fELF', '\u007fELF\u0002\u0001\u0001', 'M', '\u007fEL', 'PK\u0003\u0004', 'x'),
      fc.array(fc.constantFrom(...pieces), { maxLength: 8 }),
    )
    .map(([head, rest]) => Buffer.from(head + rest.join(''), 'latin1')),
  { minLength: 20, maxLength: 20 },
);

const names = (matches: readonly RawMatch[]): string[] => matches.map(({ namespace, rule }) => `${namespace} ${rule}`).sort();

test('the buckets that a content must meet find in it exactly what the whole pack finds', () => {
  const backend = openBestBackend();
  let found = 0;
  let spared = 0;
  fc.assert(
    fc.property(ruleSpecs, contents, (rules, samples) => {
      const file: SourceFile = { name: 'a.yar', text: sourceOf(rules), isBytes: false, isRoot: true };
      const { namespaces, problems } = planPack({ files: new Map([[file.name, file]]), problems: [], licence: '', digest: '' });
      assert.deepEqual(problems, []);
      const load = (sources: readonly { namespace: string; source: string }[]): Scanner => {
        const { bytes, failed } = backend.compile(sources);
        assert.equal(failed, false, file.text);
        return backend.load(bytes, limits);
      };
      const planned = namespaces[0]?.rules ?? [];
      const modifiers = (index: number): string => `${planned[index]?.isGlobal ? 'global ' : ''}${planned[index]?.isPrivate ? 'private ' : ''}`;
      const imports = 'import "pe" import "elf" import "math" import "hash" import "dotnet"\n';
      const whole = load([{ namespace: 'a.yar', source: imports + planned.map((rule, index) => modifiers(index) + withoutShortcuts(rule)).join('\n') }]);
      const packs = new Map(
        routingKinds.map((kind) => {
          const scanners = new Map<string, Scanner>();
          const indexes = [false, true].map((readsPath) => {
            const { literals, proofs, rules: gates, buckets } = bucketRules(namespaces, kind, readsPath);
            const digests = buckets.map((bucket, index) => {
              scanners.set(`${readsPath} ${index}`, load(assemblePack(namespaces, bucket).sources));
              return `${readsPath} ${index}`;
            });
            return { literals, proofs, rules: gates, buckets: digests };
          });
          return [kind, { scanners, screen: openScreen(indexes) }];
        }),
      );
      for (const content of samples) {
        const expected = names(whole.scan(content, variables));
        found += expected.length;
        const { screen, scanners } = packs.get(routeOf(content)) ?? assert.fail();
        const met = [0, 1].flatMap((pack) => screen.buckets(pack, { bytes: content, variables }));
        spared += scanners.size - met.length;
        assert.deepEqual(
          names(met.flatMap((digest) => scanners.get(digest)?.scan(content, variables) ?? [])),
          expected,
          `${content.toString('latin1')} with ${file.text}`,
        );
      }
    }),
    { numRuns: 150, plugins: [fc.interruptAfterTimeLimit(12_000, { failOnInterrupt: false })] },
  );
  assert.ok(found > 300, `only ${found} findings were compared`);
  assert.ok(spared > 100, `only ${spared} buckets were spared`);
});
