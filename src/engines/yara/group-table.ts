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

/** Where literals hold certain groups of bytes: a hash table that says at once of most groups that no literal has them. */
export class GroupTable {
  /** A bit for each slot of the keys; set where some key is. */
  readonly marks: Int32Array;
  /** Bits of a key's hash that are no part of its place in `marks`. */
  readonly shift: number;
  private readonly slotShift: number;
  /** Where the entries of each slot begin; one more for the end. */
  private readonly slots: Int32Array;
  /** What is asked of an entry, side by side in memory, slot by slot: its key, the literal, its place and the probe. */
  private readonly entries: Int32Array;

  constructor(groups: readonly Group[]) {
    this.shift = 32 - bitsFor(groups.length * marksPerKey);
    this.slotShift = 32 - bitsFor(groups.length);
    this.marks = new Int32Array(2 ** (32 - this.shift - 5));
    this.slots = new Int32Array(2 ** (32 - this.slotShift) + 1);
    for (const { key } of groups) {
      const bit = slotOf(key, this.shift);
      this.marks[bit >>> 5] = (this.marks[bit >>> 5] as number) | (1 << bit);
    }
    this.entries = new Int32Array(groups.length * entryLength);
    this.fill(groups);
  }

  private fill(groups: readonly Group[]): void {
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

  /** Whether an entry is of this key, and the content has its probe; the group stands at `at`. */
  fits(entry: number, key: number, content: Buffer, at: number): boolean {
    if (this.entries[entry] !== key) return false;
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

/** Numbers of an entry; an entry is known by where it begins. */
export const entryLength = 3;
/** So that a probe before the group has no sign. */
const probeBias = 128;
/** So many that few groups of contents meet a mark by chance, as each of these costs a look at the entries. */
const marksPerKey = 80;

function bitsFor(slots: number): number {
  return Math.min(22, Math.max(10, Math.ceil(Math.log2(slots + 1))));
}

/** Where a key stands in a table: the number of its slot, or of its bit. */
export function slotOf(key: number, shift: number): number {
  return Math.imul(key, 0x9e37_79b1) >>> shift;
}
