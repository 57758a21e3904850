import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Declarations, readClasses, readInterfaces, readTable } from './declarations.ts';
import { misfits } from './misfits.ts';
import { type Answered, contradictions, observe } from './observe.ts';
import { containerSecurity } from './tencent/container-security.ts';

const typed = readInterfaces(
  'export interface Row {\n /** x */ Name?: string;\n Size?: number;\n Share?: number;\n}\nexport interface Answer { Rows?: Array<Row>; On: boolean; }\n',
);
const commented = readClasses(
  `class Row extends AbstractModel { constructor(){ super();
    /** x\n * @type {string || null} */ this.Name = null; /** @type {number || null} */ this.Size = null; /** @type {number || null} */ this.Share = null; } }
class Answer extends AbstractModel { constructor(){ super();\n /** @type {Array.<Row> || null}\n */\n this.Rows = null;\n /** @type {boolean || null} */ this.On = null; } }`.replaceAll(
    ' }\nclass',
    '}\nclass',
  ),
);
const written = readTable({ Row: 'Name s, Size i32, Share i64', Answer: 'Rows []Row, On b!' });

test('the declarations of the official SDKs are read as a whole', () => {
  const [chinese, international] = containerSecurity.clients.map(({ declarations }) => declarations);
  for (const declarations of [chinese, international]) {
    const list = { name: 'List', type: { kind: 'list', item: { kind: 'object', name: 'ImageVirusInfo' } }, required: false };
    assert.deepEqual(declarations?.get('DescribeAssetImageVirusListResponse')?.get('List'), list);
    assert.ok(declarations !== undefined && declarations.size > 500);
  }
  assert.equal(chinese?.get('DescribeAssetImageVirusListRequest')?.get('ImageID')?.required, true);
});

test('declarations are read alike in every form', () => {
  const plain = (declarations: Declarations): unknown =>
    [...declarations].map(([name, fields]) => [name, [...fields.values()].map((field) => [field.name, field.type.kind.replace(/^i\d\d$/, 'number')])]);
  assert.deepEqual(plain(commented), plain(typed));
  assert.deepEqual(plain(written), plain(typed));
  assert.throws(() => readInterfaces('export interface A { B: string | number }'));
  assert.throws(() => readTable({ A: 'B' }));
});

test('every kind of misfit is told with its place', () => {
  const check = (value: unknown, declarations = typed): readonly string[] => misfits({ declarations, floats: new Set(['Share']) }, value, 'Answer');
  assert.deepEqual(check({ Rows: [{ Name: 'a', Size: 1, Share: 0.5 }], On: false }), []);
  assert.deepEqual(check({ Rows: null, On: true }), []);
  const broken: [unknown, RegExp][] = [
    [{}, /Answer\.On: missing/],
    [{ On: 'true' }, /Answer\.On: string, not boolean/],
    [{ On: true, Rows: {} }, /Answer\.Rows: no list/],
    [{ On: true, Rows: [1] }, /Answer\.Rows\[0\]: no object/],
    [{ On: true, Rows: [{ Size: 1.5 }] }, /Rows\[0\]\.Size: 1\.5 is no whole number/],
    [{ On: true, Rows: [{ Size: '1' }] }, /Rows\[0\]\.Size: string, not number/],
    [{ On: true, Rows: [{ Name: 1 }] }, /Rows\[0\]\.Name: number, not string/],
    [{ On: true, More: 1 }, /Answer\.More: not declared/],
  ];
  for (const [value, wanted] of broken) {
    const found = check(value);
    assert.equal(found.length, 1, JSON.stringify(value));
    assert.match(found[0] ?? '', wanted);
  }
  assert.match(check({ On: true, Rows: [{ Size: 2 ** 31 }] }, written)[0] ?? '', /no whole number of 32 bits/);
  assert.deepEqual(check({ On: true, Rows: [{ Share: 2 ** 31 }] }, written), []);
});

test('fields that never change, and reasons that are not true, are told', () => {
  const declarations = readTable({ ShowResponse: 'RequestId s, Rows []Row, Total i32, State s', Row: 'Name s, Size i64, Kind s' });
  const answered: Answered = {
    declarations,
    action: 'Show',
    silent: new Map([
      ['Row.Size', 'x'],
      ['Show: Rows[].Kind', 'x'],
    ]),
  };
  const look = (answers: readonly object[]): readonly string[] => {
    const seen = new Map<string, Set<string>>();
    for (const answer of answers) observe(answered, answer, seen);
    return contradictions(answered, seen);
  };
  const row = (Name: string, Size: number) => ({ Name, Size, Kind: 'k' });
  assert.deepEqual(
    look([
      { Rows: [row('a', 0), row('b', 0)], Total: 2, State: 'on' },
      { Rows: [], Total: 0 },
    ]),
    [],
  );
  assert.deepEqual(
    look([
      { Rows: [row('a', 0), row('b', 1)], Total: 2, State: 'on' },
      { Total: 1, State: 'on' },
    ]),
    ['Show: Rows[].Size has a reason to say nothing, and said nothing, 1', 'Show: State was always "on"'],
  );
  assert.deepEqual(look([{ Rows: [], Total: 0, State: '' }, { State: 'on' }]), ['Show: Rows[].Name was never seen', 'Show: Total was always nothing']);
});
