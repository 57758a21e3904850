/** Bytes that a group holds. */
export const groupBytes = 4;
/** What letters of either case have in common, in each byte of a group. */
const foldedGroup = 0x20_20_20_20;

/** The four bytes at a place as a number, the first one the lowest, as WebAssembly reads them; bytes behind the end count as zero. */
export function groupAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

/** The key of two groups in a row. */
export function pairOf(group: number, next: number): number {
  return (Math.imul(group, 0x85eb_ca6b) + Math.imul(next, 0xc2b2_ae35)) | 0;
}

/** All groups that begin with the same three bytes, folded. */
export function groupsBeginningWith(group: number): readonly number[] {
  return Array.from({ length: 128 }, (_, last) => (group & ~0xff00_0000) | (((last & 0x1f) | 0x20 | ((last & 0x60) << 1)) << 24) | foldedGroup);
}

/** Keys of groups and where literals have them, gathered one by one: there are many thousands. */
export class GroupList {
  keys = new Int32Array(1024);
  /** For each key a literal, and where in the literal the group begins. */
  facts = new Int32Array(2048);
  length = 0;

  add(key: number, literal: number, place: number): void {
    if (this.length === this.keys.length) {
      this.keys = grown(this.keys);
      this.facts = grown(this.facts);
    }
    this.keys[this.length] = key;
    this.facts[2 * this.length] = literal;
    this.facts[2 * this.length + 1] = place;
    this.length++;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** A hash table of keys; a key's slot is as many upper bits of its hash as the table needs. */
export interface GroupTable {
  /** Bits of a key's hash that are no part of its slot. */
  readonly shift: number;
  /** Where the entries of each slot begin, in bytes; one more for the end. */
  readonly slots: Int32Array;
  /** Three numbers each, slot by slot: the key, the literal, and where in the literal the group begins. */
  readonly entries: Int32Array;
}

const entryLength = 3;
const numberBytes = 4;

export function tableOf({ keys, facts, length }: GroupList): GroupTable {
  const shift = 32 - bitsFor(length);
  const slots = new Int32Array(2 ** (32 - shift) + 1);
  const entries = new Int32Array(length * entryLength);
  for (let index = 0; index < length; index++) {
    const slot = slotOf(keys[index] as number, shift) + 1;
    slots[slot] = (slots[slot] as number) + entryLength * numberBytes;
  }
  for (let slot = 1; slot < slots.length; slot++) slots[slot] = (slots[slot] as number) + (slots[slot - 1] as number);
  const free = slots.slice();
  for (let index = 0; index < length; index++) {
    const slot = slotOf(keys[index] as number, shift);
    const at = (free[slot] as number) / numberBytes;
    entries[at] = keys[index] as number;
    entries[at + 1] = facts[2 * index] as number;
    entries[at + 2] = facts[2 * index + 1] as number;
    free[slot] = (at + entryLength) * numberBytes;
  }
  return { shift, slots, entries };
}

/** Marks where keys are: a bit for each slot. */
export interface Marks {
  readonly shift: number;
  /** A byte for eight slots. */
  readonly bits: Uint8Array;
}

/** Marks of the keys of some lists, with `room` bits for each. */
export function marksOf(lists: readonly GroupList[], room: number): Marks {
  const shift = 32 - bitsFor(lists.reduce((sum, { length }) => sum + length, 0) * room);
  const bits = new Uint8Array(2 ** (32 - shift - 3));
  for (const { keys, length } of lists) {
    for (let index = 0; index < length; index++) {
      const slot = slotOf(keys[index] as number, shift);
      bits[slot >>> 3] = (bits[slot >>> 3] as number) | (1 << (slot & 7));
    }
  }
  return { shift, bits };
}

function slotOf(key: number, shift: number): number {
  return Math.imul(key, 0x9e37_79b1) >>> shift;
}

function bitsFor(slots: number): number {
  return Math.min(22, Math.max(10, Math.ceil(Math.log2(slots + 1))));
}
