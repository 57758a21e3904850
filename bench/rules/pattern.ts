import type { Random } from '../random.ts';

/** A byte, one of any value, one of which half is fixed (as written: `4?` or `?4`), or a gap of some bytes. */
export type HexToken = number | 'any' | { readonly nibble: string } | { readonly least: number; readonly most: number };

export const textModifiers = ['ascii', 'wide', 'nocase', 'fullword'] as const;
export type TextModifier = (typeof textModifiers)[number];

/** What a rule looks for, in a form that is written both as YARA and as ClamAV have it. */
export type Pattern =
  | { readonly kind: 'hex'; readonly tokens: readonly HexToken[] }
  | { readonly kind: 'text'; readonly text: string; readonly modifiers: readonly TextModifier[] };

/** Bytes that the pattern matches, when zero bytes or spaces stand around them. */
export function bytesOf(pattern: Pattern, random: Random): Buffer {
  if (pattern.kind === 'hex') return Buffer.concat(pattern.tokens.map((token) => bytesOfToken(token, random)));
  const isWide = pattern.modifiers.includes('wide') && !pattern.modifiers.includes('ascii');
  return Buffer.from(pattern.text, isWide ? 'utf16le' : 'latin1');
}

function bytesOfToken(token: HexToken, random: Random): Buffer {
  if (typeof token === 'number') return Buffer.from([token]);
  if (token === 'any') return random.bytes(1);
  if ('nibble' in token) return Buffer.from([Number.parseInt(token.nibble.replace('?', random.pick(['3', '9', 'c'])), 16)]);
  return random.bytes(random.between(token.least, token.most));
}
