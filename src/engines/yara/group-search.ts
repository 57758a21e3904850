import { readFileSync } from 'node:fs';

/** Marks where keys are: a bit for each slot; the slot of a key is as many upper bits of its hash as the table needs. */
export interface Marks {
  /** Bits of a key's hash that are no part of its slot. */
  readonly shift: number;
  /** A byte for eight slots. */
  readonly bytes: Uint8Array;
}

/** Bytes that a group holds. */
export const groupBytes = 4;
/** What letters of either case have in common, in each byte of a group. */
export const foldedGroup = 0x20_20_20_20;

/** Where a key stands in a table: the number of its slot, or of its bit. */
export function slotOf(key: number, shift: number): number {
  return Math.imul(key, 0x9e37_79b1) >>> shift;
}

/** The key of two groups in a row. */
export function pairOf(group: number, next: number): number {
  return (Math.imul(group, 0x85eb_ca6b) + Math.imul(next, 0xc2b2_ae35)) | 0;
}

/** The first byte of a word is the lowest, here as in WebAssembly. */
export function groupAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

/** Contents are looked through in pieces that fit into the processor's cache together with the tables. */
export const pieceBytes = 32 * 1024;
/** Bytes behind a piece that groups at its last places reach into. */
const reach = 2 * groupBytes;
const listAt = pieceBytes + 64;
const tablesAt = listAt + pieceBytes * 4;
const pageBytes = 64 * 1024;

interface Exports {
  search(at: number, end: number, marks: number, shift: number, out: number): number;
  refine(list: number, end: number, singles: number, singleShift: number, pairs: number, pairShift: number): number;
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

/** Looks for marked groups in contents, in WebAssembly: the loop over all bytes is most of the work, and twice to three times as fast there. */
export class GroupSearch {
  private readonly exports: Exports;
  private readonly piece: Uint8Array;
  /** The places that were found last, in order: (place in the piece << 2) | (1 for a single) | (2 for a pair). */
  readonly list: Uint32Array;
  private readonly tables: { readonly [Name in 'all' | 'singles' | 'pairs']: { readonly at: number; readonly shift: number } };

  /** `all` marks the first group of every single and of every pair; the others tell them apart. */
  constructor(marks: { readonly all: Marks; readonly singles: Marks; readonly pairs: Marks }) {
    let end = tablesAt;
    const place = ({ bytes, shift }: Marks): { at: number; shift: number } => {
      const at = end;
      end += bytes.length;
      return { at, shift };
    };
    this.tables = { all: place(marks.all), singles: place(marks.singles), pairs: place(marks.pairs) };
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) });
    compiled ??= new WebAssembly.Module(readFileSync(new URL('group-search.wasm', import.meta.url)));
    this.exports = new WebAssembly.Instance(compiled, { search: { memory } }).exports as Exports;
    const bytes = new Uint8Array(memory.buffer);
    for (const name of ['all', 'singles', 'pairs'] as const) bytes.set(marks[name].bytes, this.tables[name].at);
    this.piece = bytes.subarray(0, listAt);
    this.list = new Uint32Array(memory.buffer, listAt, pieceBytes);
  }

  /**
   * Looks through the piece of a content that begins at `start`; the number of places in it at which a marked group may begin.
   * The last ones may reach over the content's end.
   */
  search(content: Uint8Array, start: number): number {
    const { exports, piece, tables } = this;
    const { all, singles, pairs } = tables;
    const end = Math.min(content.length, start + pieceBytes);
    const known = Math.min(content.length, end + reach);
    piece.set(content.subarray(start, known), 0);
    piece.fill(0, known - start, known - start + reach);
    const met = exports.search(0, end - start, all.at, all.shift, listAt);
    return (exports.refine(listAt, met, singles.at, singles.shift, pairs.at, pairs.shift) - listAt) / 4;
  }
}
