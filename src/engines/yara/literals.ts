import { isLetter, type Tree } from './pattern-tree.ts';

/**
 * Bytes that a match must hold, each folded by `fold`, one character a byte. Every match of a pattern holds at least one of
 * its literals.
 */
export type Literal = string;

/**
 * What letters of either case have in common. Other bytes meet here too, which makes a literal likelier to be found where
 * it is not, and never the reverse.
 */
export function fold(byte: number): number {
  return byte | 0x20;
}

/** Shorter bytes are no literals, since too many contents hold them; see `tinyOf`. */
const shortestLiteral = 3;
/** Of longer ones the rarest part is looked for. */
const longestLiteral = 32;
/** Forms in which bytes are taken down: half a byte that is not known makes sixteen. */
const mostForms = 128;
/** Copies of a repeated part that are taken down. */
const mostCopies = 32;

/** Bytes of which each match of a tree holds one, letters in lower case, one character a byte. */
export interface Certain {
  readonly forms: readonly string[];
  /** The parts of the tree's outermost sequence in which they stand, both ends included; see `partsOf`. */
  readonly from: number;
  readonly to: number;
}

/** The parts of a tree that stand one behind the other. */
export function partsOf(tree: Tree): readonly Tree[] {
  return 'all' in tree ? tree.all.flatMap(partsOf) : [tree];
}

/** The rarest bytes that each match holds; undefined where nothing of `shortest` bytes is certain. */
export function certainOf(tree: Tree, shortest: number = shortestLiteral): Certain | undefined {
  const search = new RarestSearch(shortest);
  search.read(partsOf(tree));
  return search.best;
}

class RarestSearch {
  best: Certain | undefined;
  private bestWorth = 0;
  private readonly shortest: number;
  /** Runs of bytes that may go on, each begun at a part of its own. */
  private runs: { readonly forms: readonly string[]; readonly from: number }[] = [];

  constructor(shortest: number) {
    this.shortest = shortest;
  }

  read(parts: readonly Tree[]): void {
    for (const [index, part] of parts.entries()) {
      if ('repeat' in part && part.least > 0 && part.least !== part.most) this.copies(part, index);
      else this.part(part, index);
    }
    for (const run of this.runs) this.consider(run.forms, run.from, parts.length - 1);
  }

  private part(part: Tree, index: number): void {
    const forms = formsOf(part);
    if (forms === undefined) this.end(index - 1);
    if ('any' in part) this.consider(certainInside(part, this.shortest), index, index);
    else if ('repeat' in part && part.least > 0) this.consider(certainInside(part.repeat, this.shortest), index, index);
    if (forms !== undefined) this.extend(forms, index);
  }

  // More of the same may follow, so that what comes next stands behind at least these.
  private copies(part: Extract<Tree, { readonly repeat: Tree }>, index: number): void {
    const exact = formsOf({ ...part, least: Math.min(part.least, mostCopies), most: Math.min(part.least, mostCopies) });
    if (exact !== undefined) this.extend(exact, index);
    this.end(index);
    if (exact === undefined) this.consider(certainInside(part.repeat, this.shortest), index, index);
    else this.runs = [{ forms: exact, from: index }];
  }

  private extend(forms: readonly string[], index: number): void {
    const longer: { readonly forms: readonly string[]; readonly from: number }[] = [];
    const [only] = forms;
    if (forms.length === 1 && only !== undefined && this.runs.length > 0) {
      this.runs = this.runs.map((run) => ({ forms: run.forms.map((start) => start + only), from: run.from }));
      if (this.runs.every((run) => run.forms.length > 1)) this.runs.push({ forms, from: index });
      return;
    }
    for (const run of this.runs) {
      if (forms.length > 1) this.consider(run.forms, run.from, index - 1);
      if (run.forms.length * forms.length > mostForms) continue;
      longer.push({ forms: run.forms.flatMap((start) => forms.map((end) => start + end)), from: run.from });
    }
    // Behind a part that has several forms a run may begin that has fewer.
    if (longer.every((run) => run.forms.length > 1)) longer.push({ forms, from: index });
    this.runs = longer;
  }

  private end(to: number): void {
    for (const run of this.runs) this.consider(run.forms, run.from, to);
    this.runs = [];
  }

  private consider(forms: readonly string[] | undefined, from: number, to: number): void {
    if (forms === undefined || forms.length === 0) return;
    const distinct = [...new Set(forms)];
    const shortest = Math.min(...distinct.map(({ length }) => length));
    if (shortest < this.shortest) return;
    const worth =
      Math.min(...distinct.map((form) => rarityOfText(form.length > longestLiteral ? rarestPart(form) : form))) - formCost * Math.log2(distinct.length);
    if (this.best !== undefined && worth <= this.bestWorth) return;
    this.best = { forms: distinct, from, to };
    this.bestWorth = worth;
  }
}

/** What each form more costs, in the bits of `rarityOf`: it is likelier that one of them is found, and there is more to look for. */
const formCost = 2.5;

function certainInside(tree: Tree, shortest: number): readonly string[] | undefined {
  if (!('any' in tree)) return certainOf(tree, shortest)?.forms;
  const forms: string[] = [];
  for (const branch of tree.any) {
    const inner = certainOf(branch, shortest);
    if (inner === undefined) return undefined;
    forms.push(...inner.forms);
  }
  return forms.length > mostForms ? undefined : forms;
}

