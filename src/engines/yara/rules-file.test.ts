import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SourceItem, type SourceRule, splitRules } from './rules-file.ts';

const rulesOf = (items: readonly SourceItem[]): SourceRule[] => items.flatMap((item) => (item.kind === 'rule' ? [item.rule] : []));

test('braces, quotes and keywords inside texts, hex strings, regular expressions and comments do not end a rule', () => {
  const source = `import "pe" // import "nothing"
/* rule hidden { condition: true } */
private global rule first : one two {
  meta:
    text = "} rule fake { condition: true }"
  strings:
    $a = "}\\"{ condition:" wide ascii
    $b = { 4D 5A [2-4] ( 01 | 0? ) // } a comment
           /* } */ FF }
    $c = /a\\/}"{2}/is fullword
    $ = "x" xor(0x01-0xff)
  condition:
    $a and $b or $c matches /}/ and any of them // }
}
rule second { condition: first and pe.is_pe }`;
  const items = splitRules(source);
  const [first, second] = rulesOf(items);
  assert.deepEqual(
    items.map((item) => item.kind),
    ['import', 'rule', 'rule'],
  );
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual([first.name, first.line, first.isPrivate, first.isGlobal, first.tags], ['first', 3, true, true, ['one', 'two']]);
  assert.deepEqual(
    first.patterns.map(({ id, kind }) => `${id} ${kind}`),
    ['$a text', '$b hex', '$c regex', '$ text'],
  );
  assert.deepEqual([...(first.patterns[0]?.modifiers ?? [])], ['wide', 'ascii']);
  assert.deepEqual([...(first.patterns[3]?.modifiers ?? [])], ['xor', 'xor()']);
  assert.deepEqual([second.name, second.line, [...second.words]], ['second', 15, ['first', 'and', 'pe']]);
  assert.equal(second.text, 'rule second { condition: first and pe.is_pe }');
  assert.equal(second.text.slice(-1 - second.conditionLength, -1), ' first and pe.is_pe ');
});

test('a rule that cannot be read is a problem at its line, and the next rules are read', () => {
  const items = splitRules(
    ['rule good { condition: true }', 'rule bad { strings: $a = "open', '  condition: $a }', 'garbage', 'rule fine { condition: false }'].join('\n'),
  );
  assert.deepEqual(
    rulesOf(items).map((rule) => rule.name),
    ['good', 'fine'],
  );
  const problem = items.find((item) => item.kind === 'problem');
  assert.deepEqual(problem, { kind: 'problem', line: 2, rule: 'bad', message: 'text without end' });
});

test('a rule without its closing brace takes no other with it', () => {
  const items = splitRules('rule open { condition: true\nrule next { condition: true }\nrule also { strings: $a = { 41 \nrule last { condition: true }');
  assert.deepEqual(
    rulesOf(items).map((rule) => rule.name),
    ['next', 'last'],
  );
  assert.equal(items.filter((item) => item.kind === 'problem').length, 2);
});

test('a hundred thousand lines take time in proportion', () => {
  const good = Array.from({ length: 50_000 }, (_, index) => `rule r${index} { strings: $a = "text ${index}"\n condition: $a and filesize < 10KB }`).join('\n');
  const started = performance.now();
  assert.equal(rulesOf(splitRules(good)).length, 50_000);
  const broken = 'rule b { condition: true\n'.repeat(100_000);
  assert.ok(splitRules(broken).length <= 1002);
  assert.ok(splitRules(`rule c { strings: $a = {${' 41'.repeat(500_000)} } condition: $a }`).length === 1);
  assert.ok(performance.now() - started < 10_000);
});

test('no text makes it throw', () => {
  for (const source of [
    '',
    '/*',
    '"',
    'rule',
    'rule {',
    'rule a {',
    'rule a { condition',
    'rule a { strings: $',
    'import',
    'include',
    '\u0000',
    'private',
    '/',
    'rule a : b',
    'rule a { meta: x = 1 }',
  ]) {
    assert.doesNotThrow(() => splitRules(source), source);
  }
});
