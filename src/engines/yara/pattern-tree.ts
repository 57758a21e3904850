/**
 * What a pattern matches, as a tree: one byte out of a set, parts one behind the other, one part out of several, or a part
 * over and over. What takes no room, such as the edge of a word, is no part of it: a tree matches at least what its pattern does.
 */
export type Tree =
  | { readonly set: ByteSet }
  | { readonly all: readonly Tree[] }
  | { readonly any: readonly Tree[] }
  | { readonly repeat: Tree; readonly least: number; readonly most: number };

/** Byte values, in ascending order. */
export type ByteSet = readonly number[];

export const anyByte: Tree = { set: Array.from({ length: 256 }, (_, byte) => byte) };
export const nothing: Tree = { all: [] };

export function oneByte(byte: number): Tree {
  return singles[byte] as Tree;
}

const singles: readonly Tree[] = Array.from({ length: 256 }, (_, byte) => ({ set: [byte] }));

export function setOf(bytes: Iterable<number>): Tree {
  return { set: [...new Set(bytes)].sort((left, right) => left - right) };
}

export function bytesTree(bytes: readonly number[]): Tree {
  return { all: bytes.map(oneByte) };
}

/** Each byte changed into a part. */
function mapSets(tree: Tree, change: (set: ByteSet) => Tree): Tree {
  if ('set' in tree) return change(tree.set);
  if ('all' in tree) return { all: tree.all.map((part) => mapSets(part, change)) };
  if ('any' in tree) return { any: tree.any.map((part) => mapSets(part, change)) };
  return { ...tree, repeat: mapSets(tree.repeat, change) };
}

/** Letters of ASCII in either case. */
export function inAnyCase(tree: Tree): Tree {
  return mapSets(tree, (set) => (set.some(isLetter) ? setOf(set.flatMap((byte) => (isLetter(byte) ? [byte | 0x20, byte & ~0x20] : [byte]))) : { set }));
}

/** A zero behind each byte. */
export function asWide(tree: Tree): Tree {
  return mapSets(tree, (set) => ({ all: [{ set }, oneByte(0)] }));
}

export function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

/** The most bytes that a match takes; infinite where there is no bound. */
export function mostBytes(tree: Tree): number {
  if ('set' in tree) return 1;
  if ('all' in tree) return tree.all.reduce((sum, part) => sum + mostBytes(part), 0);
  if ('any' in tree) return Math.max(0, ...tree.any.map(mostBytes));
  return tree.most === 0 ? 0 : tree.most * mostBytes(tree.repeat);
}
