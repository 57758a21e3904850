import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** Percent-encodes UTF-8 with `A-Z a-z 0-9 - _ . ~` as they are, as both signature versions want it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Names and values joined as they are signed: sorted by name in code-unit order. */
function canonicalQuery(pairs: Iterable<readonly [string, string]>): string {
  return [...pairs]
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/** What version 1.0 signs: every decoded parameter of query and form but `Signature`. (Signature method of RPC style, HMAC-SHA1.) */
export function stringToSignV1(method: string, pairs: ReadonlyMap<string, string>): string {
  const signed = [...pairs].filter(([name]) => name !== 'Signature');
  return `${method.toUpperCase()}&%2F&${percentEncode(canonicalQuery(signed))}`;
}

/** The version 1.0 signature in base64. */
export function signV1(text: string, secret: string): string {
  return createHmac('sha1', `${secret}&`).update(text).digest('base64');
}

/** What version 3 signs, besides the names of its headers. */
export interface SignedContentV3 {
  readonly method: string;
  /** Decoded parameters of the query. */
  readonly query: ReadonlyMap<string, string>;
  /** Lower-case names with trimmed values, in any order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** SHA-256 of the body, lower-case hex. */
  readonly payloadHash: string;
}

export function canonicalRequestV3({ method, query, headers, payloadHash }: SignedContentV3): string {
  const sorted = [...headers].sort(([left], [right]) => (left < right ? -1 : 1));
  const lines = sorted.map(([name, value]) => `${name}:${value}\n`).join('');
  return [method.toUpperCase(), '/', canonicalQuery(query), lines, sorted.map(([name]) => name).join(';'), payloadHash].join('\n');
}

export const algorithmV3 = 'ACS3-HMAC-SHA256';

/** The version 3 signature, lower-case hex. The key is the secret alone, without `&`. */
export function signV3(content: SignedContentV3, secret: string): string {
  return createHmac('sha256', secret).update(stringToSignV3(content)).digest('hex');
}

export function stringToSignV3(content: SignedContentV3): string {
  return `${algorithmV3}\n${hash('sha256', canonicalRequestV3(content))}`;
}

/** The parts of a version 3 Authorization header. */
export interface AuthorizationV3 {
  readonly accessKeyId: string;
  /** Lower-case names. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Reads `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`, the parts in any order; undefined when it is malformed or names a header twice. */
export function parseAuthorizationV3(value: string): AuthorizationV3 | undefined {
  const [, list = ''] = /^ACS3-HMAC-SHA256 +([^\r\n]{1,4096})$/.exec(value.trim()) ?? [];
  const parts = new Map<string, string>();
  for (const part of list.split(',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals)).trim();
    if (parts.has(name)) return undefined;
    parts.set(name, part.slice(equals + 1).trim());
  }
  const accessKeyId = parts.get('Credential') ?? '';
  const signature = parts.get('Signature') ?? '';
  const signedHeaders = (parts.get('SignedHeaders') ?? '').toLowerCase().split(';');
  if (accessKeyId === '' || !/^[0-9a-f]{64}$/.test(signature) || parts.size !== 3) return undefined;
  if (new Set(signedHeaders).size !== signedHeaders.length || !signedHeaders.every((name) => /^[a-z0-9-]+$/.test(name))) return undefined;
  return { accessKeyId, signedHeaders, signature };
}

/** Compares in constant time, by digests, so that not even the length tells anything. */
export function equalSignatures(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(hash('sha256', left), 'hex'), Buffer.from(hash('sha256', right), 'hex'));
}
