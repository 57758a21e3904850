import { endianness } from 'node:os';
import { entryLength, type Group, GroupTable, slotOf } from './group-table.ts';
import { fold, type Literal, rarityOf, shortestLiteral } from './literals.ts';

/** A literal and the byte in it from which on it is looked for. */
export interface PlacedLiteral {
  readonly bytes: Literal;
  readonly place: number;
}

/**
 * Finds out which of many literals a content holds, several times faster than an engine that looks for matches of all
 * patterns at once. Only every fourth group of four bytes is looked up; where some literal has that group, and for longer
 * literals the next one too, bytes are compared. Literals too short for that are looked for at every byte, and only when
 * they are asked for.
 */
export class Prefilter {
  private readonly pairs: GroupTable;
  private readonly singles: GroupTable;
  private readonly shorts: GroupTable;
  /** All literals, one behind the other, and where each begins. */
  private readonly text: Buffer;
  private readonly starts: Int32Array;
  private shortsSearched = true;
  /** Which search saw a literal last. */
  private readonly seen: Uint32Array;
  private searches = 0;
  private readonly found: Int32Array;
  private count = 0;

  constructor(literals: readonly PlacedLiteral[]) {
    this.text = Buffer.from(literals.map(({ bytes }) => bytes).join(''), 'latin1');
    this.starts = new Int32Array(literals.length + 1);
    const groups: Record<Way['table'], Group[]> = { pairs: [], singles: [], shorts: [] };
    for (const [number, { bytes, place }] of literals.entries()) {
      this.starts[number + 1] = (this.starts[number] as number) + bytes.length;
      const literal = Buffer.from(bytes, 'latin1');
      const { table, keyAt, keyBytes, ways } = lookedFor(literal);
      for (const way of ways) {
        const at = place + way;
        groups[table].push({ key: keyAt(literal, at), literal: number, place: at, probe: probeOf(literal, at, keyBytes) });
      }
    }
    this.pairs = new GroupTable(groups.pairs);
    this.singles = new GroupTable(groups.singles);
    this.shorts = new GroupTable(groups.shorts);
    this.seen = new Uint32Array(literals.length);
    this.found = new Int32Array(literals.length);
  }

  /** Numbers of the literals that the content holds, each once, but for short ones; good until the next search. */
  search(content: Buffer): Int32Array {
    this.count = 0;
    this.shortsSearched = false;
    if (this.searches === 0xff_ff_ff_ff) this.seen.fill((this.searches = 0));
    this.searches++;
    const { words, start } = wordsOf(content);
    if (words.length > 0) this.searchWords(content, words, start);
    return this.found.subarray(0, this.count);
  }

  /** Whether the content, which must be that of the last search, holds the literal. */
  has(number: number, content: Buffer): boolean {
    if (!this.shortsSearched && isShort((this.starts[number + 1] as number) - (this.starts[number] as number))) {
      this.shortsSearched = true;
      this.searchBytes(content);
    }
    return this.seen[number] === this.searches;
  }

  private searchWords(content: Buffer, words: Int32Array, start: number): void {
    const { length } = words;
    const { marks: singleMarks, shift: singleShift } = this.singles;
    const { marks: pairMarks, shift: pairShift } = this.pairs;
    let group = (words[0] as number) | foldedGroup;
    for (let index = 1; index <= length; index++) {
      const next = index < length ? (words[index] as number) | foldedGroup : 0;
      const pair = pairOf(group, next);
      const isPair = markAt(pairMarks, slotOf(pair, pairShift));
      const isSingle = markAt(singleMarks, slotOf(group, singleShift));
      if (((isPair | isSingle) & 1) !== 0) {
        const at = start + (index - 1) * groupBytes;
        if ((isPair & 1) !== 0) this.compare(this.pairs, pair, content, at);
        if ((isSingle & 1) !== 0) this.compare(this.singles, group, content, at);
      }
      group = next;
    }
  }

  // The groups at all four bytes of a word are looked up together.
  private searchBytes(content: Buffer): void {
    const { words, start } = wordsOf(content);
    const { marks, shift } = this.shorts;
    const { length } = words;
    for (let at = 0; at < start; at++) this.compareBytes(content, at);
    let word = (words[0] as number) | foldedGroup;
    for (let index = 1; index < length; index++) {
      const next = (words[index] as number) | foldedGroup;
      const second = shifted(word, next, 8);
      const third = shifted(word, next, 16);
      const fourth = shifted(word, next, 24);
      const any =
        markAt(marks, slotOf(word, shift)) | markAt(marks, slotOf(second, shift)) | markAt(marks, slotOf(third, shift)) | markAt(marks, slotOf(fourth, shift));
      if ((any & 1) !== 0) {
        const at = start + (index - 1) * groupBytes;
        this.compare(this.shorts, word, content, at);
        this.compare(this.shorts, second, content, at + 1);
        this.compare(this.shorts, third, content, at + 2);
        this.compare(this.shorts, fourth, content, at + 3);
      }
      word = next;
    }
    for (let at = start + Math.max(0, length - 1) * groupBytes; at + groupBytes <= content.length; at++) this.compareBytes(content, at);
  }

  private compareBytes(content: Buffer, at: number): void {
    if (at + groupBytes <= content.length) this.compare(this.shorts, groupAt(content, at) | foldedGroup, content, at);
  }

