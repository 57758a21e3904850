import { type Marks, slotOf } from './group-search.ts';

/** Groups of bytes of literals, gathered one by one: a table is made of many thousands. */
export class GroupList {
  keys = new Int32Array(1024);
  /** For each key the literal, and its place with the probe. */
  facts = new Int32Array(2048);
  length = 0;

  /**
   * Takes down that a literal has a group with this key at `place`. The probe is another byte of the literal, which stands
   * `probeAt` bytes from the group's beginning.
   */
  add(key: number, literal: number, place: number, probe: { readonly byte: number; readonly at: number }): void {
    if (this.length === this.keys.length) {
      this.keys = grown(this.keys);
      this.facts = grown(this.facts);
    }
    this.keys[this.length] = key;
    this.facts[2 * this.length] = literal;
    this.facts[2 * this.length + 1] = (place << 16) | ((probe.at + probeBias) << 8) | probe.byte;
    this.length++;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** Where literals hold certain groups of bytes. */
export class GroupTable {
  private readonly slotShift: number;
  /** Where the entries of each slot begin; one more for the end. */
  private readonly slots: Int32Array;
  /** What is asked of an entry, side by side in memory, slot by slot: its key, the literal, its place and the probe. */
  private readonly entries: Int32Array;

  constructor({ keys, facts, length }: GroupList) {
    this.slotShift = 32 - bitsFor(length);
    this.slots = new Int32Array(2 ** (32 - this.slotShift) + 1);
    this.entries = new Int32Array(length * entryLength);
    const { slots, slotShift, entries } = this;
    for (let index = 0; index < length; index++) {
      const slot = slotOf(keys[index] as number, slotShift) + 1;
      slots[slot] = (slots[slot] as number) + entryLength;
    }
    for (let slot = 1; slot < slots.length; slot++) slots[slot] = (slots[slot] as number) + (slots[slot - 1] as number);
    const free = slots.slice();
    for (let index = 0; index < length; index++) {
      const slot = slotOf(keys[index] as number, slotShift);
      const at = free[slot] as number;
      entries[at] = keys[index] as number;
      entries[at + 1] = facts[2 * index] as number;
      entries[at + 2] = facts[2 * index + 1] as number;
      free[slot] = at + entryLength;
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

/** Marks of the first keys of a list, with `room` bits for each. */
export function marksOf(keys: Int32Array, length: number, room: number): Marks {
  const shift = 32 - bitsFor(length * room);
  const bytes = new Uint8Array(2 ** (32 - shift - 3));
  for (let index = 0; index < length; index++) {
    const slot = slotOf(keys[index] as number, shift);
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
