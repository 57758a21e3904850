import { anyByte, oneByte, setOf, type Tree } from './pattern-tree.ts';

/** Reads a pattern in hexadecimal, as written with its braces; undefined when it is not understood. */
export function readHexPattern(value: string): Tree | undefined {
  const tokens = value.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, ' ').match(/\[[^\]]*\]|~?[0-9a-fA-F?]{2}|[(|)]|[^\s{}]/g) ?? [];
  // A work list instead of recursion: the open groups, each with its alternatives.
  const groups: Tree[][][] = [[[]]];
  for (const token of tokens) {
    const alternatives = groups.at(-1) as Tree[][];
    if (token === '(') groups.push([[]]);
    else if (token === '|') alternatives.push([]);
    else if (token === ')') {
      groups.pop();
      groups.at(-1)?.at(-1)?.push(eitherOf(alternatives));
      if (groups.length === 0) return undefined;
    } else {
      const part = token.startsWith('[') ? jumpOf(token) : byteOf(token);
      if (part === undefined) return undefined;
      alternatives.at(-1)?.push(part);
    }
  }
  const [whole, ...unclosed] = groups;
  return whole === undefined || unclosed.length > 0 ? undefined : eitherOf(whole);
}

function eitherOf(alternatives: readonly (readonly Tree[])[]): Tree {
  const [only] = alternatives;
  return alternatives.length === 1 ? { all: only ?? [] } : { any: alternatives.map((all) => ({ all })) };
}

function jumpOf(token: string): Tree | undefined {
  const bounds = /^\[\s*(\d*)\s*(-?)\s*(\d*)\s*\]$/.exec(token);
  if (bounds === null) return undefined;
  const [, least = '', dash, most = ''] = bounds;
  const from = Number(least);
  return { repeat: anyByte, least: from, most: dash === '' ? from : most === '' ? Number.POSITIVE_INFINITY : Number(most) };
}

function byteOf(token: string): Tree | undefined {
  const [high, low] = token.replace('~', '');
  if (high === undefined || low === undefined) return undefined;
  const fits = (digit: string, nibble: number): boolean => digit === '?' || Number.parseInt(digit, 16) === nibble;
  if (!token.startsWith('~')) {
    if (token === '??') return anyByte;
    if (!token.includes('?')) return /^[0-9a-fA-F]{2}$/.test(token) ? oneByte(Number.parseInt(token, 16)) : undefined;
  }
  const isNot = token.startsWith('~');
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  return setOf(all.filter((byte) => (fits(high, byte >> 4) && fits(low, byte & 15)) !== isNot));
}
