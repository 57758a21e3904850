import type { KeyObject } from 'node:crypto';
import { createHmac, createSecretKey, hash, timingSafeEqual } from 'node:crypto';

/** The parts of a TC3 Authorization header. */
export interface Authorization {
  readonly secretId: string;
  /** UTC day `YYYY-MM-DD`, as the client claims. */
  readonly date: string;
  /** As sent: most SDKs take the first label of the endpoint, which need not be the product. */
  readonly service: string;
  /** Lower-case names, in the order given. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const authorizationForm = /^TC3-HMAC-SHA256 +Credential=([^,]{1,512}), *SignedHeaders=([^,]{1,1024}), *Signature=([^, ]{1,128}) *$/;
const credentialForm = /^(.+)\/(\d{4}-\d\d-\d\d)\/([^/]+)\/tc3_request$/;
const headerNameForm = /^[a-z0-9-]+$/;

/** Reads an Authorization header; undefined when it is malformed, leaves out a mandatory header, or names one twice. */
export function parseAuthorization(value: string): Authorization | undefined {
  const [, credential = '', headers = '', signature = ''] = authorizationForm.exec(value) ?? [];
  const [, secretId, date = '', service = ''] = credentialForm.exec(credential) ?? [];
  if (secretId === undefined) return undefined;
  const signedHeaders = headers.trim().toLowerCase().split(';');
  const distinct = new Set(signedHeaders);
  if (distinct.size !== signedHeaders.length || !distinct.has('content-type') || !distinct.has('host')) return undefined;
  if (!signedHeaders.every((name) => headerNameForm.test(name))) return undefined;
  return { secretId, date, service, signedHeaders, signature };
}

/** What a version 3 signature covers. */
export interface SignedContent {
  readonly method: string;
  /** The query exactly as received; '' for POST. */
  readonly query: string;
  /** The headers that are signed, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** SHA-256 of the body or of the text UNSIGNED-PAYLOAD, lower-case hex. */
  readonly payloadHash: string;
}

/** The text UNSIGNED-PAYLOAD, hashed in place of a body that the client did not sign. */
export const unsignedPayload = 'UNSIGNED-PAYLOAD';

export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

export function canonicalRequest(content: SignedContent): string {
  let headers = '';
  let names = '';
  for (const [name, value] of content.headers) {
    headers += `${name}:${value}\n`;
    names += names === '' ? name : `;${name}`;
  }
  return `${content.method}\n/\n${content.query}\n${headers}\n${names}\n${content.payloadHash}`;
}

/** The version 3 signature, lower-case hex. `signingKey` comes from `deriveSigningKey` with the same date and service. */
export function signV3(
  content: SignedContent,
  scope: { readonly timestamp: string; readonly date: string; readonly service: string },
  signingKey: KeyObject,
): string {
  const text = `TC3-HMAC-SHA256\n${scope.timestamp}\n${scope.date}/${scope.service}/tc3_request\n${sha256(canonicalRequest(content))}`;
  return createHmac('sha256', signingKey).update(text).digest('hex');
}

/**
 * HMAC-SHA256 chained over date, service and `tc3_request`, starting from `TC3` and the secret. As a key object, with which an HMAC takes a
 * seventh of the time that it takes with bytes.
 */
export function deriveSigningKey(secretKey: string, date: string, service: string): KeyObject {
  const derived = [date, service, 'tc3_request'].reduce<Buffer>((key, part) => createHmac('sha256', key).update(part).digest(), Buffer.from(`TC3${secretKey}`));
  return createSecretKey(derived);
}

/** The version 1 signature, base64, over all parameters but `Signature` as they are after decoding. `method` in upper case. */
export function signV1(request: { readonly method: string; readonly host: string; readonly pairs: ReadonlyMap<string, string> }, secretKey: string): string {
  const names = [...request.pairs.keys()].filter((name) => name !== 'Signature').sort(byBytes);
  const text = names.map((name) => `${name}=${request.pairs.get(name) ?? ''}`).join('&');
  const algorithm = request.pairs.get('SignatureMethod') === 'HmacSHA256' ? 'sha256' : 'sha1';
  return createHmac(algorithm, secretKey).update(`${request.method}${request.host}/?${text}`).digest('base64');
}

/** Whether two signatures are equal, in a time that does not tell where they differ. */
export function equalSignatures(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

// Names of parameters are ASCII, where the order of UTF-16 units is that of bytes; any other name is refused later as unknown.
function byBytes(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
