import { type Marks, slotOf } from './group-search.ts';

/** A group of bytes of a literal. */
export interface Group {
  /** A hash of the group. */
  readonly key: number;
  readonly literal: number;
  /** Where in the literal it begins. */
  readonly place: number;
  /** Another byte of the literal, and where it stands to the group's beginning. */
  readonly probe: { readonly byte: number; readonly at: number };
}

/** Where literals hold certain groups of bytes. */
export class GroupTable {
  private readonly slotShift: number;
  /** Where the entries of each slot begin; one more for the end. */
  private readonly slots: Int32Array;
  /** What is asked of an entry, side by side in memory, slot by slot: its key, the literal, its place and the probe. */
  private readonly entries: Int32Array;

  constructor(groups: readonly Group[]) {
    this.slotShift = 32 - bitsFor(groups.length);
    this.slots = new Int32Array(2 ** (32 - this.slotShift) + 1);
    this.entries = new Int32Array(groups.length * entryLength);
    const { slots, slotShift } = this;
    for (const { key } of groups) slots[slotOf(key, slotShift) + 1] = (slots[slotOf(key, slotShift) + 1] as number) + entryLength;
    for (let slot = 1; slot < slots.length; slot++) slots[slot] = (slots[slot] as number) + (slots[slot - 1] as number);
    const free = slots.slice();
    for (const { key, literal, place, probe } of groups) {
      const slot = slotOf(key, slotShift);
      this.entries.set([key, literal, (place << 16) | ((probe.at + probeBias) << 8) | probe.byte], free[slot]);
      free[slot] = (free[slot] as number) + entryLength;
    }
  }

  /** The first of the entries of a key's slot, some of which may have another key. */
  first(key: number): number {
    return this.slots[slotOf(key, this.slotShift)] as number;
  }

  /** Behind the last of them. */
  end(key: number): number {
    return this.slots[slotOf(key, this.slotShift) + 1] as number;
  }

  isOf(entry: number, key: number): boolean {
    return this.entries[entry] === key;
  }

  /** Whether the content has an entry's probe, where the group stands at `at`. */
  isProbed(entry: number, content: Buffer, at: number): boolean {
    const packed = this.entries[entry + 2] as number;
    const byte = content[at + ((packed >>> 8) & 0xff) - probeBias];
    return byte !== undefined && (byte | 0x20) === (packed & 0xff);
  }

  literal(entry: number): number {
    return this.entries[entry + 1] as number;
  }

  place(entry: number): number {
    return (this.entries[entry + 2] as number) >>> 16;
  }
}

/** Marks of keys, with `room` bits for each. */
export function marksOf(keys: readonly number[], room: number): Marks {
  const shift = 32 - bitsFor(keys.length * room);
  const bytes = new Uint8Array(2 ** (32 - shift - 3));
  for (const key of keys) {
    const slot = slotOf(key, shift);
    bytes[slot >>> 3] = (bytes[slot >>> 3] as number) | (1 << (slot & 7));
  }
  return { shift, bytes };
}

/** Numbers of an entry; an entry is known by where it begins. */
export const entryLength = 3;
/** So that a probe before the group has no sign. */
const probeBias = 128;

function bitsFor(slots: number): number {
  return Math.min(22, Math.max(10, Math.ceil(Math.log2(slots + 1))));
}
