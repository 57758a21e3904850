import type { Rule } from './generate.ts';
import type { HexToken, Pattern } from './pattern.ts';

/** A rule as one line of a ClamAV logical signature file (.ldb): name, target and bounds, expression, patterns. */
export function clamavText(rule: Rule): string {
  const target = rule.magic === 'elf' ? 6 : 0;
  const size = rule.sizeBelow === undefined ? '' : `,FileSize:0-${rule.sizeBelow - 1}`;
  const patterns = rule.magic === 'zip' ? [...rule.patterns, undefined] : rule.patterns;
  return [
    rule.name,
    `Engine:81-255,Target:${target}${size}`,
    expressionOf(rule),
    ...patterns.map((pattern) => (pattern === undefined ? '0:504b0304' : patternText(pattern))),
  ].join(';');
}

function expressionOf({ patterns, needs, magic }: Rule): string {
  const numbers = patterns.map((_, index) => index);
  const main = needs === patterns.length ? numbers.join('&') : `(${numbers.join('|')})>${needs - 1},${needs}`;
  return magic === 'zip' ? `(${main})&${patterns.length}` : main;
}

const modifierLetters = { nocase: 'i', wide: 'w', fullword: 'f', ascii: 'a' } as const;

function patternText(pattern: Pattern): string {
  if (pattern.kind === 'hex') return pattern.tokens.map(tokenText).join('');
  const letters = pattern.modifiers.map((modifier) => modifierLetters[modifier]).join('');
  const bytes = Buffer.from(pattern.text, 'latin1').toString('hex');
  return letters === '' ? bytes : `${bytes}::${letters}`;
}

function tokenText(token: HexToken): string {
  if (typeof token === 'number') return token.toString(16).padStart(2, '0');
  if (token === 'any') return '??';
  return 'nibble' in token ? token.nibble : `{${token.least}-${token.most}}`;
}
