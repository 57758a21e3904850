import { countWidth } from './alike.ts';
import { PairColumns, type Pairs } from './pair-columns.ts';
import { listGroups, noLists, type SampleLists } from './sample-lists.ts';

/** Findings of an image that were seen last at the same time, and the samples that the image had then for the last time. */
export interface NewGroup {
  readonly seen: number;
  /** The same as it is stored with the findings. */
  readonly stored: number;
  readonly total: number;
  /** Numbers of findings at `countPlace` of their severity and standing. */
  readonly counts: Int32Array;
  readonly pairs: Pairs;
}

/** Lists of samples are made anew once more than one in so many pairs stands outside of them. */
const partApart = 16;

/**
 * The groups of an account's images. A group has a number, under which the columns hold what is known of it; it never changes, but may be dropped. Numbers are given anew now
 * and then, so nobody keeps them.
 */
export class GroupTable {
  /** Numbers of the groups, by the time they were seen last, then by image. */
  order = new Uint32Array(0);
  /** The image of a group by its place in the book; 0 for a dropped one. */
  slots = new Uint32Array(0);
  imageKeys = new Float64Array(0);
  seens = new Float64Array(0);
  storeds = new Float64Array(0);
  /** Greater for a later time, equal for the same. */
  ranks = new Uint32Array(0);
  rankCount = 0;
  totals = new Uint32Array(0);
  /** `countWidth` a group. */
  counts = new Int32Array(0);
  /** Where the pairs of a group begin and end. */
  starts = new Uint32Array(0);
  ends = new Uint32Array(0);
  pairs = new PairColumns(0);
  lists: SampleLists = noLists;
  /** Numbers of the groups that do not stand in the lists. */
  apart = new Uint32Array(0);
  private length = 0;
  private added: number[] = [];
  private pairsApart = 0;
  private ofImage = new Map<number, number[]>();

  /** Gives an image these groups instead of those that it had. */
  replace(image: { readonly key: number; readonly slot: number }, groups: readonly NewGroup[]): void {
    for (const number of this.ofImage.get(image.key) ?? []) {
      this.slots[number] = 0;
      this.pairsApart += (this.ends[number] as number) - (this.starts[number] as number);
    }
    this.ofImage.delete(image.key);
    if (groups.length === 0) return;
    this.ofImage.set(
      image.key,
      groups.map((group) => this.add(image, group)),
    );
  }

  /** Brings the order and the lists in line with the groups. */
  settle(samples: number): void {
    this.added = this.added.filter((number) => this.slots[number] !== 0).sort((left, right) => this.compare(left, right));
    this.order = this.merge(this.added);
    this.apart = Uint32Array.from([...this.apart, ...this.added]).filter((number) => this.slots[number] !== 0);
    this.added = [];
    if (this.pairsApart * partApart > this.lists.numbers.length) this.renumber(samples);
    let rank = -1;
    let last = Number.NaN;
    for (const number of this.order) {
      const seen = this.seens[number] as number;
      if (seen !== last) rank += 1;
      last = seen;
      this.ranks[number] = rank;
    }
    this.rankCount = rank + 1;
  }

  /** The group of an image that has this stored time. */
  find(imageKey: number, stored: number): number | undefined {
    return this.ofImage.get(imageKey)?.find((number) => this.storeds[number] === stored);
  }

  private add({ key, slot }: { readonly key: number; readonly slot: number }, { seen, stored, total, counts, pairs }: NewGroup): number {
    const number = this.length++;
    if (number >= this.slots.length) this.resize(Math.max(1024, 2 * number));
    this.slots[number] = slot;
    this.imageKeys[number] = key;
    this.seens[number] = seen;
    this.storeds[number] = stored;
    this.totals[number] = total;
    this.counts.set(counts, number * countWidth);
    const start = this.pairs.add(pairs);
    this.starts[number] = start;
    this.ends[number] = start + pairs.places.length;
    this.pairsApart += pairs.places.length;
    this.added.push(number);
    return number;
  }

  private resize(size: number): void {
    const all = Uint32Array.from({ length: Math.min(size, this.slots.length) }, (_, index) => index);
    this.pick(all, size);
  }

  // Columns of `size` with what stands at these numbers now.
  private pick(numbers: Uint32Array, size: number): void {
    const copy = <T extends Uint32Array | Float64Array>(from: T, to: T): T => {
      for (let at = 0; at < numbers.length; at++) to[at] = from[numbers[at] as number] as number;
      return to;
    };
    const counts = new Int32Array(size * countWidth);
    for (let at = 0; at < numbers.length; at++) {
      const start = (numbers[at] as number) * countWidth;
      counts.set(this.counts.subarray(start, start + countWidth), at * countWidth);
    }
    this.counts = counts;
    this.slots = copy(this.slots, new Uint32Array(size));
    this.imageKeys = copy(this.imageKeys, new Float64Array(size));
    this.seens = copy(this.seens, new Float64Array(size));
    this.storeds = copy(this.storeds, new Float64Array(size));
    this.totals = copy(this.totals, new Uint32Array(size));
    this.starts = copy(this.starts, new Uint32Array(size));
    this.ends = copy(this.ends, new Uint32Array(size));
    this.ranks = copy(this.ranks, new Uint32Array(size));
  }

  // By their order, without those that were dropped.
  private renumber(samples: number): void {
    const { order, pairs, starts, ends } = this;
    this.pairs = new PairColumns(pairs.length);
    for (const number of order) {
      const end = ends[number] as number;
      starts[number] = this.pairs.add(pairs.part(starts[number] as number, end));
      ends[number] = this.pairs.length;
    }
    this.length = order.length;
    this.pick(order, order.length + Math.ceil(order.length / partApart));
    this.order = order.map((_, index) => index);
    this.ofImage = new Map();
    for (const number of this.order) {
      const key = this.imageKeys[number] as number;
      const known = this.ofImage.get(key);
      if (known === undefined) this.ofImage.set(key, [number]);
      else known.push(number);
    }
    this.lists = listGroups(this.pairs, this.starts.subarray(0, this.length), samples);
    this.apart = new Uint32Array(0);
    this.pairsApart = 0;
  }

  private merge(added: readonly number[]): Uint32Array<ArrayBuffer> {
    const merged = new Uint32Array(this.order.length + added.length);
    let length = 0;
    let next = 0;
    for (const number of this.order) {
      if (this.slots[number] === 0) continue;
      for (let other = added[next]; other !== undefined && this.compare(other, number) < 0; other = added[next]) {
        merged[length++] = other;
        next += 1;
      }
      merged[length++] = number;
    }
    for (; next < added.length; next++) merged[length++] = added[next] as number;
    return merged.slice(0, length);
  }

  private compare(left: number, right: number): number {
    const { seens, imageKeys, storeds } = this;
    return (
      (seens[left] as number) - (seens[right] as number) ||
      (imageKeys[left] as number) - (imageKeys[right] as number) ||
      (storeds[left] as number) - (storeds[right] as number)
    );
  }
}
