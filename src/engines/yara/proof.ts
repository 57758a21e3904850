import { mostBytes, type Tree } from './pattern-tree.ts';

/** A closer look at the place where a literal was found. */
export interface Proof {
  /** A regular expression for text of one character a byte; every match of the pattern around a literal holds a match of it. */
  readonly source: string;
  /** The most bytes that a match takes. */
  readonly bytes: number;
}

/** Bits by which a proof must be surer than the literal alone. */
const worthwhileBits = 3;
/** Bytes that one may take, so that looking at them stays cheap. */
const mostProofBytes = 512;
/** Ways in which the parts of one may be laid out, as each may have to be tried. */
const mostWays = 2000;

/**
 * A proof for a literal that stands in some parts of a sequence: of these and as many around them as can be checked in
 * short time. Undefined where that would tell nothing more than the literal does.
 */
export function proofOf(parts: readonly Tree[], { from, to }: { readonly from: number; readonly to: number }, literalBytes: number): Proof | undefined {
  let [first, last] = [from, to];
  let piece: Tree = { all: parts.slice(first, last + 1) };
  if (!isCheap(piece)) return undefined;
  for (let isGrown = true; isGrown; ) {
    isGrown = false;
    for (const [before, behind] of [
      [1, 0],
      [0, 1],
    ] as const) {
      if (first - before < 0 || last + behind >= parts.length) continue;
      const larger = { all: parts.slice(first - before, last + behind + 1) };
      if (!isCheap(larger)) continue;
      [first, last, piece, isGrown] = [first - before, last + behind, larger, true];
    }
  }
  if (certaintyOf(piece) < literalBytes * bitsOfFolded + worthwhileBits) return undefined;
  return { source: sourceOf(piece), bytes: mostBytes(piece) };
}

/** A folded byte stands for two. */
const bitsOfFolded = 7;

function isCheap(tree: Tree): boolean {
  return mostBytes(tree) <= mostProofBytes && waysOf(tree) <= mostWays;
}

function waysOf(tree: Tree): number {
  if ('set' in tree) return 1;
  if ('all' in tree) return tree.all.reduce((product, part) => product * waysOf(part), 1);
  if ('any' in tree) return tree.any.reduce((sum, part) => sum + waysOf(part), 0);
  if (tree.most === Number.POSITIVE_INFINITY) return tree.most;
  return (tree.most - tree.least + 1) * waysOf(tree.repeat) ** Math.min(tree.most, 64);
}

/** How much a match of a tree tells, in bits: the less, the more contents have one by chance. */
function certaintyOf(tree: Tree): number {
  if ('set' in tree) return 8 - Math.log2(Math.max(1, tree.set.length));
  if ('all' in tree) return tree.all.reduce((sum, part) => sum + certaintyOf(part), 0);
  if ('any' in tree) return Math.min(...tree.any.map(certaintyOf));
  return tree.least * certaintyOf(tree.repeat);
}

function sourceOf(tree: Tree): string {
  if ('set' in tree) return classOf(tree.set);
  if ('all' in tree) return tree.all.map((part) => sourceOf(part)).join('');
  if ('any' in tree) return `(?:${tree.any.map((part) => sourceOf(part)).join('|')})`;
  const count = tree.least === tree.most ? `{${tree.least}}` : `{${tree.least},${tree.most}}`;
  return `(?:${sourceOf(tree.repeat)})${count}`;
}

function classOf(set: readonly number[]): string {
  if (set.length === 256) return '[^]';
  const [only] = set;
  if (set.length === 1 && only !== undefined) return escaped(only);
  const ranges: string[] = [];
  for (let index = 0; index < set.length; index++) {
    const from = set[index] as number;
    while (set[index + 1] === (set[index] as number) + 1) index++;
    const to = set[index] as number;
    ranges.push(from === to ? escaped(from) : `${escaped(from)}-${escaped(to)}`);
  }
  return `[${ranges.join('')}]`;
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[0-9A-Za-z]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}
