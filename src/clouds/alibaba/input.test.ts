import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Parameters } from '../parameters.ts';
import { isRefusal } from '../refusal.ts';
import { readInput } from './input.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from './page.ts';

const parameters = {
  Name: { kind: 'text', max: 5 },
  Count: { kind: 'integer', min: -1, max: 100 },
  Success: { kind: 'boolean' },
  ScanRange: { kind: 'list', max: 11, item: { kind: 'text', max: 9 } },
  Ids: { kind: 'list', max: 3, item: { kind: 'integer', min: 1, max: 9 } },
  Keys: {
    kind: 'list',
    max: 2,
    item: { kind: 'object', fields: { HashKey: { kind: 'text', max: 5, required: true }, Tags: { kind: 'list', max: 2, item: { kind: 'text', max: 5 } } } },
  },
  Target: { kind: 'object', fields: { Type: { kind: 'text', max: 5 } } },
} as const satisfies Parameters;

/** What was read, without what is absent, or the code. */
function read(pairs: Readonly<Record<string, string>>): unknown {
  const input = readInput(parameters, Object.entries(pairs));
  return isRefusal(input) ? input.refused : JSON.parse(JSON.stringify(input));
}

test('lists come by position from 1, with gaps, as JSON or with commas', () => {
  const wanted = { ScanRange: ['image', 'container'] };
  assert.deepEqual(read({ 'ScanRange.1': 'image', 'ScanRange.2': 'container' }), wanted);
  assert.deepEqual(read({ 'ScanRange.7': 'container', 'ScanRange.3': 'image', 'ScanRange.4': 'null', 'ScanRange.5': '' }), wanted);
  assert.deepEqual(read({ ScanRange: '["image","container"]' }), wanted);
  assert.deepEqual(read({ ScanRange: ' ["image", null, "container"]' }), wanted);
  assert.deepEqual(read({ ScanRange: 'image, container,' }), wanted);
  assert.deepEqual(read({ Ids: '3,1' }), { Ids: [3, 1] });
  assert.deepEqual(read({ Ids: '[3,"1"]' }), { Ids: [3, 1] });
  const ten = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`ScanRange.${at + 1}`, `v${at + 1}`]));
  assert.deepEqual(read(ten), { ScanRange: Array.from({ length: 11 }, (_, at) => `v${at + 1}`) });
  assert.deepEqual(read({ ScanRange: '' }), {});
  assert.deepEqual(read({ ScanRange: '[]' }), {});
  for (const bad of ['["image"', '[1,2],"more":[3]', '["0123456789"]', `[${'1,'.repeat(11)}1]`, '[["a"]]'])
    assert.equal(read({ ScanRange: bad }), 'InvalidScanRange', bad);
  for (const bad of ['ScanRange.x', 'ScanRange.-1', 'ScanRange.', 'ScanRange.1.2', 'ScanRange.1e1', 'ScanRange.__proto__'])
    assert.equal(read({ [bad]: 'a' }), 'InvalidScanRange', bad);
});

test('objects come by member, in lists by position, or as JSON', () => {
  const wanted = { Keys: [{ HashKey: 'a', Tags: ['x', 'y'] }, { HashKey: 'b' }] };
  assert.deepEqual(read({ 'Keys.1.HashKey': 'a', 'Keys.1.Tags.1': 'x', 'Keys.1.Tags.2': 'y', 'Keys.2.HashKey': 'b' }), wanted);
  assert.deepEqual(read({ Keys: '[{"HashKey":"a","Tags":["x","y"]},{"HashKey":"b"}]' }), wanted);
  assert.deepEqual(read({ 'Keys.1': '{"HashKey":"a","Tags":["x","y"]}', 'Keys.2': '{"HashKey":"b","Unknown":1}' }), wanted);
  assert.deepEqual(read({ 'Target.Type': 't', 'Target.Unknown': 'u' }), { Target: { Type: 't' } });
  assert.equal(read({ 'Keys.1.Tags.1': 'x' }), 'MissingHashKey');
  for (const bad of ['[object Object]', '1', '[1]', '["a"]']) assert.equal(read({ Keys: bad }), 'InvalidKeys', bad);
  for (const bad of ['[object Object]', '1', '[]', '{']) assert.equal(read({ Target: bad }), 'InvalidTarget', bad);
  assert.equal(read({ Target: '{}', 'Target.Type': 't' }), 'InvalidTarget');
  assert.deepEqual(read({ Target: '{"__proto__":{"Type":"t"}}' }), { Target: {} });
});

