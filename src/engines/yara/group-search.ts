import { readFileSync } from 'node:fs';
import { type GroupList, groupBytes, marksOf, tableOf } from './group-table.ts';

/** Literals as the search takes them. */
export interface SearchedLiterals {
  /** All of them folded, one behind the other. */
  readonly text: Uint8Array;
  /** Where each begins; one more for the end. None is longer than `longestSearched`. */
  readonly starts: Int32Array;
  /** 1 where the places of a literal are asked for. */
  readonly isPlaced: Uint8Array;
  /** By what they are looked for: a group, or the key of a group and the next one. */
  readonly singles: GroupList;
  readonly pairs: GroupList;
  /** The first groups of the pairs. */
  readonly firsts: GroupList;
}

/** Bytes that a literal may have. */
export const longestSearched = 64;

/** Contents are looked through in pieces that fit into the processor's cache together with the tables. */
export const pieceBytes = 32 * 1024;
/** Bytes before and behind a piece into which literals may reach. */
const margin = longestSearched + 2 * groupBytes;
const pieceAt = margin;
const listAt = pieceAt + pieceBytes + margin;
const mostPlacesAPiece = pieceBytes;
const placesAt = listAt + pieceBytes * 4;
const tablesAt = placesAt + mostPlacesAPiece * 8;
const pageBytes = 64 * 1024;
/** So few that the table fits into the processor's nearest caches. */
const marksPerGroup = 48;
/** So many that few places are left that only look like those of a literal. */
const marksPerKey = 20;

interface Exports {
  setUp(...places: readonly number[]): void;
  search(at: number, end: number, marks: number, shift: number, out: number): number;
  refine(list: number, end: number, singles: number, singleShift: number, pairs: number, pairShift: number): number;
  verify(...given: readonly number[]): number;
  placesAt(): number;
}

// The standard library's types have it only together with those of browsers.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  };
};
let compiled: object | undefined;

/** Looks for literals in contents, in WebAssembly (`group-search.wat`): the loops over all bytes and all likely places are most of the work. */
export class GroupSearch {
  private readonly exports: Exports;
  private readonly bytes: Uint8Array;
  private readonly marks: readonly [at: number, shift: number];
  private readonly keyMarks: readonly [singles: number, singleShift: number, pairs: number, pairShift: number];
  private readonly seen: Uint32Array;
  private readonly found: Int32Array;
  private readonly places: Int32Array;
  private searches = 0;
  private count = 0;

  constructor({ text, starts, isPlaced, singles, pairs, firsts }: SearchedLiterals) {
    const layout = new Layout(tablesAt);
    const all = marksOf([singles, firsts], marksPerGroup);
    const [ofSingles, ofPairs] = [marksOf([singles], marksPerKey), marksOf([pairs], marksPerKey)];
    const [single, pair] = [tableOf(singles), tableOf(pairs)];
    this.marks = [layout.place(all.bits), all.shift];
    this.keyMarks = [layout.place(ofSingles.bits), ofSingles.shift, layout.place(ofPairs.bits), ofPairs.shift];
    const singleAt = [layout.place(single.slots), layout.place(single.entries), single.shift];
    const pairAt = [layout.place(pair.slots), layout.place(pair.entries), pair.shift];
    const literalsAt = [layout.place(text), layout.place(starts)];
    const seenAt = layout.room(isPlaced.length * 4);
    const isPlacedAt = layout.place(isPlaced);
    const foundAt = layout.room(isPlaced.length * 4);
    const memory = new WebAssembly.Memory({ initial: Math.ceil((layout.end + margin) / pageBytes) });
    compiled ??= new WebAssembly.Module(readFileSync(new URL('group-search.wasm', import.meta.url)));
    this.exports = new WebAssembly.Instance(compiled, { search: { memory } }).exports as Exports;
    this.bytes = new Uint8Array(memory.buffer);
    layout.write(this.bytes);
    this.exports.setUp(...singleAt, ...pairAt, ...literalsAt, seenAt, isPlacedAt);
    this.seen = new Uint32Array(memory.buffer, seenAt, isPlaced.length);
    this.found = new Int32Array(memory.buffer, foundAt, isPlaced.length);
    this.places = new Int32Array(memory.buffer, placesAt, 2 * mostPlacesAPiece);
  }

  /** Forgets what was found. */
  begin(): void {
    this.count = 0;
    if (this.searches === 0xff_ff_ff_ff) this.seen.fill((this.searches = 0));
    this.searches++;
  }

  /**
   * Looks through the piece of a content that begins at `start`. Tells places of the literals whose places are asked for; where there is no room for
   * more of one piece, what is told is not all.
   */
  searchPiece(content: Uint8Array, start: number, onPlace: (literal: number, place: number) => void): { readonly isAll: boolean } {
    const { bytes, exports, places } = this;
    const end = Math.min(content.length, start + pieceBytes);
    const from = Math.max(0, start - margin);
    const to = Math.min(content.length, end + margin);
    // An address is a place in the content and so much.
    const shift = pieceAt - start;
    bytes.set(content.subarray(from, to), from + shift);
    bytes.fill(0, to + shift, end + shift + margin);
    const met = exports.search(pieceAt, end + shift, ...this.marks, listAt);
    const kept = exports.refine(listAt, met, ...this.keyMarks);
    if (kept === listAt) return whole;
    const foundAt = this.found.byteOffset;
    const placesEnd = placesAt + mostPlacesAPiece * 8;
    const behind = exports.verify(listAt, kept, from + shift, to + shift, this.searches | 0, foundAt + 4 * this.count, placesAt, placesEnd);
    this.count = (behind - foundAt) / 4;
    const count = (exports.placesAt() - placesAt) / 4;
    for (let index = 0; index < count; index += 2) onPlace(places[index] as number, (places[index + 1] as number) - shift);
    return count < places.length ? whole : cut;
  }

  /** Numbers of the literals found since `begin`, each once; good until the next. */
  get literals(): Int32Array {
    return this.found.subarray(0, this.count);
  }

  has(literal: number): boolean {
    return this.seen[literal] === this.searches;
  }
}

const whole = { isAll: true };
const cut = { isAll: false };

/** Places things in memory one behind the other. */
class Layout {
  end: number;
  private readonly placed: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  constructor(start: number) {
    this.end = start;
  }

  /** The address of some new bytes. */
  room(bytes: number): number {
    const at = this.end;
    this.end += Math.ceil(bytes / 8) * 8;
    return at;
  }

  place(array: Int32Array | Uint8Array): number {
    const at = this.room(array.byteLength);
    this.placed.push({ at, bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) });
    return at;
  }

  write(memory: Uint8Array): void {
    for (const { at, bytes } of this.placed) memory.set(bytes, at);
  }
}
