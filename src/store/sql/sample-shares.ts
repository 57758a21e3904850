import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ShareBook } from './share-book.ts';

/** What some images together have of a sample. */
export interface SampleShare {
  readonly sampleId: number;
  /** Images in which it is open or allowed; where it is fixed in all of them, those that had it. */
  readonly images: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** 3 open in any image, else 2 allowed in any, else 1. */
  readonly best: number;
}

export interface ShareRequest {
  /** Marks of the images that count. */
  readonly images: Uint8Array;
  /** The samples that count; undefined for all. */
  readonly samples: readonly number[] | undefined;
  /** Ids of the names that they may have; undefined for all. */
  readonly names: ReadonlySet<number> | undefined;
  /** How bad they may be; undefined for all. */
  readonly severities: ReadonlySet<number> | undefined;
  /** The best states that are asked for; undefined for all. */
  readonly bests: ReadonlySet<number> | undefined;
  readonly order: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
}

/** A page of the samples in some images, by the time they were seen last there, equal ones by their ids; and how many there are. */
export function sampleShares(book: ShareBook, request: ShareRequest): { readonly total: number; readonly rows: readonly SampleShare[] } {
  const { order, offset, limit } = request;
  const ranks = latestRanks(book, request.images, wantedSamples(book, request));
  const ofRank = countRanks(ranks, book.scratch.words('counts', book.table.rankCount + 1));
  const total = ranks.length - (ofRank[0] as number);
  const end = Math.min(total, offset + limit);
  if (offset >= end) return { total, rows: [] };
  const [from, to] = order === 'desc' ? [offset, end] : [total - end, total - offset];
  const page = pageOf(book, ranks, { ofRank, from, to });
  return { total, rows: addUp(book, request.images, order === 'desc' ? page : page.toReversed()) };
}

/** So often that V8 compiles what goes through all samples; until then a page takes five times as long. */
const runs = 12;

/** Makes some pages for nobody, so that the first ones that are asked for are no slower than those that follow. */
export async function runIn(book: ShareBook): Promise<void> {
  const all = book.allImages();
  const some = all.map((mark, slot) => (slot % 8 === 0 ? mark : 0));
  for (let run = 0; run < runs; run++) {
    const isNarrow = run % 2 === 0;
    const severities = isNarrow ? new Set([0, 1, 2]) : undefined;
    const names = isNarrow ? new Set(book.samples.nameIds.slice(0, 100)) : undefined;
    for (const images of [all, some]) {
      sampleShares(book, { images, samples: undefined, names, severities, bests: undefined, order: 'desc', offset: run, limit: 20 });
      await nextTurn();
    }
  }
}

// How many samples have each rank, and at 0 how many do not count.
function countRanks(ranks: Uint32Array, counts: Uint32Array): Uint32Array {
  for (let place = 0; place < ranks.length; place++) counts[ranks[place] as number] = (counts[ranks[place] as number] as number) + 1;
  return counts;
}

// By place: 1 for a sample that counts.
function wantedSamples(book: ShareBook, { samples, names, severities, bests, images }: ShareRequest): Uint8Array {
  const { ids, nameIds, severities: known } = book.samples;
  const wanted = book.scratch.bytes('wanted', ids.length).fill(samples === undefined ? 1 : 0);
  for (const id of samples ?? []) {
    const place = book.placeOf(id);
    if (place !== undefined) wanted[place] = 1;
  }
  const keep = (values: ArrayLike<number>, chosen: ReadonlySet<number>): void => {
    let most = 0;
    for (const value of chosen) most = Math.max(most, value);
    const isChosen = new Uint8Array(most + 1);
    for (const value of chosen) isChosen[value] = 1;
    for (let place = 0; place < wanted.length; place++) if (isChosen[values[place] as number] !== 1) wanted[place] = 0;
  };
  if (names !== undefined) keep(nameIds, names);
  if (severities !== undefined) keep(known, severities);
  if (bests !== undefined) keep(bestStates(book, images), bests);
  return wanted;
}

function bestStates({ table: { order, slots, starts, ends, pairs }, samples, scratch }: ShareBook, images: Uint8Array): Uint8Array {
  const best = scratch.bytes('best', samples.ids.length);
  for (const group of order) {
    if (images[slots[group] as number] !== 1) continue;
    const { places, bests } = pairs;
    for (let index = starts[group] as number; index < (ends[group] as number); index++) {
      const place = places[index] as number;
      if ((bests[index] as number) > (best[place] as number)) best[place] = bests[index] as number;
    }
  }
  return best;
}

