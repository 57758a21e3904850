import { readHexPattern } from './hex-pattern.ts';
import { partsOf } from './literals.ts';
import { textBytes } from './pattern-bytes.ts';
import { asWide, bytesTree, inAnyCase, type Tree } from './pattern-tree.ts';
import { readRegexPattern } from './regex-pattern.ts';
import type { Pattern } from './rules-file.ts';

/** What a pattern may look like in a content, by its modifiers: each match is one of a tree. */
export interface PatternForms {
  readonly trees: readonly Tree[];
  /** True for xor and base64, whose forms are many and no longer the pattern's own bytes. */
  readonly isEncoded: boolean;
}

/** Undefined where the pattern is not understood. */
export function formsOfPattern(pattern: Pattern): PatternForms | undefined {
  const plain = treeOf(pattern);
  if (plain === undefined) return undefined;
  const has = (modifier: string): boolean => pattern.modifiers.has(modifier);
  if (has('xor') || has('base64') || has('base64wide')) return { trees: encodedForms(plain, has), isEncoded: true };
  return { trees: [...(has('wide') && !has('ascii') ? [] : [plain]), ...(has('wide') ? [asWide(plain)] : [])], isEncoded: false };
}

function treeOf(pattern: Pattern): Tree | undefined {
  const isNoCase = pattern.modifiers.has('nocase') || (pattern.kind === 'regex' && pattern.value.slice(pattern.value.lastIndexOf('/')).includes('i'));
  const tree = caselessTree(pattern);
  return tree !== undefined && isNoCase ? inAnyCase(tree) : tree;
}

function caselessTree({ kind, value }: Pattern): Tree | undefined {
  if (kind === 'hex') return readHexPattern(value);
  if (kind === 'regex') return readRegexPattern(value);
  const bytes = textBytes(value);
  return bytes === undefined ? undefined : bytesTree(bytes);
}

// What the bytes of a text may look like in a content.
function encodedForms(plain: Tree, has: (modifier: string) => boolean): readonly Tree[] {
  const bytes = bytesOf(plain);
  // An alphabet of its own makes any bytes of any text.
  if (bytes === undefined || has('base64()') || has('base64wide()')) return [{ all: [] }];
  const wide = bytes.flatMap((byte) => [byte, 0]);
  const forms = [...(has('wide') && !has('ascii') ? [] : [bytes]), ...(has('wide') ? [wide] : [])];
  if (has('xor')) return forms.flatMap((form) => Array.from({ length: 256 }, (_, key) => bytesTree(form.map((byte) => byte ^ key))));
  const texts = forms.flatMap(inBase64).map(bytesTree);
  return [...(has('base64') ? texts : []), ...(has('base64wide') ? texts.map(asWide) : [])];
}

function bytesOf(tree: Tree): readonly number[] | undefined {
  const bytes = partsOf(tree).map((part) => ('set' in part && part.set.length === 1 ? (part.set[0] as number) : -1));
  return bytes.includes(-1) ? undefined : bytes;
}

// The bytes may begin at each of three places of a group; characters that hold bits of what stands around are left out.
function inBase64(bytes: readonly number[]): number[][] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.from([...new Array<number>(before).fill(0), ...bytes]).toString('base64');
    return [...Buffer.from(text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)))];
  });
}
