import { foldedGroup, GroupSearch, groupAt, groupBytes, pairOf, pieceBytes } from './group-search.ts';
import { entryLength, GroupList, GroupTable, marksOf } from './group-table.ts';
import { fold, type Literal, rarityOf } from './literals.ts';

/** A literal and the byte in it from which on it is looked for. */
export interface PlacedLiteral {
  readonly bytes: Literal;
  readonly place: number;
}

/**
 * Finds out which of many literals a content holds, several times faster than an engine that looks for matches of all
 * patterns at once. The group of four bytes at each place is looked up; where some literal has that group, and for longer
 * literals the next one too, bytes are compared.
 */
export class Prefilter {
  private readonly groups: GroupSearch;
  private readonly pairs: GroupTable;
  private readonly singles: GroupTable;
  /** All literals, one behind the other, and where each begins. */
  private readonly text: Buffer;
  private readonly starts: Int32Array;
  /** Which search saw a literal last. */
  private readonly seen: Uint32Array;
  private searches = 0;
  private readonly found: Int32Array;
  private count = 0;
  /** Where literals whose places are asked for stand. */
  private readonly places: ReadonlyMap<number, Places>;
  private readonly isPlaced: Uint8Array;
  private noted = 0;

  /** `placed` are the numbers of the literals whose places are asked for. */
  constructor(literals: readonly PlacedLiteral[], placed: ReadonlySet<number> = new Set()) {
    this.text = Buffer.from(literals.map(({ bytes }) => bytes).join(''), 'latin1');
    this.starts = new Int32Array(literals.length + 1);
    const pairs = new GroupList();
    const singles = new GroupList();
    const firsts = new GroupList();
    let start = 0;
    for (let number = 0; number < literals.length; number++) {
      const { bytes, place } = literals[number] as PlacedLiteral;
      const literal = this.text.subarray(start, (start += bytes.length));
      this.starts[number + 1] = start;
      const isPair = hasPair(literal, place);
      const probe = probeOf(literal, place, Math.min(literal.length, isPair ? pairBytes : groupBytes));
      for (const group of groupsAt(literal, place)) {
        firsts.add(group, number, place, probe);
        if (!isPair) singles.add(group, number, place, probe);
      }
      if (isPair) pairs.add(pairOf(groupAt(literal, place), groupAt(literal, place + groupBytes)), number, place, probe);
    }
    this.pairs = new GroupTable(pairs);
    this.singles = new GroupTable(singles);
    this.groups = new GroupSearch({
      all: marksOf(firsts.keys, firsts.length, marksPerGroup),
      singles: marksOf(singles.keys, singles.length, marksPerKey),
      pairs: marksOf(pairs.keys, pairs.length, marksPerKey),
    });
    this.seen = new Uint32Array(literals.length);
    this.found = new Int32Array(literals.length);
    this.isPlaced = Uint8Array.from(literals, (_, number) => Number(placed.has(number)));
    this.places = new Map([...placed].map((number) => [number, { search: 0, at: [] }]));
  }

  /** Numbers of the literals that the content holds, each once; good until the next search. */
  search(content: Buffer): Int32Array {
    this.count = 0;
    this.noted = 0;
    if (this.searches === 0xff_ff_ff_ff) this.seen.fill((this.searches = 0));
    this.searches++;
    for (let start = 0; start < content.length; start += pieceBytes) this.searchPiece(content, start);
    return this.found.subarray(0, this.count);
  }

  private searchPiece(content: Buffer, start: number): void {
    const count = this.groups.search(content, start);
    const { list } = this.groups;
    for (let index = 0; index < count; index++) {
      const entry = list[index] as number;
      const at = start + (entry >>> 2);
      const group = groupAt(content, at) | foldedGroup;
      if ((entry & 1) !== 0) this.compare(this.singles, group, content, at);
      if ((entry & 2) !== 0) this.compare(this.pairs, pairOf(group, groupAt(content, at + groupBytes) | foldedGroup), content, at);
    }
  }

  /** Whether the content of the last search holds the literal. */
  has(number: number): boolean {
    return this.seen[number] === this.searches;
  }

  /** Where the literal stands in the content of the last search; undefined when it stands there too often to tell, or was not to be placed. */
  placesOf(number: number): readonly number[] | undefined {
    if (!this.has(number)) return [];
    const places = this.places.get(number);
    return places?.search === this.searches && places.at.length <= mostPlaces ? places.at : undefined;
  }