/** All that a tree can match, letters in lower case; undefined where that is too much. */
function formsOf(tree: Tree): readonly string[] | undefined {
  if ('set' in tree) return tree.set.length === 1 ? single[tree.set[0] as number] : limited(tree.set.map((byte) => characters[byte] as string));
  if ('any' in tree) {
    const inner = tree.any.map(formsOf);
    return inner.every((forms) => forms !== undefined) ? limited(inner.flat()) : undefined;
  }
  if ('all' in tree) return productOf(tree.all.map(formsOf));
  const copies = Array.from({ length: tree.most - tree.least + 1 > mostForms ? 0 : tree.most - tree.least + 1 }, (_, more) => tree.least + more);
  const inner = formsOf(tree.repeat);
  if (inner === undefined || copies.length === 0 || tree.most > 4 * mostForms) return undefined;
  const each = copies.map((count) => productOf(Array.from({ length: count }, () => inner)));
  return each.every((forms) => forms !== undefined) ? limited(each.flat()) : undefined;
}

function productOf(parts: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  let forms: readonly string[] = [''];
  for (const part of parts) {
    if (part === undefined || forms.length * part.length > mostForms) return undefined;
    const before = forms;
    forms = part.length === 1 ? before.map((start) => start + (part[0] as string)) : before.flatMap((start) => part.map((end) => start + end));
  }
  return forms;
}

function limited(forms: readonly string[]): readonly string[] | undefined {
  const distinct = [...new Set(forms)];
  return distinct.length > mostForms ? undefined : distinct;
}

const characters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).map((character) =>
  isLetter(character.charCodeAt(0)) ? character.toLowerCase() : character,
);

const single: readonly (readonly string[])[] = characters.map((character) => [character]);

/** The rarest part of some bytes, folded. */
export function literalOf(form: string): Literal {
  return foldedText(form.length > longestLiteral ? rarestPart(form) : form);
}

function foldedText(text: string): string {
  return String.fromCharCode(...Array.from(text, (character) => fold(character.charCodeAt(0))));
}

function rarestPart(form: string): string {
  let best = 0;
  let bestRarity = -1;
  for (let start = 0; start + longestLiteral <= form.length; start += longestLiteral / 4) {
    const rarity = rarityOfText(form.slice(start, start + longestLiteral));
    if (rarity > bestRarity) [best, bestRarity] = [start, rarity];
  }
  return form.slice(best, best + longestLiteral);
}

/**
 * How rare some bytes are in files of any kind: bits, roughly. Bytes that repeat tell little more than one of them, and
 * zeros, blanks and lower-case letters are what files are full of.
 */
export function rarityOf(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  let bits = 0;
  let previous = -1;
  for (let at = from; at < to; at++) {
    const folded = fold(bytes[at] as number);
    bits += folded === previous ? repeatedBits : (bitsOf[folded] as number);
    previous = folded;
  }
  return bits;
}

/** The same of a text of one character a byte. */
export function rarityOfText(text: string): number {
  let bits = 0;
  let previous = -1;
  for (let at = 0; at < text.length; at++) {
    const folded = fold(text.charCodeAt(at));
    bits += folded === previous ? repeatedBits : (bitsOf[folded] as number);
    previous = folded;
  }
  return bits;
}

const repeatedBits = 0.5;

// Measured over programs and texts of a Debian system, taking of both what is commoner: opcodes and zeros are as usual in the
// one as some letters are in the other. Less than their frequency alone would tell, since bytes do not come independently.
const commonBytes: readonly (readonly [number, string])[] = [
  [2, ' '],
  [3.5, 'etaisnorhl\xff'],
  [4.5, 'cdpmu*!/$\xa9'],
  [5, 'fgb()\x7f".0\xab\xe8'],
  [5.5, 'yw><=1#-%\xf0\xe0\xad\xa3\xa5'],
  [6, "vzkx'?,84&|:2`\xa4\xe9\xfe"],
];
const rareBits = 6.5;
const bitsOf = Array.from({ length: 256 }, (_, folded) => commonBytes.find(([, bytes]) => bytes.includes(String.fromCharCode(folded)))?.[0] ?? rareBits);

/**
 * Two bytes that each match holds just as they are, none of them a letter, for a tree without literals: the rarest; undefined
 * where there are none.
 */
export function tinyOf(tree: Tree): Certain | undefined {
  const parts = partsOf(tree);
  let best: Certain | undefined;
  for (const [index, part] of parts.entries()) {
    const [first, next] = [onlyByte(part), onlyByte(parts[index + 1])];
    if (first === undefined || next === undefined) continue;
    const pair = String.fromCharCode(first, next);
    if (best === undefined || rarityOfText(pair) > rarityOfText(best.forms[0] ?? '')) best = { forms: [pair], from: index, to: index + 1 };
  }
  const [only] = parts;
  return best === undefined && parts.length === 1 && only !== undefined && 'any' in only ? tinyOfEach(only.any) : best;
}

function tinyOfEach(trees: readonly Tree[]): Certain | undefined {
  const each = trees.map(tinyOf);
  return each.every((one) => one !== undefined) ? { forms: [...new Set(each.flatMap(({ forms }) => forms))], from: 0, to: 0 } : undefined;
}

function onlyByte(part: Tree | undefined): number | undefined {
  if (part === undefined || !('set' in part) || part.set.length !== 1) return undefined;
  const [byte] = part.set;
  return byte === undefined || isLetter(byte) ? undefined : byte;
}
