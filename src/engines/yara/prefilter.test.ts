import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from './literals.ts';
import { Prefilter, placeLiterals } from './prefilter.ts';

function prefilterOf(literals: readonly string[]): { filter: Prefilter; placed: readonly string[] } {
  const places = placeLiterals(literals);
  const placed = literals.flatMap((bytes, index) => (places[index] === undefined ? [] : [{ bytes, place: places[index] }]));
  return { filter: new Prefilter(placed), placed: placed.map(({ bytes }) => bytes) };
}

function foldedText(content: Buffer): string {
  return Buffer.from(content.map(fold)).toString('latin1');
}

const byte = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 0x20, 0x41, 0x61, 0x62, 0x63, 0x80, 0xff) }, fc.nat({ max: 255 }));
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> => fc.array(byte, { minLength, maxLength }).map((all) => Buffer.from(all));

test('exactly the literals that a content holds are found, wherever they stand and wherever the content lies in memory', () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.uniqueArray(bytes(4, 40), { minLength: 1, maxLength: 30, selector: foldedText }),
      fc.infiniteStream(fc.nat()),
      fc.nat({ max: 9 }),
      (all, random, shift) => {
        const { filter, placed } = prefilterOf(all.map(foldedText));
        const pick = (below: number): number => (random.next().value as number) % below;
        for (let round = 0; round < 5; round++) {
          const parts = Array.from({ length: pick(6) }, () => [Buffer.alloc(pick(9), pick(256)), all[pick(all.length)] ?? Buffer.alloc(0)]).flat();
          const joined = Buffer.concat([...parts, Buffer.alloc(pick(5), 0x61)]);
          const memory = Buffer.concat([Buffer.alloc(shift), joined]);
          const content = memory.subarray(shift);
          const eager = new Set([...filter.search(content)].map((number) => placed[number]));
          for (const [number, literal] of placed.entries()) {
            const isHeld = foldedText(content).includes(literal);
            assert.equal(filter.has(number, content), isHeld, `${JSON.stringify(literal)} in ${content.toString('hex')} at ${shift}`);
            if (literal.length >= 7) assert.equal(eager.has(literal), isHeld);
            if (isHeld) found++;
          }
        }
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(found > 1000, `only ${found} were found`);
});

test('literals of which nothing is rare, and those that too many others are like, are not looked for', () => {
  const [zeros, ...rest] = placeLiterals([
    ' '.repeat(20),
    ...Array.from({ length: 400 }, (_, index) => `same words ${String.fromCharCode(0x80 + (index % 100))}${Math.floor(index / 100)}`),
  ]);
  assert.equal(zeros, undefined);
  assert.ok(rest.some((place) => place !== undefined));
});

test('a content made to meet one key over and over is searched in a bounded time', () => {
  const { filter } = prefilterOf(Array.from({ length: 5000 }, (_, index) => `aaaabcd${String.fromCharCode(0xa0 + (index % 90))}${index}`));
  const content = Buffer.from('aaaabcd'.repeat(1_000_000));
  const before = performance.now();
  filter.search(content);
  assert.ok(performance.now() - before < 10_000);
});
