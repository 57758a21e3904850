import { isForeignToText } from './kinds.ts';
import type { Pattern } from './rules-file.ts';

/** What is certain about every match of a pattern. */
export interface PatternFacts {
  /** True when every match holds a byte that no content of kind text has. */
  readonly foreignToText: boolean;
  /** The bytes with which every match begins, as far as they are certain; bounded to `prefixBytes`. */
  readonly prefix: readonly number[];
}

const unknown: PatternFacts = { foreignToText: false, prefix: [] };
const prefixBytes = 8;

/** Derives what is certain; whatever is not understood gives no facts. */
export function patternFacts(pattern: Pattern): PatternFacts {
  if (pattern.kind === 'hex') return hexFacts(pattern.value);
  const has = (modifier: string): boolean => pattern.modifiers.has(modifier);
  if (has('xor') || has('base64') || has('base64wide')) return unknown;
  if (pattern.kind === 'regex') return has('wide') ? unknown : { foreignToText: regexIsForeign(pattern.value), prefix: [] };
  return textFacts(textBytes(pattern.value), { wide: has('wide'), ascii: has('ascii'), nocase: has('nocase') });
}

function textFacts(bytes: readonly number[] | undefined, modifier: { wide: boolean; ascii: boolean; nocase: boolean }): PatternFacts {
  if (bytes === undefined || bytes.length === 0) return unknown;
  const foreign = bytes.some(isForeignToText);
  // Wide text has a zero after each byte.
  if (modifier.wide) return { foreignToText: foreign || !modifier.ascii, prefix: modifier.nocase ? [] : bytes.slice(0, 1) };
  return { foreignToText: foreign, prefix: modifier.nocase ? [] : bytes.slice(0, prefixBytes) };
}

/** The bytes of a quoted text; undefined when it holds an escape we do not know. */
export function textBytes(quoted: string): number[] | undefined {
  const inner = quoted.slice(1, -1);
  if (!inner.includes('\\')) return [...Buffer.from(inner, 'utf8')];
  const bytes: number[] = [];
  for (const part of inner.matchAll(/\\x([0-9a-fA-F]{2})|\\([tnr"\\])|(\\)|([^\\]+)/g)) {
    const [, hex, simple, strange, plain] = part;
    if (strange !== undefined) return undefined;
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (simple !== undefined) bytes.push(simpleEscapes[simple as keyof typeof simpleEscapes]);
    else for (const byte of Buffer.from(plain ?? '', 'utf8')) bytes.push(byte);
  }
  return bytes;
}

const simpleEscapes = { t: 9, n: 10, r: 13, '"': 34, '\\': 92 } as const;

function hexFacts(value: string): PatternFacts {
  const tokens = value.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, ' ').match(/\[[^\]]*\]|~?[0-9a-fA-F?]{2}|[(|)]|[^\s{}]/g) ?? [];
  return { foreignToText: hexIsForeign(tokens), prefix: hexPrefix(tokens) };
}

function hexPrefix(tokens: readonly string[]): number[] {
  const prefix: number[] = [];
  for (const token of tokens) {
    if (!certain.test(token) || prefix.length === prefixBytes) break;
    prefix.push(Number.parseInt(token, 16));
  }
  return prefix;
}

const certain = /^[0-9a-fA-F]{2}$/;

// Only bytes outside alternatives count; strings whose every alternative is foreign are rare.
function hexIsForeign(tokens: readonly string[]): boolean {
  let depth = 0;
  let foreign = false;
  for (const token of tokens) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (depth === 0 && token === '|') return false;
    else if (depth === 0 && certain.test(token) && isForeignToText(Number.parseInt(token, 16))) foreign = true;
  }
  return foreign;
}

// An escaped byte outside any group, class or alternative that is not optional is in every match.
function regexIsForeign(value: string): boolean {
  const body = value.slice(1, value.lastIndexOf('/'));
  if (/[()|[\]]/.test(body)) return false;
  for (const part of body.matchAll(/\\(?:x([0-9a-fA-F]{2})|[\s\S])([?*{]?)/g)) {
    if (part[1] !== undefined && part[2] === '' && isForeignToText(Number.parseInt(part[1], 16))) return true;
  }
  return false;
}
