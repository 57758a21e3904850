import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DigestTable, largestSize } from './digest-table.ts';

const digest = (...bytes: number[]) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(16)], 16);

test('an empty table finds nothing', () => {
  const table = new DigestTable(16);
  table.seal();
  assert.equal(table.find(digest(1), 0), undefined);
  assert.equal(table.length, 0);
});

test('digests that share their first four bytes are told apart', () => {
  const table = new DigestTable(16);
  for (let last = 9; last >= 0; last--) table.add(digest(1, 2, 3, 4, last), { size: undefined, name: last, severity: 1 });
  table.seal();
  for (let last = 0; last < 10; last++) assert.equal(table.find(digest(1, 2, 3, 4, last), 5)?.name, last);
  assert.equal(table.find(digest(1, 2, 3, 4, 10), 5), undefined);
});

test('the first and the last possible digest are found', () => {
  const table = new DigestTable(16);
  const last = Buffer.alloc(16, 255);
  table.add(last, { size: undefined, name: 2 ** 32 - 1, severity: 4 });
  table.add(digest(), { size: largestSize, name: 0, severity: 0 });
  table.seal();
  assert.deepEqual(table.find(last, 1), { size: undefined, name: 2 ** 32 - 1, severity: 4 });
  assert.deepEqual(table.find(digest(), largestSize), { size: largestSize, name: 0, severity: 0 });
});

test('an entry with a size matches that size alone, and the entry added first wins', () => {
  const table = new DigestTable(16);
  table.add(digest(7), { size: 10, name: 1, severity: 0 });
  table.add(digest(7), { size: undefined, name: 2, severity: 0 });
  table.add(digest(7), { size: undefined, name: 3, severity: 0 });
  table.seal();
  assert.equal(table.find(digest(7), 10)?.name, 1);
  assert.equal(table.find(digest(7), 11)?.name, 2);
});

test('a digest of another width is never found', () => {
  const table = new DigestTable(16);
  table.add(digest(7), { size: undefined, name: 1, severity: 0 });
  table.seal();
  assert.equal(table.find(Buffer.concat([digest(7), Buffer.alloc(4)]), 0), undefined);
  assert.equal(table.find(Buffer.alloc(0), 0), undefined);
});

test('a table of several blocks finds what a map finds', () => {
  const table = new DigestTable(16);
  const bytes = (number: number) => {
    const buffer = Buffer.alloc(16);
    buffer.writeUInt32BE(Math.imul(number, 2_654_435_761) >>> 0, 0);
    return buffer;
  };
  for (let number = 0; number < 70_000; number++) table.add(bytes(number), { size: undefined, name: number, severity: 0 });
  table.seal();
  for (let number = 0; number < 70_000; number++) assert.equal(table.find(bytes(number), 0)?.name, number);
  for (let number = 70_000; number < 80_000; number++) assert.equal(table.find(bytes(number), 0), undefined);
});

test('any set of digests is found, and nothing else', () => {
  const short = fc.uint8Array({ minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(fc.array(short), short, (listed, asked) => {
      const table = new DigestTable(16);
      listed.forEach((bytes, name) => table.add(digest(...bytes), { size: undefined, name, severity: 0 }));
      table.seal();
      const expected = listed.findIndex((bytes) => Buffer.compare(bytes, asked) === 0);
      assert.equal(table.find(digest(...asked), 0)?.name, expected < 0 ? undefined : expected);
    }),
    { numRuns: 200, seed: 1 },
  );
});
