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