test('numbers are decimal text, booleans of any case; what careless clients write for nothing is absent', () => {
  assert.deepEqual(read({ Count: '007', Success: 'True', Name: 'a' }), { Count: 7, Success: true, Name: 'a' });
  assert.deepEqual(read({ Count: '-1', Success: 'FALSE' }), { Count: -1, Success: false });
  for (const nothing of ['', 'null', 'undefined'])
    assert.deepEqual(read({ Count: nothing, Success: nothing, Name: nothing, ScanRange: nothing, Target: nothing }), {});
  for (const bad of ['1.0', '1e1', ' 1', '0x1', '101', '99999999999999999999', 'NaN']) assert.equal(read({ Count: bad }), 'InvalidCount', bad);
  for (const bad of ['1', 'yes', ' true']) assert.equal(read({ Success: bad }), 'InvalidSuccess', bad);
  assert.equal(read({ Name: '123456' }), 'InvalidName');
});

test('unknown parameters count for nothing, whatever their names are', () => {
  const names = ['RegionId', '__proto__', '__proto__.x', 'constructor.prototype.x', 'toString', 'name', '.', '..', 'a.b.c.d.e.f.g.h.i.j.k', '中.1', ''];
  assert.deepEqual(read(Object.fromEntries(names.map((name) => [name, 'x']))), {});
  assert.equal(({} as { readonly x?: unknown }).x, undefined);
});

test('nested bombs are refused and cost nothing', () => {
  const started = performance.now();
  const size = 1024 * 1024;
  const bombs = ['['.repeat(size), '['.repeat(size / 2) + ']'.repeat(size / 2), `[${'{"a":'.repeat(1000)}`, `[${'1,'.repeat(size / 2)}1]`, ','.repeat(size)];
  for (const bomb of bombs) assert.equal(read({ ScanRange: bomb }), 'InvalidScanRange', bomb.slice(0, 20));
  assert.equal(read({ 'Target.a.b.c.d.e.f.g.h.i': 'x' }), 'InvalidTarget');
  assert.equal(read(Object.fromEntries(Array.from({ length: 16_000 }, (_, at) => [`Ids.${at}`, '1']))), 'InvalidIds');
  assert.ok(performance.now() - started < 2000);
});

test('no pairs whatever make it fail', () => {
  const name = fc.array(fc.constantFrom(...Object.keys(parameters), '1', '2', '', '__proto__', 'HashKey', 'Type', '-1', '999999999'), {
    minLength: 1,
    maxLength: 9,
  });
  const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.json({ maxDepth: 3 }));
  fc.assert(
    fc.property(
      fc.dictionary(
        name.map((parts) => parts.join('.')),
        value,
      ),
      (pairs) => {
        const input = readInput(parameters, Object.entries(pairs));
        if (isRefusal(input)) assert.match(input.refused, /^(?:Missing|Invalid)\w+$/);
      },
    ),
    { numRuns: 2000 },
  );
});

test('pages are numbered from 1 with 20 rows unless said otherwise, both as text', () => {
  const table = { CurrentPage: currentPageParameter, PageSize: pageSizeParameter };
  const page = (pairs: Readonly<Record<string, string>>): unknown => {
    const input = readInput(table, Object.entries(pairs));
    return isRefusal(input) ? input.refused : [readPage(input), pageInfo(input, { total: 7, rows: [1, 2] })];
  };
  assert.deepEqual(page({}), [
    { offset: 0, limit: 20 },
    { CurrentPage: 1, PageSize: 20, TotalCount: 7, Count: 2 },
  ]);
  assert.deepEqual(page({ CurrentPage: '3', PageSize: '100' }), [
    { offset: 200, limit: 100 },
    { CurrentPage: 3, PageSize: 100, TotalCount: 7, Count: 2 },
  ]);
  assert.equal(page({ PageSize: '101' }), 'InvalidPageSize');
  assert.equal(page({ PageSize: '0' }), 'InvalidPageSize');
  assert.equal(page({ CurrentPage: '0' }), 'InvalidCurrentPage');
  assert.equal(page({ CurrentPage: '2147483648' }), 'InvalidCurrentPage');
});
