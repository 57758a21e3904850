import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutShortcuts } from './assemble.ts';
import { type Backend, externalVariables, type NamespaceSource, supportedModules, TimedOut } from './backend.ts';
import { planPack } from './plan.ts';

/** What every build of YARA-X must do, so that findings do not depend on which one runs. */
export function testBackend(name: string, open: () => Backend, skip: string | false): void {
  const claim = (sentence: string, check: (backend: Backend) => void): void => {
    test(`${name}: ${sentence}`, { skip }, () => check(open()));
  };

  claim('finds by namespace, with tags, meta and places, and never reports private rules', (backend) => {
    const source = `private rule hidden { condition: true }
      rule seen : one two { meta: name = "N" score = 75 flag = true name = "last" strings: $a = "needle" condition: hidden and $a }`;
    const scan = scanner(backend, [
      { namespace: 'a/b.yar', source },
      { namespace: 'c.yar', source: 'rule seen { strings: $a = "needle" condition: not $a }' },
    ]);
    const meta = { name: 'last', score: 75, flag: true };
    assert.deepEqual(scan('a needle'), [{ rule: 'seen', namespace: 'a/b.yar', tags: ['one', 'two'], meta, places: [[2, 8]] }]);
    assert.deepEqual(
      scan('nothing').map(({ namespace }) => namespace),
      ['c.yar'],
    );
  });

  claim('a global rule silences its own namespace only', (backend) => {
    const scan = scanner(backend, [
      { namespace: 'a', source: 'global rule gate { condition: filesize > 3 } rule a { condition: true }' },
      { namespace: 'b', source: 'rule b { condition: true }' },
    ]);
    assert.deepEqual(
      scan('x').map(({ rule }) => rule),
      ['b'],
    );
    assert.deepEqual(
      scan('long')
        .map(({ rule }) => rule)
        .sort(),
      ['a', 'b', 'gate'],
    );
  });

  claim('reads bytes as they are', (backend) => {
    const scan = scanner(backend, [
      {
        namespace: 'a',
        source:
          'rule high { strings: $a = "\\xe9\\x00\\xff" condition: $a } rule word { strings: $a = "é" condition: $a } rule empty { condition: filesize == 0 }',
      },
    ]);
    assert.deepEqual(
      scan(Buffer.from([1, 0xe9, 0, 0xff])).map(({ rule }) => rule),
      ['high'],
    );
    assert.deepEqual(
      scan('é').map(({ rule }) => rule),
      ['word'],
    );
    assert.deepEqual(
      scan('').map(({ rule }) => rule),
      ['empty'],
    );
  });

  claim('has every supported module and every external variable', (backend) => {
    const imports = [...supportedModules].map((module) => `import "${module}"\n`).join('');
    const rules = externalVariables.map((variable) => `rule ${variable}_rule { condition: ${variable} == "the ${variable}" }`).join('\n');
    assert.deepEqual(backend.validate(imports + rules), []);
    const scan = scanner(backend, [{ namespace: 'a', source: imports + rules }]);
    assert.deepEqual(scan('x'), []);
    for (const variable of externalVariables) {
      assert.deepEqual(
        scan('x', { [variable]: `the ${variable}` }).map(({ rule }) => rule),
        [`${variable}_rule`],
      );
    }
    assert.deepEqual(scan('x'), [], 'variables of one scan reach the next');
  });

  claim('a file name that reads as a number or a truth is no failure', (backend) => {
    const scan = scanner(backend, [
      { namespace: 'a', source: 'rule a { condition: filename matches /^[0-9+]/ or filename startswith "t" or filename == "nan" }' },
    ]);
    for (const filename of ['123', '+1', '007', 'true', 'nan', '9'.repeat(40)]) assert.equal(scan('x', { filename }).length, 1, filename);
  });

  claim('reports each broken rule with its line', (backend) => {
    const errors = backend.validate('rule good { condition: true }\nrule bad {\n  condition: $x }\nrule other {\n condition: nothing }');
    assert.deepEqual(
      errors.map(({ line }) => line),
      [3, 5],
    );
    assert.match(errors[0]?.message ?? '', /unknown pattern/);
    assert.deepEqual(
      backend.validate('rule a { condition: ( }').map(({ line }) => line),
      [1],
    );
    assert.equal(backend.compile([{ namespace: 'a', source: 'rule a { condition: nothing }' }]).failed, true);
    assert.equal(backend.compile([{ namespace: 'a', source: 'rule a { condition: true }' }]).failed, false);
  });

  // Fails when YARA-X starts to see through our form of conditions; the first half fails when it is mended.
  claim('rules that have a pattern in common do not hide each other', (backend) => {
    const strings = 'strings: $a = "shared by all" condition:';
    const source = `rule exe { ${strings} uint16(0) == 0x5a4d and $a } rule elf { ${strings} uint16(0) == 0x457f and $a }
      rule large { ${strings} filesize > 1MB and $a } rule small { ${strings} filesize < 1KB and $a } rule every { ${strings} $a }`;
    const file = { name: 'a.yar', text: source, isBytes: false, isRoot: true };
    const { namespaces } = planPack({ files: new Map([['a.yar', file]]), problems: [], licence: '', digest: '' });
    const rules = namespaces[0]?.rules ?? [];
    const content = '\u007fELF, shared by all';
    const raw = scanner(backend, [{ namespace: 'a', source }])(content).map(({ rule }) => rule);
    assert.ok(raw.length < 3, 'mended in this version: withoutShortcuts can go');
    const scan = scanner(backend, [{ namespace: 'a', source: rules.map(withoutShortcuts).join('\n') }]);
    assert.deepEqual(
      scan(content)
        .map(({ rule }) => rule)
        .sort(),
      ['elf', 'every', 'small'],
    );
    assert.deepEqual(
      scan('MZ, shared by all')
        .map(({ rule }) => rule)
        .sort(),
      ['every', 'exe', 'small'],
    );
  });

  claim('one scanner looks at many contents, and one does not colour the next', (backend) => {
    const scan = scanner(backend, [{ namespace: 'a', source: 'rule a { strings: $a = "needle" condition: #a == 2 }' }]);
    for (let round = 0; round < 20; round++) {
      assert.equal(scan('needle needle').length, 1);
      assert.equal(scan('needle').length, 0);
    }
  });

  claim('compiled rules that are cut short are refused', (backend) => {
    const { bytes } = backend.compile([{ namespace: 'a', source: 'rule a { condition: true }' }]);
    for (const broken of [Buffer.alloc(0), Buffer.from('no rules'), bytes.subarray(0, bytes.length >> 1)]) {
      assert.throws(() => backend.load(broken, { timeoutMs: 1000, matchesPerPattern: 100 }));
    }
  });
}

