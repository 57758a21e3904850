import type { FindingGroup, ShareBook } from './share-book.ts';

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
  /** The images that count. */
  readonly images: ReadonlySet<number>;
  /** The samples that count; undefined for all. */
  readonly samples: readonly number[] | undefined;
  /** How bad they may be. */
  readonly severities: ReadonlySet<number>;
  /** The best states that are asked for. */
  readonly bests: ReadonlySet<number>;
  readonly order: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
}

/** A page of the samples in some images, by the time they were seen last there, equal ones by their ids; and how many there are. */
export function sampleShares(book: ShareBook, request: ShareRequest): { readonly total: number; readonly rows: readonly SampleShare[] } {
  const { order, offset, limit } = request;
  const { places, times, length } = newestFirst(book, request, unwanted(book, request));
  const end = Math.min(length, offset + limit);
  if (offset >= end) return { total: length, rows: [] };
  const [from, to] = order === 'desc' ? [offset, end] : [length - end, length - offset];
  // Those of one time stand in the order in which the images were gone through.
  let [first, behind] = [from, to];
  while (first > 0 && times[first - 1] === times[from]) first -= 1;
  while (behind < length && times[behind] === times[to - 1]) behind += 1;
  const near = Array.from({ length: behind - first }, (_, index) => first + index).sort(
    (left, right) => (times[right] as number) - (times[left] as number) || idAt(book, places[right]) - idAt(book, places[left]),
  );
  const page = near.slice(from - first, to - first).map((at) => ({ place: places[at] as number, last: times[at] as number }));
  return { total: length, rows: addUp(book, request.images, order === 'desc' ? page : page.reverse()) };
}

function idAt(book: ShareBook, place: number | undefined): number {
  return book.sampleIds[place ?? -1] ?? 0;
}

// By place: 1 for a sample that does not count.
function unwanted(book: ShareBook, { samples, severities, bests, images }: ShareRequest): Uint8Array {
  const size = book.sampleIds.length;
  const out = new Uint8Array(size);
  if (samples !== undefined) {
    out.fill(1);
    for (const id of samples) {
      const place = book.placeOf(id);
      if (place !== undefined) out[place] = 0;
    }
  }
  if (severities.size < severitiesCount) for (let place = 0; place < size; place++) if (!severities.has(book.severities[place] ?? 0)) out[place] = 1;
  if (bests.size < bestsCount) {
    const best = bestStates(book, images);
    for (let place = 0; place < size; place++) if (!bests.has(best[place] ?? 0)) out[place] = 1;
  }
  return out;
}

const severitiesCount = 5;
const bestsCount = 3;

function bestStates({ groups, line, sampleIds }: ShareBook, images: ReadonlySet<number>): Uint8Array {
  const best = new Uint8Array(sampleIds.length);
  const { starts, places, bests } = line;
  for (let index = 0; index < groups.length; index++) {
    if (!images.has((groups[index] as FindingGroup).imageKey)) continue;
    for (let at = starts[index] as number; at < (starts[index + 1] as number); at++) {
      const place = places[at] as number;
      if ((bests[at] as number) > (best[place] as number)) best[place] = bests[at] as number;
    }
  }
  return best;
}

interface Line {
  readonly places: Uint32Array;
  readonly times: Float64Array;
  readonly length: number;
}

// Going back in time, the first image that has a sample is the one in which it was seen last. `done` tells what needs no look any more.
function newestFirst({ groups, line }: ShareBook, { images }: ShareRequest, done: Uint8Array): Line {
  const found = new Uint32Array(done.length);
  const times = new Float64Array(done.length);
  const { starts, places } = line;
  let length = 0;
  for (let index = groups.length - 1; index >= 0; index--) {
    const { imageKey, seen } = groups[index] as FindingGroup;
    if (!images.has(imageKey)) continue;
    const end = starts[index + 1] as number;
    for (let at = starts[index] as number; at < end; at++) {
      const place = places[at] as number;
      if (done[place] === 1) continue;
      done[place] = 1;
      found[length] = place;
      times[length++] = seen;
    }
  }
  return { places: found, times, length };
}

interface Sum {
  ever: number;
  present: number;
  best: number;
  first: number;
}

function addUp(
  { groups, line, sampleIds }: ShareBook,
  images: ReadonlySet<number>,
  page: readonly { readonly place: number; readonly last: number }[],
): readonly SampleShare[] {
  const sums = new Map<number, Sum>(page.map(({ place }) => [place, { ever: 0, present: 0, best: 0, first: Number.POSITIVE_INFINITY }]));
  const isShown = new Uint8Array(sampleIds.length);
  for (const { place } of page) isShown[place] = 1;
  const { starts, places, bests, firsts } = line;
  for (let index = 0; index < groups.length; index++) {
    if (!images.has((groups[index] as FindingGroup).imageKey)) continue;
    const end = starts[index + 1] as number;
    for (let at = starts[index] as number; at < end; at++) {
      if (isShown[places[at] as number] === 0) continue;
      const sum = sums.get(places[at] as number) as Sum;
      const best = bests[at] as number;
      sum.ever += 1;
      if (best > 1) sum.present += 1;
      sum.best = Math.max(sum.best, best);
      sum.first = Math.min(sum.first, firsts[at] as number);
    }
  }
  return page.map(({ place, last }) => {
    const { ever, present, best, first } = sums.get(place) as Sum;
    return { sampleId: sampleIds[place] ?? 0, images: present > 0 ? present : ever, firstSeen: first, lastSeen: last, best };
  });
}
