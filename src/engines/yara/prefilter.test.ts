import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from './literals.ts';
import { Prefilter, placeLiterals } from './prefilter.ts';

function prefilterOf(literals: readonly string[]): { filter: Prefilter; placed: readonly string[] } {
  const places = placeLiterals(literals);
  const placed = literals.flatMap((bytes, index) => (places[index] === undefined ? [] : [{ bytes, place: places[index] }]));
  return { filter: new Prefilter(placed, new Set(placed.keys())), placed: placed.map(({ bytes }) => bytes) };
}

function foldedText(content: Buffer): string {
  return Buffer.from(content.map(fold)).toString('latin1');
}

function placesIn(text: string, literal: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) places.push(at);
  return places;
}

const byte = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 0x20, 0x41, 0x61, 0x62, 0x63, 0x80, 0xff) }, fc.nat({ max: 255 }));
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> => fc.array(byte, { minLength, maxLength }).map((all) => Buffer.from(all));

test('exactly the literals that a content holds are found, wherever they stand and wherever the content lies in memory', () => {
  let held = 0;
  fc.assert(
    fc.property(
      fc.uniqueArray(bytes(3, 40), { minLength: 1, maxLength: 30, selector: foldedText }),
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
          const found = new Set([...filter.search(content)].map((number) => placed[number]));
          for (const [number, literal] of placed.entries()) {
            const isHeld = foldedText(content).includes(literal);
            assert.equal(filter.has(number), isHeld, `${JSON.stringify(literal)} in ${content.toString('hex')} at ${shift}`);
            assert.equal(found.has(literal), isHeld);
            assert.deepEqual(filter.placesOf(number), placesIn(foldedText(content), literal));
            if (isHeld) held++;
          }
        }
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(held > 1000, `only ${held} were found`);
});

test('literals are found across the pieces in which a content is looked through', () => {
  const { filter } = prefilterOf(['abc', 'abcdefgh', 'some longer words that are rare']);
  for (const at of [32_765, 32_766, 32_767, 32_768, 65_530, 65_535]) {
    const content = Buffer.alloc(at + 40);
    for (const [number, text] of ['abc', 'abcdefgh', 'some longer words that are rare'].entries()) {
      content.fill(0).write(text, at);
      filter.search(content);
      assert.deepEqual(filter.placesOf(number), [at], `${text} at ${at}`);
    }
  }
});

test('where a literal stands too often its places are not told', () => {
  const { filter } = prefilterOf(['often']);
  filter.search(Buffer.from('often '.repeat(50_000)));
  assert.equal(filter.has(0), true);
  assert.equal(filter.placesOf(0), undefined);
  filter.search(Buffer.from('often'));
  assert.deepEqual(filter.placesOf(0), [0]);
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