  private compare(table: GroupTable, key: number, content: Buffer, at: number): void {
    const end = table.end(key);
    for (let entry = table.first(key); entry < end; entry += entryLength) {
      if (!table.isOf(entry, key)) continue;
      const number = table.literal(entry);
      const isSeen = this.seen[number] === this.searches;
      const places = this.isPlaced[number] === 1 ? this.places.get(number) : undefined;
      if (isSeen && (places === undefined || places.at.length > mostPlaces)) continue;
      if (!table.isProbed(entry, content, at)) continue;
      const start = at - table.place(entry);
      if (!this.standsAt(number, content, start)) continue;
      if (places !== undefined) this.note(places, start);
      if (isSeen) continue;
      this.seen[number] = this.searches;
      this.found[this.count++] = number;
    }
  }

  private note(places: Places, start: number): void {
    if (places.search !== this.searches) {
      places.search = this.searches;
      places.at = [];
    }
    // One too many tells that there are more.
    if (++this.noted > mostNoted) places.at.length = mostPlaces + 1;
    else places.at.push(start);
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

interface Places {
  search: number;
  at: number[];
}

/** Places of one literal, and of all in one content, that are noted. */
const mostPlaces = 20_000;
const mostNoted = 200_000;

/**
 * Chooses for each literal the rarest of its parts, and one that not too many others have. Literals all of whose parts are
 * crowded have no place: looking for them would make contents possible that take long.
 */
export function placeLiterals(literals: readonly Literal[]): (number | undefined)[] {
  const crowds = new Map<number, number>();
  return literals.map((text) => {
    const literal = Buffer.from(text, 'latin1');
    const shortestPart = Math.min(literal.length, groupBytes);
    let best: number | undefined;
    let bestWorth = 0;
    for (let at = 0; at + shortestPart <= literal.length; at++) {
      // How often bytes are looked at is decided by the first group, and how often they are compared by the next one too.
      const group = rarityOf(literal, at, Math.min(literal.length, at + groupBytes));
      const isPair = hasPair(literal, at);
      if ((isPair ? rarityOf(literal, at, at + pairBytes) : group + 1) < leastRarity) continue;
      const rarity = Math.min(group, enoughRarity) + (isPair ? 3 : 0);
      const worth = rarity * (1 - (crowds.get(keyAt(literal, at)) ?? 0) / mostWithOneKey);
      if (worth > bestWorth) [best, bestWorth] = [at, worth];
    }
    if (best !== undefined) crowds.set(keyAt(literal, best), (crowds.get(keyAt(literal, best)) ?? 0) + 1);
    return best;
  });
}

const mostWithOneKey = 256;
/** Rarity below which a part is in most contents anyway: zeros, blanks, or the same byte over and over. */
const leastRarity = 6;
const enoughRarity = 24;
/** Where so many bytes of a literal are left, it is looked for by two groups in a row. */
const pairBytes = 2 * groupBytes;
/** So few that the table fits into the processor's nearest cache. */
const marksPerGroup = 48;
/** So many that few groups of contents meet a mark by chance, as each of these costs a look at the entries. */
const marksPerKey = 20;

function hasPair(literal: Buffer, place: number): boolean {
  return literal.length - place >= pairBytes;
}

function keyAt(literal: Buffer, at: number): number {
  return hasPair(literal, at) ? pairOf(groupAt(literal, at), groupAt(literal, at + groupBytes)) : groupAt(literal, at);
}

/** The groups that may stand at a literal's place: one, but for a literal shorter than a group, behind which anything may follow. */
function groupsAt(literal: Buffer, place: number): readonly number[] {
  const group = groupAt(literal, place);
  if (literal.length - place >= groupBytes) return [group];
  return Array.from({ length: 128 }, (_, next) => group | (((next & 0x1f) | 0x20 | ((next & 0x60) << 1)) << 24));
}

// A byte next to the group; where the literal has no other one, a byte of the group.
function probeOf(literal: Buffer, at: number, keyBytes: number): { readonly byte: number; readonly at: number } {
  const before = literal[at - 1];
  const after = literal[at + keyBytes];
  if (after !== undefined) return { byte: after, at: keyBytes };
  return before === undefined ? { byte: literal[at] as number, at: 0 } : { byte: before, at: -1 };
}
