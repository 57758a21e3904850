import { isUtf8 } from 'node:buffer';
import type { FlatParameters } from '../flat.ts';
import { decodeFlat } from '../flat.ts';
import type { HttpRequest } from '../http-request.ts';
import { header1, mediaType } from '../http-request.ts';
import type { Language } from '../operation.ts';
import type { Refusal } from '../refusal.ts';
import { isRefusal } from '../refusal.ts';
import type { TencentCode } from './errors.ts';
import { refuse } from './errors.ts';
import type { Authorization } from './signature.ts';
import { parseAuthorization } from './signature.ts';

/** Largest requests, in bytes, as documented. */
export const sizeLimits = { get: 32 * 1024, postV1: 1024 * 1024, postV3: 10 * 1024 * 1024 } as const;

/** A request whose signature scheme and common parameters have been read, and nothing of it checked yet. */
export type SignedRequest = SignedV3 | SignedV1;

interface Common {
  readonly http: HttpRequest;
  readonly action: string;
  readonly version: string;
  /** Whole seconds since 1970. */
  readonly timestamp: number;
  readonly secretId: string;
  /** Session token; ''. */
  readonly token: string;
}

export interface SignedV3 extends Common {
  readonly scheme: 'v3';
  readonly authorization: Authorization;
}

export interface SignedV1 extends Common {
  readonly scheme: 'v1';
  readonly signature: string;
  /** All parameters, common ones too. */
  readonly pairs: FlatParameters;
}

/** Common parameters that stand among an action's own in version 1. */
export const commonNames: ReadonlySet<string> = new Set([
  'Action',
  'Version',
  'Region',
  'Timestamp',
  'Nonce',
  'SecretId',
  'Signature',
  'SignatureMethod',
  'Token',
  'Language',
  'RequestClient',
]);

/** Refuses every method but GET and POST. */
export function checkMethod(http: HttpRequest): HttpRequest | Refusal<TencentCode> {
  return http.method === 'GET' || http.method === 'POST' ? http : refuse('UnsupportedProtocol');
}

/** Refuses what is larger than its carrier allows. The server bounds bodies at the largest size before this. */
export function checkSize(http: HttpRequest): HttpRequest | Refusal<TencentCode> {
  if (http.method === 'GET') return http.query.length > sizeLimits.get ? refuse('RequestSizeLimitExceeded') : http;
  if (http.body.length > sizeLimits.postV3) return refuse('RequestSizeLimitExceeded');
  if (http.headers.authorization === undefined && http.body.length > sizeLimits.postV1) {
    return refuse('AuthFailure.SignatureFailure', {
      en: 'The request is too large for this signature method. Use TC3-HMAC-SHA256.',
      zh: '请求内容过大，请使用 TC3-HMAC-SHA256 签名方法。',
    });
  }
  return http;
}

/** Reads which scheme signs the request, and its common parameters. */
export function readSigned(http: HttpRequest): SignedRequest | Refusal<TencentCode> {
  return http.headers.authorization === undefined ? readV1(http) : readV3(http, http.headers.authorization);
}

/** The language the caller asks for: Chinese when it says so, English otherwise. Never fails, since refusals need it too. */
export function languageOf(http: HttpRequest): Language {
  const header = header1(http, 'x-tc-language');
  if (header !== '') return isChinese(header);
  if (http.headers.authorization !== undefined) return 'en';
  // Of version 1 only the one parameter is needed, from a request that may be too broken to decode as a whole.
  const text = http.method === 'GET' ? http.query : http.body.length <= sizeLimits.postV1 ? http.body.toString('latin1') : '';
  return isChinese(/(?:^|&)Language=([\w%-]{0,16})(?:&|$)/.exec(text)?.[1] ?? '');
}

function isChinese(tag: string): Language {
  return tag.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function readV3(http: HttpRequest, header: string): SignedRequest | Refusal<TencentCode> {
  const authorization = parseAuthorization(header);
  if (authorization === undefined) return refuse('AuthFailure.InvalidAuthorization');
  const common = readCommon(http, {
    Action: header1(http, 'x-tc-action'),
    Version: header1(http, 'x-tc-version'),
    Timestamp: header1(http, 'x-tc-timestamp'),
  });
  if ('refused' in common) return common;
  return { ...common, scheme: 'v3', authorization, secretId: authorization.secretId, token: header1(http, 'x-tc-token') };
}

// Neither Authorization nor Signature reads as version 1 with parameters missing, which is how the vendor's own gateway was seen to answer.
function readV1(http: HttpRequest): SignedRequest | Refusal<TencentCode> {
  const pairs = readPairs(http);
  if (isRefusal(pairs)) return pairs;
  const get = (name: string): string => pairs.get(name) ?? '';
  const common = readCommon(http, {
    Action: get('Action'),
    Version: get('Version'),
    Timestamp: get('Timestamp'),
    Nonce: get('Nonce'),
    SecretId: get('SecretId'),
    Signature: get('Signature'),
  });
  if ('refused' in common) return common;
  return { ...common, scheme: 'v1', pairs, signature: get('Signature').replaceAll(/\s/g, ''), secretId: get('SecretId'), token: get('Token') };
}

function readPairs(http: HttpRequest): FlatParameters | Refusal<TencentCode> {
  if (http.method === 'GET') return pairsOf(http.query);
  if (mediaType(http) !== 'application/x-www-form-urlencoded') return new Map();
  return isUtf8(http.body) ? pairsOf(http.body.toString('utf8')) : refuse('InvalidParameter', notUtf8);
}

const notUtf8 = { en: 'The body is not UTF-8.', zh: '请求内容不是 UTF-8 编码。' };

/** Decodes flat parameters, or refuses them with the reason. */
export function pairsOf(text: string): FlatParameters | Refusal<TencentCode> {
  const pairs = decodeFlat(text);
  if (!('reason' in pairs)) return pairs;
  const { reason } = pairs;
  const shown = reason.length > 160 ? `${reason.slice(0, 160)}…`.toWellFormed() : reason.toWellFormed();
  return refuse('InvalidParameter', { en: `The request cannot be parsed: ${shown}.`, zh: `无法解析请求：${shown}。` });
}

function readCommon(
  http: HttpRequest,
  given: { readonly Action: string; readonly Version: string; readonly Timestamp: string; readonly [name: string]: string },
): Omit<Common, 'secretId' | 'token'> | Refusal<TencentCode> {
  const missing = Object.keys(given).find((name) => given[name] === '');
  if (missing !== undefined) {
    return refuse('MissingParameter', { en: `The request is missing the required parameter \`${missing}\`.`, zh: `缺少必填参数 \`${missing}\`。` });
  }
  if (!/^\d{1,12}$/.test(given.Timestamp)) {
    return refuse('InvalidParameter', { en: 'The parameter `Timestamp` must be whole seconds.', zh: '参数 `Timestamp` 必须是以秒为单位的整数。' });
  }
  return { http, action: given.Action, version: given.Version, timestamp: Number(given.Timestamp) };
}
