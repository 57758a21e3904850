import { isUtf8 } from 'node:buffer';

const maxDepth = 16;
const maxMembers = 100_000;

/**
 * Parses a JSON object out of a request body; an empty body counts as `{}`. Returns a reason when the body is not UTF-8, not JSON, not an
 * object, nests deeper than 16 levels, or has more than 100,000 members: bounds are checked before anything is built.
 */
export function parseJsonObject(body: Buffer): { readonly members: Readonly<Record<string, unknown>> } | { readonly reason: string } {
  if (body.length === 0) return { members: {} };
  const excess = findExcess(body);
  if (excess !== undefined) return { reason: excess };
  if (!isUtf8(body)) return { reason: 'the body is not UTF-8' };
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { reason: 'the body is not JSON' };
  }
  return isJsonObject(value) ? { members: value } : { reason: 'the body is not a JSON object' };
}

/** Parses JSON of any kind that stands in a text, within the same bounds; undefined when it is none. */
export function parseJsonText(text: string): unknown {
  const parsed = parseJsonObject(Buffer.from(`{"value":${text}}`));
  return 'members' in parsed && Object.keys(parsed.members).length === 1 ? parsed.members['value'] : undefined;
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
// `[` and `{` differ in one bit, as do `]` and `}`.
const openBracket = 0x5b;
const closeBracket = 0x5d;
const caseBit = 0x20;

function findExcess(body: Buffer): string | undefined {
  let depth = 0;
  let members = 0;
  let inText = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (inText) {
      if (byte === backslash) at++;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === comma) members++;
    else if ((byte & ~caseBit) === openBracket) depth++;
    else if ((byte & ~caseBit) === closeBracket) depth--;
    if (depth > maxDepth) return `the body nests deeper than ${maxDepth} levels`;
    if (members >= maxMembers) return `the body has more than ${maxMembers} members`;
  }
  return undefined;
}
