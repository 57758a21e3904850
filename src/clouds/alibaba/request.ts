import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { FlatParameters } from '../flat.ts';
import { decodeFlat } from '../flat.ts';
import type { HttpRequest } from '../http-request.ts';
import { header1, mediaType } from '../http-request.ts';
import { parseJsonObject } from '../json.ts';
import type { Refusal } from '../refusal.ts';
import { isRefusal } from '../refusal.ts';
import type { AlibabaCode } from './errors.ts';
import { codeFacts, refuse } from './errors.ts';
import type { AuthorizationV3, SignedContentV3 } from './signature.ts';
import { equalSignatures, parseAuthorizationV3, signV1, signV3, stringToSignV1, stringToSignV3 } from './signature.ts';

/** A request whose signature scheme and common parameters have been read, and nothing of it checked yet. */
export interface SignedRequest {
  readonly http: HttpRequest;
  readonly action: string;
  readonly version: string;
  readonly accessKeyId: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly nonce: string;
  /** Session token; ''. */
  readonly token: string;
  /** All parameters of query and body, common ones too. */
  readonly pairs: FlatParameters;
  /** Whether the request is signed with a secret; where not, why. */
  check(secret: string): Refusal<AlibabaCode> | undefined;
}

const longestNonce = 256;

/** Whether a request is for this vendor's gateway and not the other's: by headers, else by parameters that only its clients send, or a version that only its products have. */
export function isAlibabaRequest(http: HttpRequest): boolean {
  const { authorization } = http.headers;
  if (authorization?.startsWith('TC3-') === true) return false;
  if (authorization !== undefined && /^(?:ACS3-|acs )/.test(authorization)) return true;
  if (hasOwnHeader(http) || ownParameter.test(http.query)) return true;
  return http.method === 'POST' && mediaType(http) === formType && ownParameter.test(http.body.toString('latin1', 0, mostBodyBytes));
}

/** The same of the head of a request that HTTP itself refused, as far as it came. */
export function isAlibabaHead(head: string): boolean {
  return /^authorization:[ \t]*(?:ACS3-|acs )|^x-acs-(?:action|version):|^(?:GET|POST) [^ ]*[?&](?:AccessKeyId|SignatureNonce)=/im.test(head);
}

function hasOwnHeader({ headers }: HttpRequest): boolean {
  return 'x-acs-action' in headers || 'x-acs-version' in headers;
}

/** Bytes of a body. The vendor names no bound; no parameter of the operations here comes near. */
export const mostBodyBytes = 1024 * 1024;

const formType = 'application/x-www-form-urlencoded';
const ownParameter = /(?:^|&)(?:(?:AccessKeyId|SignatureNonce|SignatureVersion)=|Version=2018-12-0[13](?:&|$))/;

/** Reads which scheme signs the request, and its common parameters. */
export function readSigned(http: HttpRequest): SignedRequest | Refusal<AlibabaCode> {
  const query = decode(http.query);
  if (isRefusal(query)) return query;
  const body = readBody(http);
  if (isRefusal(body)) return body;
  // Clients let a parameter of the body go before one of the same name in the query.
  const pairs = new Map([...query, ...body]);
  const authorization = header1(http, 'authorization');
  const isV3 = authorization.startsWith('ACS3-') || (authorization !== '' && !pairs.has('Signature'));
  return isV3 ? readV3(http, { query, pairs }) : readV1(http, pairs);
}

function decode(text: string): FlatParameters | Refusal<AlibabaCode> {
  const pairs = decodeFlat(text);
  return 'reason' in pairs ? refuse('InvalidParameter', malformed) : pairs;
}

const malformed = { en: 'The request cannot be parsed: its parameters are not valid percent-encoded UTF-8, or one is given twice.', zh: '无法解析请求参数。' };

function readBody(http: HttpRequest): FlatParameters | Refusal<AlibabaCode> {
  if (http.method === 'GET' || http.body.length === 0) return new Map();
  if (mediaType(http) === formType) return isUtf8(http.body) ? decode(http.body.toString('utf8')) : refuse('InvalidParameter', malformed);
  if (mediaType(http) !== 'application/json') return new Map();
  const parsed = parseJsonObject(http.body);
  if (!('members' in parsed))
    return refuse('InvalidParameter', { en: `The request cannot be parsed: ${parsed.reason}.`, zh: `无法解析请求：${parsed.reason}。` });
  return new Map(Object.entries(parsed.members).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));
}

function readV1(http: HttpRequest, pairs: FlatParameters): SignedRequest | Refusal<AlibabaCode> {
  const needed = ['Action', 'Version', 'AccessKeyId', 'Signature', 'SignatureMethod', 'SignatureVersion', 'SignatureNonce', 'Timestamp'];
  const get = (name: string): string => pairs.get(name) ?? '';
  const missing = needed.find((name) => get(name) === '');
  if (missing !== undefined) return refuse(`Missing${missing}`);
  if (get('SignatureMethod').toUpperCase() !== 'HMAC-SHA1') return refuse('InvalidSignatureMethod');
  if (get('SignatureVersion') !== '1.0') return refuse('InvalidSignatureVersion');
  const common = readCommon(http, pairs, { time: get('Timestamp'), nonce: get('SignatureNonce') });
  if (isRefusal(common)) return common;
  const text = (): string => stringToSignV1(http.method, pairs);
  return {
    ...common,
    action: get('Action'),
    version: get('Version'),
    accessKeyId: get('AccessKeyId'),
    token: get('SecurityToken'),
    check(secret) {
      const ours = text();
      return equalSignatures(signV1(ours, secret), get('Signature').replaceAll(/\s/g, '')) ? undefined : mismatch(ours);
    },
  };
}

