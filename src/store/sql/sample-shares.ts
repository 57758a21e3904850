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

interface Sums {
  /** Images that ever had the sample, and those of them that have it, by its place. */
  readonly ever: Uint32Array;
  readonly present: Uint32Array;
  readonly best: Uint8Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
}

/** A page of the samples in some images, by the time they were seen last there, equal ones by their ids; and how many there are. */
export function sampleShares(book: ShareBook, request: ShareRequest): { readonly total: number; readonly rows: readonly SampleShare[] } {
  const sums = addUp(book, request.images);
  const places = wantedPlaces(book, request, sums);
  const rows = cutPage(book, { places, last: sums.last }, request).map(
    (place): SampleShare => ({
      sampleId: book.sampleIds[place] ?? 0,
      images: (sums.present[place] ?? 0) > 0 ? (sums.present[place] ?? 0) : (sums.ever[place] ?? 0),
      firstSeen: sums.first[place] ?? 0,
      lastSeen: sums.last[place] ?? 0,
      best: sums.best[place] ?? 0,
    }),
  );
  return { total: places.length, rows };
}

function addUp(book: ShareBook, images: ReadonlySet<number>): Sums {
  const size = book.sampleIds.length;
  const ever = new Uint32Array(size);
  const present = new Uint32Array(size);
  const best = new Uint8Array(size);
  const first = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(size);
  for (const key of images) {
    const samples = book.images.get(key)?.samples;
    if (samples === undefined) continue;
    for (let at = 0; at < samples.length; at += 4) {
      const place = samples[at] as number;
      const state = samples[at + 1] as number;
      ever[place] = (ever[place] as number) + 1;
      if (state > 1) present[place] = (present[place] as number) + 1;
      if (state > (best[place] as number)) best[place] = state;
      if ((samples[at + 2] as number) < (first[place] as number)) first[place] = samples[at + 2] as number;
      if ((samples[at + 3] as number) > (last[place] as number)) last[place] = samples[at + 3] as number;
    }
  }
  return { ever, present, best, first, last };
}

function wantedPlaces(book: ShareBook, { samples, severities, bests }: ShareRequest, { ever, best }: Sums): Uint32Array {
  const found = new Uint32Array(ever.length);
  let length = 0;
  const take = (place: number): void => {
    if ((ever[place] ?? 0) > 0 && bests.has(best[place] ?? 0) && severities.has(book.severities[place] ?? 0)) found[length++] = place;
  };
  if (samples === undefined) for (let place = 0; place < ever.length; place++) take(place);
  else
    for (const id of samples) {
      const place = book.placeOf(id);
      if (place !== undefined) take(place);
    }
  return found.subarray(0, length);
}

// Only what lies between the times at both ends of the page is compared one by one.
function cutPage(book: ShareBook, { places, last }: { readonly places: Uint32Array; readonly last: Float64Array }, request: ShareRequest): readonly number[] {
  const { order, offset, limit } = request;
  if (limit === 0 || offset >= places.length) return [];
  const times = Float64Array.from(places, (place) => last[place] ?? 0).sort();
  const end = Math.min(places.length, offset + limit);
  const [from, to] = order === 'asc' ? [offset, end - 1] : [places.length - end, places.length - 1 - offset];
  const [low = 0, high = 0] = [times[from], times[to]];
  const near: number[] = [];
  let before = 0;
  for (const place of places) {
    const time = last[place] ?? 0;
    if (time >= low && time <= high) near.push(place);
    else if (order === 'asc' ? time < low : time > high) before += 1;
  }
  const sign = order === 'asc' ? 1 : -1;
  near.sort((left, right) => sign * ((last[left] ?? 0) - (last[right] ?? 0) || (book.sampleIds[left] ?? 0) - (book.sampleIds[right] ?? 0)));
  return near.slice(offset - before, end - before);
}