/** A scan that does not end is stopped; only for builds that can. */
export function testTimeout(name: string, open: () => Backend, skip: string | false): void {
  const hostile = {
    'a loop without end': ['rule a { condition: for all i in (0..100000000000) : ( i % 7 != 8 ) }', 'x'],
    'an expression that tries everything': ['rule a { strings: $a = /a.*a.*a.*a.*b/s condition: $a }', 'a'.repeat(3_000_000)],
  } as const;
  for (const [sentence, [source, content]] of Object.entries(hostile)) {
    test(`${name}: ${sentence} ends in time`, { skip }, () => {
      const backend = open();
      const { bytes } = backend.compile([{ namespace: 'a', source }]);
      const scan = backend.load(bytes, { timeoutMs: 1000, matchesPerPattern: 100 });
      const started = performance.now();
      assert.throws(() => scan.scan(Buffer.from(content), emptyVariables), TimedOut);
      assert.ok(performance.now() - started < 5000);
    });
  }
}

const emptyVariables = { filename: '', filepath: '', extension: '', filetype: '', owner: '' };

function scanner(backend: Backend, sources: readonly NamespaceSource[]) {
  const { bytes, failed } = backend.compile(sources);
  assert.equal(failed, false);
  const loaded = backend.load(bytes, { timeoutMs: 10_000, matchesPerPattern: 100 });
  return (content: string | Buffer, variables: Partial<typeof emptyVariables> = {}) =>
    loaded.scan(typeof content === 'string' ? Buffer.from(content) : content, { ...emptyVariables, ...variables });
}