// By place: 0 for a sample that does not count, else one more than the rank of the group by which it was seen last.
function latestRanks(book: ShareBook, images: Uint8Array, wanted: Uint8Array): Uint32Array {
  const { order, slots, ranks, starts: groupStarts, ends, pairs, lists, apart } = book.table;
  const { places } = pairs;
  const latest = book.scratch.words('latest', wanted.length);
  const lookAt = (groups: Uint32Array): void => {
    for (let index = 0; index < groups.length; index++) {
      const group = groups[index] as number;
      if (images[slots[group] as number] !== 1) continue;
      const rank = (ranks[group] as number) + 1;
      const end = ends[group] as number;
      for (let at = groupStarts[group] as number; at < end; at++) {
        const place = places[at] as number;
        if (wanted[place] === 1 && rank > (latest[place] as number)) latest[place] = rank;
      }
    }
  };
  if (!isListed(book, images, wanted)) {
    lookAt(order);
    return latest;
  }
  const { starts, numbers } = lists;
  for (let place = 0; place < starts.length - 1; place++) {
    if (wanted[place] === 0) continue;
    const start = starts[place] as number;
    for (let at = (starts[place + 1] as number) - 1; at >= start; at--) {
      const group = numbers[at] as number;
      if (images[slots[group] as number] !== 1) continue;
      latest[place] = (ranks[group] as number) + 1;
      break;
    }
  }
  lookAt(apart);
  return latest;
}

// Whether less is looked at when the samples are gone through, each until an image that counts has it, than when the images are.
function isListed({ table: { order, slots, totals } }: ShareBook, images: Uint8Array, wanted: Uint8Array): boolean {
  let samples = 0;
  for (let place = 0; place < wanted.length; place++) samples += wanted[place] as number;
  let all = 0;
  let chosen = 0;
  for (let index = 0; index < order.length; index++) {
    const group = order[index] as number;
    const total = totals[group] as number;
    all += total;
    chosen += total * (images[slots[group] as number] ?? 0);
  }
  return samples * all < chosen * chosen;
}

interface Ranked {
  readonly place: number;
  readonly rank: number;
}

// The samples from one position to another, those seen last first.
function pageOf(
  book: ShareBook,
  ranks: Uint32Array,
  { ofRank, from, to }: { readonly ofRank: Uint32Array; readonly from: number; readonly to: number },
): readonly Ranked[] {
  const { ids } = book.samples;
  let newest = ofRank.length - 1;
  let before = 0;
  while (before + (ofRank[newest] as number) <= from) before += ofRank[newest--] as number;
  let oldest = newest;
  for (let count = before + (ofRank[oldest] as number); count < to; count += ofRank[oldest] as number) oldest -= 1;
  const near: Ranked[] = [];
  for (let place = 0; place < ranks.length; place++) {
    const rank = ranks[place] as number;
    if (rank >= oldest && rank <= newest) near.push({ place, rank });
  }
  near.sort((left, right) => right.rank - left.rank || (ids[right.place] as number) - (ids[left.place] as number));
  return near.slice(from - before, to - before);
}

interface Sum {
  ever: number;
  present: number;
  best: number;
  first: number;
  last: number;
}

function addUp(book: ShareBook, images: Uint8Array, page: readonly Ranked[]): readonly SampleShare[] {
  const { slots, seens, starts, ends, pairs, lists, apart } = book.table;
  const { places, bests, firsts } = pairs;
  const isShown = book.scratch.bytes('shown', book.samples.ids.length);
  for (const { place } of page) isShown[place] = 1;
  const shown = new Map(page.map(({ place }): [number, Sum] => [place, { ever: 0, present: 0, best: 0, first: Number.POSITIVE_INFINITY, last: 0 }]));
  const add = (sum: Sum, group: number, { best, first }: { readonly best: number; readonly first: number }): void => {
    sum.ever += 1;
    if (best > 1) sum.present += 1;
    sum.best = Math.max(sum.best, best);
    sum.first = Math.min(sum.first, first);
    sum.last = Math.max(sum.last, seens[group] as number);
  };
  for (const [place, sum] of shown) {
    for (let at = lists.starts[place] ?? 0; at < (lists.starts[place + 1] ?? 0); at++) {
      const group = lists.numbers[at] as number;
      if (images[slots[group] as number] === 1) add(sum, group, { best: lists.bests[at] as number, first: lists.firsts[at] as number });
    }
  }
  for (const group of apart) {
    if (images[slots[group] as number] !== 1) continue;
    for (let index = starts[group] as number; index < (ends[group] as number); index++) {
      if (isShown[places[index] as number] === 0) continue;
      add(shown.get(places[index] as number) as Sum, group, { best: bests[index] as number, first: firsts[index] as number });
    }
  }
  return page.map(({ place }) => {
    const { ever, present, best, first, last } = shown.get(place) as Sum;
    return { sampleId: book.samples.ids[place] as number, images: present > 0 ? present : ever, firstSeen: first, lastSeen: last, best };
  });
}
