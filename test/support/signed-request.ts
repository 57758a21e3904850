import type { AccessKey } from '#app/app.ts';
import type { HttpRequest } from '#clouds/http-request.ts';
import { deriveSigningKey, sha256, signV1, signV3, unsignedPayload } from '#clouds/tencent/signature.ts';

/** What a signed request is made of; all but the key and the action have usual values. */
export interface RequestParts {
  readonly key: Pick<AccessKey, 'secretId' | 'secretKey'>;
  readonly action: string;
  readonly version?: string;
  readonly method?: 'GET' | 'POST';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly host?: string;
  /** The host as it is signed, where that differs. */
  readonly signedHost?: string;
  readonly service?: string;
  readonly date?: string;
  readonly body?: string | Buffer;
  readonly query?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further headers to sign, by name. */
  readonly signs?: readonly string[];
  readonly unsigned?: boolean;
}

/** A request signed by version 3. */
export function signedV3(parts: RequestParts): HttpRequest {
  const { key, action, method = 'POST', at, host = 'tcss.example.org', service = 'tcss' } = parts;
  const timestamp = String(Math.floor(at / 1000));
  const date = parts.date ?? new Date(at).toISOString().slice(0, 10);
  const body = Buffer.from(parts.body ?? (method === 'POST' ? '{}' : ''));
  const query = parts.query ?? '';
  const given: Record<string, string> = {
    host,
    'content-type': parts.type ?? (method === 'POST' ? 'application/json' : 'application/x-www-form-urlencoded'),
    'x-tc-action': action,
    'x-tc-version': parts.version ?? '2020-11-01',
    'x-tc-timestamp': timestamp,
    ...(parts.unsigned === true ? { 'x-tc-content-sha256': unsignedPayload } : {}),
    ...parts.headers,
  };
  const names = ['content-type', 'host', ...(parts.signs ?? [])].sort();
  const headers = names.map((name) => [name, name === 'host' ? (parts.signedHost ?? host) : (given[name] ?? '')] as const);
  const payloadHash = sha256(parts.unsigned === true ? unsignedPayload : body);
  const signature = signV3({ method, query, headers, payloadHash }, { timestamp, date, service }, deriveSigningKey(key.secretKey, date, service));
  const authorization = `TC3-HMAC-SHA256 Credential=${key.secretId}/${date}/${service}/tc3_request, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { method, query, body, headers: { ...given, authorization } };
}

/** A request signed by version 1; `pairs` are added to the usual parameters, or taken away where undefined. */
export function signedV1(parts: RequestParts, pairs: Readonly<Record<string, string | undefined>> = {}): HttpRequest {
  const { key, action, method = 'POST', at, host = 'tcss.example.org' } = parts;
  const usual = {
    Action: action,
    Version: parts.version ?? '2020-11-01',
    Timestamp: String(Math.floor(at / 1000)),
    Nonce: '11886',
    SecretId: key.secretId,
    SignatureMethod: 'HmacSHA256',
  };
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries({ ...usual, ...pairs })) if (value !== undefined) all.set(name, value);
  if (!('Signature' in pairs)) all.set('Signature', signV1({ method, host: parts.signedHost ?? host, pairs: all }, key.secretKey));
  const text = new URLSearchParams([...all]).toString();
  const type = parts.type ?? 'application/x-www-form-urlencoded';
  const headers = { host, ...(method === 'POST' ? { 'content-type': type } : {}), ...parts.headers };
  return method === 'GET' ? { method, query: text, headers, body: Buffer.alloc(0) } : { method, query: '', headers, body: Buffer.from(text) };
}
