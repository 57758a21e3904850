import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countWidth } from './alike.ts';
import { GroupTable } from './group-table.ts';
import { type SampleShare, sampleShares } from './sample-shares.ts';
import { createScratch } from './scratch.ts';
import type { ShareBook } from './share-book.ts';

const images = 40;
const samples = 25;

/** What an image had of a sample. */
const pair = fc.record({ place: fc.nat({ max: samples - 1 }), best: fc.integer({ min: 1, max: 3 }), first: fc.nat({ max: 50 }), isOlder: fc.boolean() });
const early = fc.integer({ min: 100, max: 120 });
const pairsOf = (minLength: number, maxLength: number) => fc.uniqueArray(pair, { selector: ({ place }) => place, minLength, maxLength });
/** So many that a change of one image is little beside them. */
const before = fc.array(fc.record({ seen: early, pairs: pairsOf(8, samples) }), { minLength: images, maxLength: images });
const change = fc.record({ image: fc.integer({ min: 1, max: images }), seen: fc.integer({ min: 100, max: 200 }), pairs: pairsOf(0, 4) });
type Image = typeof change extends fc.Arbitrary<infer T> ? T : never;

const few = fc.option(fc.uniqueArray(fc.nat({ max: samples - 1 }), { maxLength: 12 }), { nil: undefined, freq: 1 });
const asked = fc.record({
  without: fc.uniqueArray(fc.integer({ min: 1, max: images }), { maxLength: images }),
  samples: few,
  names: few,
  severities: few,
  bests: fc.option(fc.constantFrom<readonly number[]>([3], [1, 2]), { nil: undefined, freq: 1 }),
  order: fc.constantFrom('asc' as const, 'desc' as const),
  offset: fc.nat({ max: 30 }),
  limit: fc.nat({ max: 30 }),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

const idOf = (place: number): number => 100 + ((place * 7) % samples);
const nameOf = (place: number): number => place % 7;
const severityOf = (place: number): number => place % 5;

function bookOf(table: GroupTable): ShareBook {
  const places = Array.from({ length: samples }, (_, place) => place);
  const marks = new Uint8Array(images + 1).fill(1);
  marks[0] = 0;
  return {
    table,
    scratch: createScratch(),
    samples: { ids: places.map(idOf), severities: places.map(severityOf), nameIds: places.map(nameOf) },
    placeOf: (id) => places.find((place) => idOf(place) === id),
    allImages: () => marks.slice(),
    mark: () => marks,
    tags: () => Promise.reject(new Error('not asked for')),
  };
}

// An image has two groups: what it has still, and what it had before.
function put(table: GroupTable, { image, seen, pairs }: Image): void {
  const groupOf = (isOlder: boolean) => {
    const chosen = pairs.filter((one) => one.isOlder === isOlder);
    return {
      seen: isOlder ? seen - 50 : seen,
      stored: isOlder ? seen - 50 : 2 ** 52,
      total: chosen.length,
      counts: new Int32Array(countWidth),
      pairs: {
        places: chosen.map(({ place }) => place),
        bests: chosen.map(({ best }) => best),
        firsts: chosen.map(({ first }) => first),
        alikes: chosen.map(() => 0),
      },
    };
  };
  table.replace(
    { key: image * 10, slot: image },
    [true, false].map(groupOf).filter(({ total }) => total > 0),
  );
}

function search(known: readonly Image[], request: Asked): { readonly total: number; readonly rows: readonly SampleShare[] } {
  const shares: SampleShare[] = [];
  for (let place = 0; place < samples; place++) {
    const found = known
      .filter(({ image }) => !request.without.includes(image))
      .flatMap(({ seen, pairs }) => pairs.filter((one) => one.place === place).map((one) => ({ ...one, last: one.isOlder ? seen - 50 : seen })));
    if (found.length === 0 || request.samples?.includes(idOf(place)) === false) continue;
    if (request.names?.includes(nameOf(place)) === false || request.severities?.includes(severityOf(place)) === false) continue;
    const best = Math.max(...found.map((one) => one.best));
    if (request.bests?.includes(best) === false) continue;
    shares.push({
      sampleId: idOf(place),
      images: best > 1 ? found.filter((one) => one.best > 1).length : found.length,
      firstSeen: Math.min(...found.map(({ first }) => first)),
      lastSeen: Math.max(...found.map(({ last }) => last)),
      best,
    });
  }
  const sign = request.order === 'asc' ? 1 : -1;
  shares.sort((left, right) => sign * (left.lastSeen - right.lastSeen || left.sampleId - right.sampleId));
  return { total: shares.length, rows: shares.slice(request.offset, request.offset + request.limit) };
}

test('pages of samples are what a search through all images gives, after any changes and for any choice of images', () => {
  fc.assert(
    fc.property(before, fc.array(change, { minLength: 5, maxLength: 20 }), fc.array(asked, { minLength: 1, maxLength: 8 }), (first, changes, requests) => {
      const table = new GroupTable();
      const known = new Map<number, Image>();
      const take = (one: Image): void => {
        put(table, one);
        known.set(one.image, one);
      };
      for (const [index, one] of first.entries()) take({ ...one, image: index + 1 });
      for (const one of [undefined, ...changes]) {
        if (one !== undefined) take(one);
        table.settle(samples);
        compare(bookOf(table), [...known.values()], requests);
      }
    }),
    { numRuns: 60 },
  );
});

function compare(book: ShareBook, known: readonly Image[], requests: readonly Asked[]): void {
  const wanted = (list: readonly number[] | undefined) => (list === undefined ? undefined : new Set(list));
  for (const request of requests) {
    const marks = book.allImages();
    for (const image of request.without) marks[image] = 0;
    const { names, severities, bests } = request;
    const given = sampleShares(book, { ...request, images: marks, names: wanted(names), severities: wanted(severities), bests: wanted(bests) });
    assert.deepEqual(given, search(known, request));
  }
}
