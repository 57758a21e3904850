import { textBytes } from './pattern-bytes.ts';
import { regexLiterals } from './regex-literals.ts';
import type { Pattern } from './rules-file.ts';

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
export const shortestLiteral = 4;
/** Of longer ones the rarest part is looked for. */
const longestLiteral = 32;

/** Literals of which each match of the pattern holds one; undefined where nothing is certain. */
export function literalsOf(pattern: Pattern): readonly Literal[] | undefined {
  const alternatives = encoded(pattern);
  const literals = alternatives?.map(literalOf);
  return literals?.every((literal) => literal.length >= shortestLiteral) === true ? [...new Set(literals)] : undefined;
}

/** What each match of a pattern without literals holds, byte for byte, when that is two or three bytes and no letter; else undefined. */
export function tinyOf(pattern: Pattern): readonly string[] | undefined {
  if (['xor', 'base64', 'base64wide'].some((modifier) => pattern.modifiers.has(modifier))) return undefined;
  const alternatives = encoded(pattern);
  const isTiny = alternatives?.every((bytes) => bytes.length >= 2 && !bytes.some(isLetter)) === true;
  return isTiny ? alternatives.map((bytes) => String.fromCharCode(...bytes.slice(0, shortestLiteral - 1))) : undefined;
}

function isLetter(byte: number): boolean {
  return fold(byte) >= 0x61 && fold(byte) <= 0x7a;
}

type Alternatives = readonly (readonly number[])[];

// What the pattern's bytes may look like in a content, by its modifiers.
function encoded(pattern: Pattern): Alternatives | undefined {
  const has = (modifier: string): boolean => pattern.modifiers.has(modifier);
  const plain = alternativesOf(pattern);
  if (plain === undefined || has('base64()') || has('base64wide()')) return undefined;
  const forms = [...(has('wide') && !has('ascii') ? [] : plain), ...(has('wide') ? plain.map(asWide) : [])];
  if (has('xor')) return forms.flatMap((form) => Array.from({ length: 256 }, (_, key) => form.map((byte) => byte ^ key)));
  if (!has('base64') && !has('base64wide')) return forms;
  const texts = forms.flatMap(asBase64);
  return [...(has('base64') ? texts : []), ...(has('base64wide') ? texts.map(asWide) : [])];
}

function alternativesOf(pattern: Pattern): Alternatives | undefined {
  if (pattern.kind === 'regex') return regexLiterals(pattern.value);
  const bytes = pattern.kind === 'hex' ? longestRun(pattern.value) : textBytes(pattern.value);
  return bytes === undefined ? undefined : [bytes];
}

// A zero follows each byte; the last one is left out, so that it need not be known whether it belongs to the match.
function asWide(bytes: readonly number[]): number[] {
  return bytes.flatMap((byte) => [byte, 0]).slice(0, -1);
}

// The bytes may begin at each of three places of a group; characters that hold bits of what stands around are left out.
function asBase64(bytes: readonly number[]): number[][] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.from([...new Array<number>(before).fill(0), ...bytes]).toString('base64');
    return [...Buffer.from(text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)))];
  });
}

/** The rarest part of some bytes, folded. */
function literalOf(bytes: readonly number[]): Literal {
  const part = bytes.length <= longestLiteral ? bytes : bytes.slice(rarestPart(bytes), rarestPart(bytes) + longestLiteral);
  return String.fromCharCode(...part.map(fold));
}

function rarestPart(bytes: readonly number[]): number {
  let best = 0;
  let bestRarity = -1;
  for (let start = 0; start + longestLiteral <= bytes.length; start += longestLiteral / 4) {
    const rarity = rarityOf(bytes.slice(start, start + longestLiteral));
    if (rarity > bestRarity) [best, bestRarity] = [start, rarity];
  }
  return best;
}

/**
 * How rare some bytes are in files of any kind: bits, roughly. Bytes that repeat tell little more than one of them, and
 * zeros, blanks and lower-case letters are what files are full of.
 */
export function rarityOf(bytes: readonly number[]): number {
  let bits = 0;
  let previous = -1;
  for (const byte of bytes) {
    const folded = fold(byte);
    bits += folded === previous ? 0.5 : bitsOf(folded);
    previous = folded;
  }
  return bits;
}

function bitsOf(folded: number): number {
  if (folded === 0x20) return 2;
  if (folded >= 0x61 && folded <= 0x7a) return 'etaoinsrlcd'.includes(String.fromCharCode(folded)) ? 3.5 : 5;
  if (folded >= 0x30 && folded <= 0x39) return 5.5;
  return folded === 0xff ? 4 : 6.5;
}

/** The longest run of certain bytes outside alternatives; undefined when there is none. */
function longestRun(hex: string): readonly number[] | undefined {
  const tokens = hex.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, ' ').match(/\[[^\]]*\]|~?[0-9a-fA-F?]{2}|[(|)]|[^\s{}]/g) ?? [];
  let depth = 0;
  let best: readonly number[] = [];
  let run: number[] = [];
  for (const token of [...tokens, '[']) {
    if (depth === 0 && certain.test(token)) {
      run.push(Number.parseInt(token, 16));
      continue;
    }
    if (rarityOf(run) > rarityOf(best)) best = run;
    run = [];
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token === '|' && depth === 0) return undefined;
  }
  return best.length === 0 ? undefined : best;
}

const certain = /^[0-9a-fA-F]{2}$/;
