/** Parameters as they stand in a query or a form, in the order received and after decoding. */
export type FlatParameters = ReadonlyMap<string, string>;

const maxPairs = 16_384;
const maxParts = 8;

/**
 * Decodes `name=value` pairs joined by `&`. A blank may be `+` or `%20`; a name without `=` has an empty value. Returns a reason when a pair is
 * not valid, when a name stands twice (a signature cannot tell the two apart), or when there are more than 16,384 pairs.
 */
export function decodeFlat(text: string): FlatParameters | { readonly reason: string } {
  const pairs = new Map<string, string>();
  for (let start = 0; start < text.length; ) {
    const end = indexOrEnd(text, '&', start);
    if (end > start) {
      const pair = text.slice(start, end);
      const equals = indexOrEnd(pair, '=', 0);
      const name = decodePart(pair.slice(0, equals));
      const value = decodePart(pair.slice(equals + 1));
      if (name === undefined || value === undefined) return { reason: 'a parameter is not valid percent-encoded UTF-8' };
      if (pairs.has(name)) return { reason: `the parameter \`${name}\` is given twice` };
      if (pairs.size === maxPairs) return { reason: `there are more than ${maxPairs} parameters` };
      pairs.set(name, value);
    }
    start = end + 1;
  }
  return pairs;
}

/** A value of flat parameters, taken apart at the dots: text, or the members by name or list position. */
export type FlatNode = string | ReadonlyMap<string, FlatNode>;

/** Whether a node has members. */
export function isNested(node: unknown): node is ReadonlyMap<string, FlatNode> {
  return node instanceof Map;
}

/**
 * Nests flat names (`Filters.0.Name`). Returns the name that cannot be nested: one with more than 8 parts or empty ones, or one that is
 * both a value and a parent.
 */
export function nestFlat(pairs: Iterable<readonly [string, string]>): ReadonlyMap<string, FlatNode> | { readonly misfit: string } {
  const root = new Map<string, MutableNode>();
  for (const [name, value] of pairs) {
    const parts = name.split('.', maxParts + 1);
    if (parts.length > maxParts || parts.includes('') || !place(root, parts, value)) return { misfit: name };
  }
  return root;
}

type MutableNode = string | Map<string, MutableNode>;

function place(root: Map<string, MutableNode>, parts: readonly string[], value: string): boolean {
  let node = root;
  for (const part of parts.slice(0, -1)) {
    const child = node.get(part) ?? new Map<string, MutableNode>();
    if (typeof child === 'string') return false;
    node.set(part, child);
    node = child;
  }
  const last = parts.at(-1) ?? '';
  if (node.has(last)) return false;
  node.set(last, value);
  return true;
}

function decodePart(part: string): string | undefined {
  const text = part.includes('+') ? part.replaceAll('+', ' ') : part;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index === -1 ? text.length : index;
}
