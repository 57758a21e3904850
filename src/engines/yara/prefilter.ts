import { GroupSearch, longestSearched, pieceBytes } from './group-search.ts';
import { GroupList, groupAt, groupBytes, groupsBeginningWith, pairOf } from './group-table.ts';
import { type Literal, rarityOf } from './literals.ts';

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
  /** Where literals whose places are asked for stand. */
  private readonly places: ReadonlyMap<number, Places>;
  private searches = 0;
  private noted = 0;
  private isAllNoted = true;

  /** `placed` are the numbers of the literals whose places are asked for. */
  constructor(literals: readonly PlacedLiteral[], placed: ReadonlySet<number> = new Set()) {
    const text = Buffer.from(literals.map(({ bytes }) => bytes).join(''), 'latin1');
    const starts = new Int32Array(literals.length + 1);
    const [singles, pairs, firsts] = [new GroupList(), new GroupList(), new GroupList()];
    let start = 0;
    for (let number = 0; number < literals.length; number++) {
      const { bytes, place } = literals[number] as PlacedLiteral;
      if (bytes.length > longestSearched) throw new RangeError(`a literal of ${bytes.length} bytes is too long`);
      const literal = text.subarray(start, (start += bytes.length));
      starts[number + 1] = start;
      const group = groupAt(literal, place);
      if (hasPair(literal, place)) {
        firsts.add(group, number, place);
        pairs.add(pairOf(group, groupAt(literal, place + groupBytes)), number, place);
      } else if (literal.length - place >= groupBytes) singles.add(group, number, place);
      else for (const each of groupsBeginningWith(group)) singles.add(each, number, place);
    }
    const isPlaced = Uint8Array.from(literals, (_, number) => Number(placed.has(number)));
    this.groups = new GroupSearch({ text, starts, isPlaced, singles, pairs, firsts });
    this.places = new Map([...placed].map((number) => [number, { search: 0, at: [] }]));
  }

  /** Numbers of the literals that the content holds, each once; good until the next search. */
  search(content: Buffer): Int32Array {
    this.searches++;
    this.noted = 0;
    this.isAllNoted = true;
    this.groups.begin();
    for (let start = 0; start < content.length; start += pieceBytes) {
      const { isAll } = this.groups.searchPiece(content, start, (literal, place) => this.note(literal, place));
      if (!isAll) this.isAllNoted = false;
    }
    return this.groups.literals;
  }

  /** Whether the content of the last search holds the literal. */
  has(number: number): boolean {
    return this.groups.has(number);
  }

  /** Where the literal stands in the content of the last search; undefined when it stands there too often to tell, or was not to be placed. */
  placesOf(number: number): readonly number[] | undefined {
    if (!this.has(number)) return [];
    const places = this.places.get(number);
    return this.isAllNoted && places?.search === this.searches && places.at.length <= mostPlaces ? places.at : undefined;
  }

  private note(literal: number, place: number): void {
    const places = this.places.get(literal);
    if (places === undefined) return;
    if (places.search !== this.searches) {
      places.search = this.searches;
      places.at = [];
    }
    // One too many tells that there are more.
    if (places.at.length > mostPlaces) return;
    if (++this.noted > mostNoted) this.isAllNoted = false;
    else places.at.push(place);
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
function hasPair(literal: Buffer, place: number): boolean {
  return literal.length - place >= pairBytes;
}

function keyAt(literal: Buffer, at: number): number {
  return hasPair(literal, at) ? pairOf(groupAt(literal, at), groupAt(literal, at + groupBytes)) : groupAt(literal, at);
}