  private compare(table: GroupTable, key: number, content: Buffer, at: number): void {
    const end = table.end(key);
    for (let entry = table.first(key); entry < end; entry += entryLength) {
      if (!table.fits(entry, key, content, at)) continue;
      const number = table.literal(entry);
      if (this.seen[number] === this.searches || !this.standsAt(number, content, at - table.place(entry))) continue;
      this.seen[number] = this.searches;
      this.found[this.count++] = number;
    }
  }

  private standsAt(number: number, content: Buffer, start: number): boolean {
    const { text } = this;
    const from = this.starts[number] as number;
    const length = (this.starts[number + 1] as number) - from;
    if (start < 0 || start + length > content.length) return false;
    for (let index = 0; index < length; index++) {
      if (fold(content[start + index] as number) !== text[from + index]) return false;
    }
    return true;
  }
}

/**
 * Chooses for each literal the rarest of its parts, and one that not too many others have. Literals all of whose parts are
 * crowded have no place: looking for them would make contents possible that take long.
 */
export function placeLiterals(literals: readonly Literal[]): (number | undefined)[] {
  const crowds = { pairs: new Map<number, number>(), singles: new Map<number, number>(), shorts: new Map<number, number>() };
  return literals.map((text) => {
    const literal = Buffer.from(text, 'latin1');
    const { table, keyAt, keyBytes, ways } = lookedFor(literal);
    const crowd = crowds[table];
    const span = keyBytes + ways.length - 1;
    const keysAt = (start: number): number[] => ways.map((way) => keyAt(literal, start + way));
    // A part is worth what the commonest of its keys is worth.
    const worths = Array.from({ length: literal.length - keyBytes + 1 }, (_, at) => {
      return rarityOf([...literal.subarray(at, at + keyBytes)]) * (1 - (crowd.get(keyAt(literal, at)) ?? 0) / mostWithOneKey);
    });
    let best: number | undefined;
    let bestWorth = leastWorth;
    for (let start = 0; start + span <= literal.length; start++) {
      const worth = Math.min(...worths.slice(start, start + ways.length));
      if (worth > bestWorth) [best, bestWorth] = [start, worth];
    }
    if (best !== undefined) for (const key of keysAt(best)) crowd.set(key, (crowd.get(key) ?? 0) + 1);
    return best;
  });
}

const mostWithOneKey = 256;
/** Bits of rarity below which a key is in most contents anyway: zeros, blanks, or four times the same byte. */
const leastWorth = 6.5;
const groupBytes = shortestLiteral;
/** A literal of this length holds two whole groups in a row wherever it begins, one of the other length holds one. */
const pairSpan = 3 * groupBytes - 1;
const singleSpan = 2 * groupBytes - 1;
/** A literal may begin at each byte of a group. */
const fourWays: readonly number[] = [0, 1, 2, 3];

/** Whether a literal of this length is looked for only when it is asked for. */
export function isShort(length: number): boolean {
  return length < singleSpan;
}

const foldedGroup = 0x20_20_20_20;

interface Way {
  readonly table: 'pairs' | 'singles' | 'shorts';
  readonly keyAt: (literal: Buffer, at: number) => number;
  readonly keyBytes: number;
  /** How the literal may lie to the places that are looked at. */
  readonly ways: readonly number[];
}

function lookedFor({ length }: Buffer): Way {
  if (length >= pairSpan) return { table: 'pairs', keyAt: pairAt, keyBytes: 2 * groupBytes, ways: fourWays };
  if (length >= singleSpan) return { table: 'singles', keyAt: groupAt, keyBytes: groupBytes, ways: fourWays };
  return { table: 'shorts', keyAt: groupAt, keyBytes: groupBytes, ways: [0] };
}

// A byte next to the group; where the literal has no other one, a byte of the group.
function probeOf(literal: Buffer, at: number, keyBytes: number): Group['probe'] {
  const before = literal[at - 1];
  const after = literal[at + keyBytes];
  if (after !== undefined) return { byte: after, at: keyBytes };
  return before === undefined ? { byte: literal[at] as number, at: 0 } : { byte: before, at: -1 };
}

// As a word of this machine holds it.
function groupAt(literal: Buffer, at: number): number {
  for (let way = 0; way < groupBytes; way++) wordBytes[way] = literal[at + way] as number;
  return oneWord[0] as number;
}

const oneWord = new Int32Array(1);
const wordBytes = new Uint8Array(oneWord.buffer);
const isLittleEndian = endianness() === 'LE';

/** The whole words of a content, and at which of its bytes they begin: where memory lets words begin. */
function wordsOf(content: Buffer): { words: Int32Array; start: number } {
  const start = (groupBytes - (content.byteOffset % groupBytes)) % groupBytes;
  const count = Math.max(0, content.length - start) >>> 2;
  return { words: count === 0 ? noWords : new Int32Array(content.buffer, content.byteOffset + start, count), start };
}

const noWords = new Int32Array(0);

// The word that begins so many bits behind another one.
function shifted(word: number, next: number, bits: number): number {
  return isLittleEndian ? (word >>> bits) | (next << (32 - bits)) : (word << bits) | (next >>> (32 - bits));
}

function pairAt(literal: Buffer, at: number): number {
  return pairOf(groupAt(literal, at), groupAt(literal, at + groupBytes));
}

function pairOf(group: number, next: number): number {
  return (Math.imul(group, 0x85eb_ca6b) + Math.imul(next, 0xc2b2_ae35)) | 0;
}

// In the lowest bit. A shift takes no more than five bits of its right side.
function markAt(marks: Int32Array, bit: number): number {
  return (marks[bit >>> 5] as number) >>> bit;
}