function readV3(http: HttpRequest, { query, pairs }: { readonly query: FlatParameters; readonly pairs: FlatParameters }): SignedRequest | Refusal<AlibabaCode> {
  const authorization = parseAuthorizationV3(header1(http, 'authorization'));
  if (authorization === undefined) return refuse('IncompleteSignature');
  const needed = ['x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256'];
  const missing = needed.find((name) => header1(http, name) === '');
  if (missing !== undefined) return refuse(`Missing${missing}`, { en: `${missing} is mandatory for this action.`, zh: `缺少必填请求头 ${missing}。` });
  const common = readCommon(http, pairs, { time: header1(http, 'x-acs-date'), nonce: header1(http, 'x-acs-signature-nonce') });
  if (isRefusal(common)) return common;
  return {
    ...common,
    action: header1(http, 'x-acs-action'),
    version: header1(http, 'x-acs-version'),
    accessKeyId: authorization.accessKeyId,
    token: header1(http, 'x-acs-security-token'),
    check: (secret) => checkV3(http, { authorization, query }, secret),
  };
}

function checkV3(
  http: HttpRequest,
  { authorization, query }: { readonly authorization: AuthorizationV3; readonly query: FlatParameters },
  secret: string,
): Refusal<AlibabaCode> | undefined {
  const signed = new Set(authorization.signedHeaders);
  // What stands in a header that is not signed could be anybody's. One client never signs the host.
  const counts = (name: string): boolean => name.startsWith('x-acs-') || (name === 'content-type' && http.body.length > 0);
  const unsigned = Object.keys(http.headers).find((name) => counts(name) && !signed.has(name));
  if (unsigned !== undefined)
    return refuse('IncompleteSignature', { en: `The header ${unsigned} is not among SignedHeaders.`, zh: `请求头 ${unsigned} 未包含在 SignedHeaders 中。` });
  const payloadHash = header1(http, 'x-acs-content-sha256').toLowerCase();
  // A client was seen to sign the body of a GET and not to send it; what is sent with a GET is never read.
  if (http.method !== 'GET' && payloadHash !== hash('sha256', http.body)) return refuse('SignatureDoesNotMatch', otherBody);
  const readings = headerReadings(http, authorization.signedHeaders);
  const contentOf = (headers: SignedContentV3['headers']): SignedContentV3 => ({ method: http.method, query, headers, payloadHash });
  const isSigned = readings.some((headers) => equalSignatures(signV3(contentOf(headers), secret), authorization.signature));
  return isSigned ? undefined : mismatch(stringToSignV3(contentOf(readings[0])));
}

const otherBody = { en: 'The header x-acs-content-sha256 is not the digest of the body.', zh: '请求头 x-acs-content-sha256 与请求体不符。' };

// Node has joined the values of a header that came more than once; they are signed sorted. A single value may hold the same comma.
function headerReadings(http: HttpRequest, names: readonly string[]): readonly [SignedContentV3['headers'], ...SignedContentV3['headers'][]] {
  const plain = names.map((name) => [name, originalText(header1(http, name)).trim()] as const);
  if (!plain.some(([, value]) => value.includes(', '))) return [plain];
  const several = plain.map(([name, value]) => [name, value.split(', ').sort().join(',')] as const);
  return [plain, several];
}

// Clients compare what follows with their own text: where both are equal, the secret is what differs.
function mismatch(serverText: string): Refusal<AlibabaCode> {
  const { en, zh } = codeFacts.SignatureDoesNotMatch;
  // Who cannot sign must not get five times what was sent.
  if (serverText.length > longestTold) return refuse('SignatureDoesNotMatch');
  return refuse('SignatureDoesNotMatch', { en: `${en} server string to sign is:${serverText}`, zh: `${zh} server string to sign is:${serverText}` });
}

const longestTold = 64 * 1024;

type Common = Pick<SignedRequest, 'http' | 'pairs' | 'timestamp' | 'nonce'>;

function readCommon(http: HttpRequest, pairs: FlatParameters, given: { readonly time: string; readonly nonce: string }): Common | Refusal<AlibabaCode> {
  const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(given.time) ? Date.parse(given.time) : Number.NaN;
  // A day that there is not would be read as one of the next month.
  if (Number.isNaN(timestamp) || !new Date(timestamp).toISOString().startsWith(given.time.slice(0, -1))) return refuse('InvalidTimeStamp.Format');
  return given.nonce.length > longestNonce ? refuse('InvalidSignatureNonce') : { http, pairs, timestamp, nonce: given.nonce };
}

// Node gives the bytes of a request's head one character each; signatures are over the bytes.
function originalText(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
