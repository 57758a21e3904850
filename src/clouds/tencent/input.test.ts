import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nestFlat } from '../flat.ts';
import type { Parameters } from '../parameters.ts';
import { isRefusal } from '../refusal.ts';
import { filtersParameter } from './filters.ts';
import type { RawInput } from './input.ts';
import { readInput } from './input.ts';

const table = {
  Id: { kind: 'text', required: true, max: 8 },
  Limit: { kind: 'integer', min: 0, max: 100 },
  All: { kind: 'boolean' },
  Ids: { kind: 'list', max: 3, item: { kind: 'text', max: 8 } },
  Filters: filtersParameter,
} as const satisfies Parameters;

function read(raw: RawInput): unknown {
  const input = readInput(table, raw);
  return isRefusal(input) ? `${input.refused} ${/`(.*)`/.exec(input.message.en)?.[1] ?? ''}` : JSON.parse(JSON.stringify(input));
}

function readFlat(...pairs: readonly [string, string][]): unknown {
  const nested = nestFlat(pairs);
  assert.ok(nested instanceof Map);
  return read(nested as RawInput);
}

test('JSON and flat form of the same input are read alike', () => {
  const json = read({ Id: 'x', Limit: 5, All: true, Ids: ['a', 'b'], Filters: [{ Name: 'n', Values: ['v'], ExactMatch: false }] });
  const flat = readFlat(
    ['Ids.1', 'b'],
    ['Ids.0', 'a'],
    ['Id', 'x'],
    ['Limit', '5'],
    ['All', 'True'],
    ['Filters.0.Name', 'n'],
    ['Filters.0.Values.0', 'v'],
    ['Filters.0.ExactMatch', 'false'],
  );
  assert.deepEqual(json, { Id: 'x', Limit: 5, All: true, Ids: ['a', 'b'], Filters: [{ Name: 'n', Values: ['v'], ExactMatch: false }] });
  assert.deepEqual(flat, json);
});

test('positions of a flat list are ordered by number and may have gaps', () => {
  assert.deepEqual(readFlat(['Id', 'x'], ['Ids.10', 'c'], ['Ids.2', 'a'], ['Ids.7', 'b']), { Id: 'x', Ids: ['a', 'b', 'c'] });
  assert.equal(readFlat(['Id', 'x'], ['Ids.a', 'c']), 'InvalidParameter Ids');
  assert.equal(readFlat(['Id', 'x'], ['Ids', 'c']), 'InvalidParameter Ids');
});

test('null, empty text and empty lists are absent', () => {
  assert.deepEqual(read({ Id: 'x', Limit: null, All: null, Ids: [], Filters: null }), { Id: 'x' });
  assert.deepEqual(readFlat(['Id', 'x'], ['Limit', ''], ['All', ''], ['Ids', ''], ['Filters', '']), { Id: 'x' });
  assert.equal(read({}), 'MissingParameter Id');
  assert.equal(read({ Id: null }), 'MissingParameter Id');
  assert.equal(read({ Id: '' }), 'MissingParameter Id');
  assert.equal(read({ Id: 'x', Filters: [{ Name: 'n', Values: [] }] }), 'MissingParameter Filters.0.Values');
});

test('integers may be decimal text and must be in range', () => {
  assert.deepEqual(read({ Id: 'x', Limit: '10' }), { Id: 'x', Limit: 10 });
  assert.deepEqual(read({ Id: 'x', Limit: -0 }), { Id: 'x', Limit: 0 });
  for (const value of [1.5, '1.0', ' 1', '1e2', '0x10', '९', true, [], {}, Number.POSITIVE_INFINITY, Number.NaN, 2 ** 53]) {
    assert.equal(read({ Id: 'x', Limit: value }), 'InvalidParameter Limit', JSON.stringify(value));
  }
  for (const value of [-1, 101, '101']) assert.equal(read({ Id: 'x', Limit: value }), 'InvalidParameterValue Limit', String(value));
});

test('a value of another type is refused', () => {
  assert.equal(read({ Id: 7 }), 'InvalidParameter Id');
  assert.equal(read({ Id: 'x', All: 1 }), 'InvalidParameter All');
  assert.equal(read({ Id: 'x', Ids: { 0: 'a' } }), 'InvalidParameter Ids');
  assert.equal(read({ Id: 'x', Ids: ['a', null] }), 'InvalidParameter Ids.1');
  assert.equal(read({ Id: 'x', Filters: ['a'] }), 'InvalidParameter Filters.0');
  assert.equal(read({ Id: 'x', Filters: [[]] }), 'InvalidParameter Filters.0');
  assert.equal(readFlat(['Id.0', 'x']), 'InvalidParameter Id');
});

test('texts and lists are bounded, and text must be Unicode', () => {
  assert.equal(read({ Id: 'x'.repeat(9) }), 'InvalidParameterValue Id');
  assert.equal(read({ Id: 'x', Ids: ['', '', '', ''] }), 'InvalidParameterValue Ids');
  assert.equal(read({ Id: '\ud800' }), 'InvalidParameter Id');
});

test('unknown members are refused wherever they stand, names that every object has among them', () => {
  assert.equal(read({ Id: 'x', id: 'x' }), 'UnknownParameter id');
  assert.equal(read({ Id: 'x', Filters: [{ Name: 'n', Values: ['v'], Extra: 1 }] }), 'UnknownParameter Filters.0.Extra');
  assert.equal(read(JSON.parse('{"Id":"x","__proto__":{"Limit":1}}') as RawInput), 'UnknownParameter __proto__');
  assert.equal(read({ Id: 'x', constructor: 1 }), 'UnknownParameter constructor');
  assert.equal(readFlat(['Id', 'x'], ['__proto__.Limit', '1']), 'UnknownParameter __proto__');
  assert.equal(readFlat(['Id', 'x'], ['toString', '1']), 'UnknownParameter toString');
});

test('the message shows at most 128 printable characters of an unknown name', () => {
  const input = readInput(table, { [`${'`\n'.repeat(3)}${'x'.repeat(500)}`]: 1 });
  assert.ok(isRefusal(input));
  assert.match(input.message.en, /^The parameter `\?{6}x{122}…` is not/);
});
