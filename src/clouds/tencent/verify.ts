import type { KeyObject } from 'node:crypto';
import { createBoundedCache } from '../bounded-cache.ts';
import type { HttpRequest } from '../http-request.ts';
import { header1 } from '../http-request.ts';
import type { SignedRequest, SignedV1, SignedV3 } from './request.ts';
import { deriveSigningKey, equalSignatures, sha256, signV1, signV3, unsignedPayload } from './signature.ts';

/** Says whether a request is signed with a secret. */
export type SignatureCheck = (request: SignedRequest, secretKey: string) => boolean;

const derivedKeys = 1024;
const emptyHash = sha256('');
const unsignedHash = sha256(unsignedPayload);

/**
 * Makes a check that keeps up to 1,024 derived signing keys. `unsignedPayload` lets a client leave its body out of the signature, by the
 * header `X-TC-Content-SHA256: UNSIGNED-PAYLOAD`; when it is false that header is ignored and such a signature does not match.
 */
export function createSignatureCheck(options: { readonly unsignedPayload: boolean }): SignatureCheck {
  const keys = createBoundedCache<{ readonly secretKey: string; readonly derived: KeyObject }>(derivedKeys);

  function signingKey(request: SignedV3, secretKey: string): KeyObject {
    const { secretId, date, service } = request.authorization;
    const name = `${date}/${service}/${secretId}`;
    const known = keys.get(name);
    if (known?.secretKey === secretKey) return known.derived;
    const derived = deriveSigningKey(secretKey, date, service);
    keys.set(name, { secretKey, derived }, 1);
    return derived;
  }

  // The day changes rarely, and writing it costs as much as a hash.
  let today = { number: -1, text: '' };

  function utcDay(seconds: number): string {
    const number = Math.floor(seconds / 86_400);
    if (number !== today.number) today = { number, text: new Date(number * 86_400_000).toISOString().slice(0, 10) };
    return today.text;
  }

  function checkV3(request: SignedV3, secretKey: string): boolean {
    const { http, authorization, timestamp } = request;
    if (authorization.date !== utcDay(timestamp)) return false;
    const payloadHash = options.unsignedPayload && header1(http, 'x-tc-content-sha256') === unsignedPayload ? unsignedHash : hashPayload(http);
    const scope = { timestamp: header1(http, 'x-tc-timestamp'), date: authorization.date, service: authorization.service };
    const key = signingKey(request, secretKey);
    const query = http.method === 'GET' ? originalBytes(http.query) : '';
    return headerReadings(http, authorization.signedHeaders).some((headers) =>
      equalSignatures(signV3({ method: http.method, query, headers, payloadHash }, scope, key), authorization.signature),
    );
  }

  return (request, secretKey) => (request.scheme === 'v3' ? checkV3(request, secretKey) : checkV1(request, secretKey));
}

function checkV1(request: SignedV1, secretKey: string): boolean {
  const { http, pairs, signature } = request;
  return hostReadings(http).some((host) => equalSignatures(signV1({ method: http.method, host, pairs }, secretKey), signature));
}

function hashPayload(http: HttpRequest): string {
  return http.method === 'GET' ? emptyHash : sha256(http.body);
}

/**
 * The ways in which clients write the signed headers: values as sent, the action or all of them in lower case (the documentation's ways), the host with its port or without
 * (the Node SDKs' way). Each reading is a signature of the same request by a client that holds the secret, so trying several gives nothing away.
 */
function* headerReadings(http: HttpRequest, names: readonly string[]): Generator<SignedHeaders> {
  for (const host of hostReadings(http)) {
    const headers = names.map((name) => [name, name === 'host' ? host : originalBytes(header1(http, name).trim())] as const);
    yield headers;
    const action = headers.map(([name, value]) => [name, name === 'x-tc-action' ? value.toLowerCase() : value] as const);
    if (isOther(action, headers)) yield action;
    const lowered = headers.map(([name, value]) => [name, value.toLowerCase()] as const);
    if (isOther(lowered, action)) yield lowered;
  }
}

type SignedHeaders = readonly (readonly [name: string, value: string])[];

function isOther(headers: SignedHeaders, others: SignedHeaders): boolean {
  return headers.some(([, value], index) => value !== others[index]?.[1]);
}

function hostReadings(http: HttpRequest): readonly string[] {
  const host = header1(http, 'host').trim();
  const bare = host.replace(/:\d+$/, '');
  return bare === host ? [host] : [host, bare];
}

// Node gives the bytes of a request's head one character each; signatures are over the bytes.
function originalBytes(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  return /^[\u0000-\u007f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}
