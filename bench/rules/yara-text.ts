import type { Rule } from './generate.ts';
import type { HexToken, Pattern } from './pattern.ts';

/** A rule in YARA's language. */
export function yaraText(rule: Rule): string {
  const meta = Object.entries(rule.meta).map(([key, value]) => `    ${key} = ${typeof value === 'number' ? value : quoted(value)}`);
  const strings = rule.patterns.map((pattern, index) => `    $a${index} = ${patternText(pattern)}`);
  return `rule ${rule.name} : bench ${rule.family}\n{\n  meta:\n${meta.join('\n')}\n  strings:\n${strings.join('\n')}\n  condition:\n    ${conditionOf(rule)}\n}\n`;
}

const magics = { elf: 'uint32(0) == 0x464c457f', zip: 'uint32(0) == 0x04034b50' } as const;

function conditionOf({ magic, sizeBelow, needs, patterns }: Rule): string {
  return [
    ...(magic === undefined ? [] : [magics[magic]]),
    ...(sizeBelow === undefined ? [] : [`filesize < ${sizeBelow}`]),
    needs === patterns.length ? 'all of them' : `${needs} of them`,
  ].join(' and ');
}

function patternText(pattern: Pattern): string {
  if (pattern.kind === 'text') return [quoted(pattern.text), ...pattern.modifiers].join(' ');
  return `{ ${pattern.tokens.map(tokenText).join(' ')} }`;
}

function tokenText(token: HexToken): string {
  if (typeof token === 'number') return token.toString(16).padStart(2, '0').toUpperCase();
  if (token === 'any') return '??';
  return 'nibble' in token ? token.nibble.toUpperCase() : `[${token.least}-${token.most}]`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
