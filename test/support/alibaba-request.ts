import { hash } from 'node:crypto';
import { algorithmV3, signV1, signV3, stringToSignV1 } from '#clouds/alibaba/signature.ts';
import type { HttpRequest } from '#clouds/http-request.ts';

/** What a signed request is made of; all but key, action and time have usual values. */
export interface AlibabaParts {
  readonly key: { readonly secretId: string; readonly secretKey: string };
  readonly action: string;
  readonly version?: string;
  readonly method?: 'GET' | 'POST';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly nonce: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of version 3, with its type. */
  readonly body?: string;
  readonly type?: string;
  /** Headers that a client of version 3 leaves unsigned. */
  readonly unsigned?: readonly string[];
}

const host = 'tds.example.org';

function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A request signed by version 1.0; `over` replaces parameters before signing, undefined takes one away. */
export function alibabaV1(parts: AlibabaParts, over: Readonly<Record<string, string | undefined>> = {}): HttpRequest {
  const { key, action, method = 'POST', at, nonce } = parts;
  const usual = {
    Action: action,
    Version: parts.version ?? '2018-12-03',
    AccessKeyId: key.secretId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonce,
    Timestamp: timeText(at),
    Format: 'JSON',
  };
  const pairs = new Map<string, string>();
  for (const [name, value] of Object.entries({ ...usual, ...parts.parameters, ...over })) if (value !== undefined) pairs.set(name, value);
  if (!pairs.has('Signature')) pairs.set('Signature', signV1(stringToSignV1(method, pairs), key.secretKey));
  const text = new URLSearchParams([...pairs]).toString();
  const headers = { host, ...parts.headers };
  if (method === 'GET') return { method, query: text, headers, body: Buffer.alloc(0) };
  return { method, query: '', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(text) };
}

/** A request signed by version 3; `headers` of the parts are added and signed where they are the vendor's. */
export function alibabaV3(parts: AlibabaParts): HttpRequest {
  const { key, action, method = 'POST', at, nonce, parameters = {} } = parts;
  const body = Buffer.from(parts.body ?? '');
  const payloadHash = hash('sha256', body);
  const headers: Record<string, string> = {
    host,
    accept: 'application/json',
    'x-acs-action': action,
    'x-acs-version': parts.version ?? '2018-12-03',
    'x-acs-date': timeText(at),
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': payloadHash,
    ...(parts.type === undefined ? {} : { 'content-type': parts.type }),
    ...parts.headers,
  };
  const isSigned = (name: string): boolean => /^(?:host|content-type|x-acs-.*)$/.test(name) && parts.unsigned?.includes(name) !== true;
  const names = Object.keys(headers).filter(isSigned);
  const query = new Map(Object.entries(parameters));
  const signature = signV3({ method, query, headers: names.map((name) => [name, headers[name] ?? '']), payloadHash }, key.secretKey);
  const authorization = `${algorithmV3} Credential=${key.secretId},SignedHeaders=${names.sort().join(';')},Signature=${signature}`;
  return { method, query: new URLSearchParams(parameters).toString(), headers: { ...headers, authorization }, body };
}
