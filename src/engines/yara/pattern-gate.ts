import { anyOf, type Gate } from './gate.ts';
import { readHexPattern } from './hex-pattern.ts';
import { type Certain, certainOf, literalOf, partsOf, rarityOfText, tinyOf } from './literals.ts';
import { textBytes } from './pattern-bytes.ts';
import { asWide, bytesTree, inAnyCase, type Tree } from './pattern-tree.ts';
import { proofOf } from './proof.ts';
import { readRegexPattern } from './regex-pattern.ts';
import type { Pattern } from './rules-file.ts';

/** What a content must hold before the pattern can match in it; `true` where nothing is certain. */
export function gateOfPattern(pattern: Pattern): Gate {
  const plain = treeOf(pattern);
  if (plain === undefined) return true;
  const has = (modifier: string): boolean => pattern.modifiers.has(modifier);
  const encoded = has('xor') || has('base64') || has('base64wide') ? encodedForms(plain, has) : undefined;
  if (encoded !== undefined) return anyOf(encoded.map((tree) => gateOfTree(tree, shortestEncoded)));
  const forms = [...(has('wide') && !has('ascii') ? [] : [plain]), ...(has('wide') ? [asWide(plain)] : [])];
  return anyOf(forms.map((tree) => gateOfTree(tree)));
}

/** There are many forms of what is encoded, so that short bytes are found everywhere. */
const shortestEncoded = 4;
/** Bits of rarity below which bytes are in so many contents that a closer look pays. */
const commonBits = 45;
/** Bits of rarity below which looking for bytes is no use. */
const uselessBits = 11;
const uselessProvedBits = 4.5;

function gateOfTree(tree: Tree, shortest?: number): Gate {
  const parts = partsOf(tree);
  const certain = certainOf(tree, shortest);
  const leaves = certain?.forms.map((form) => leafOf(form, parts, certain));
  if (leaves?.every((leaf) => leaf !== undefined) === true) return anyOf(leaves);
  const tiny = shortest === undefined ? tinyOf(tree) : undefined;
  if (tiny === undefined) return true;
  const proof = proofOf(parts, tiny, tiny.forms[0]?.length ?? 0);
  return anyOf(tiny.forms.map((exact) => (proof === undefined ? { exact } : { exact, proof })));
}

function leafOf(form: string, parts: readonly Tree[], certain: Certain): Gate | undefined {
  const literal = literalOf(form);
  const rarity = rarityOfText(literal);
  const proof = rarity < commonBits ? proofOf(parts, certain, literal.length) : undefined;
  if (rarity < (proof === undefined ? uselessBits : uselessProvedBits)) return undefined;
  return proof === undefined ? { literal } : { literal, proof };
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
function encodedForms(plain: Tree, has: (modifier: string) => boolean): readonly Tree[] | undefined {
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
