import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestName, NameTable } from './name-table.ts';

test('names come back as they were, over many blocks', () => {
  const table = new NameTable();
  const names = Array.from({ length: 3000 }, (_, index) => `Имя.木马.${index}.${'x'.repeat(index % 900)}`);
  const places = names.map((name) => table.add(name));
  table.seal();
  assert.deepEqual(
    places.map((place) => table.read(place)),
    names,
  );
});

test('a name that repeats is stored once', () => {
  const table = new NameTable();
  assert.equal(table.add('Linux.Trojan.Mirai'), table.add('Linux.Trojan.Mirai'));
  assert.notEqual(table.add('Linux.Trojan.Mirai'), table.add('Linux.Trojan.Gafgyt'));
});

test('the empty name and the longest name are stored, a longer one is refused', () => {
  const table = new NameTable();
  const longest = 'n'.repeat(longestName);
  const places = [table.add(''), table.add(longest)];
  table.seal();
  assert.deepEqual(
    places.map((place) => table.read(place)),
    ['', longest],
  );
  assert.throws(() => new NameTable().add(`${longest}n`), RangeError);
});
