import { createHmac, hash, randomUUID } from 'node:crypto';

/** Whose key signs. */
export interface SigningKey {
  readonly secretId: string;
  readonly secretKey: string;
}

/** Whose key signs, and which image is asked about. */
export interface SignedCall extends SigningKey {
  readonly imageId: string;
}

/** A page of the list, asked for at a time in seconds since 1970. */
export interface AskedPage {
  readonly offset: number;
  readonly limit: number;
  readonly timestamp: number;
}

const service = 'tcss';
const tencentHost = 'tcss.example.org';
const alibabaHost = 'tds.example.org';

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A POST of the list of an image's viruses. */
export function signedCall(call: SignedCall, page: AskedPage): SignedRequest {
  return signedTencent(
    call,
    { action: 'DescribeAssetImageVirusList', version: '2020-11-01', timestamp: page.timestamp },
    { ImageID: call.imageId, Offset: page.offset, Limit: page.limit },
  );
}

/** What is called, at a time in seconds since 1970. */
export interface Called {
  readonly action: string;
  readonly version: string;
  readonly timestamp: number;
}

/**
 * A POST as the vendor's SDKs send it, with its version 3 signature (TC3-HMAC-SHA256). Written once more here, so that the server is not
 * asked by its own code.
 */
export function signedTencent(key: SigningKey, { action, version, timestamp }: Called, input: object): SignedRequest {
  const body = JSON.stringify(input);
  const type = 'application/json';
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const request = `POST\n/\n\ncontent-type:${type}\nhost:${tencentHost}\n\ncontent-type;host\n${hash('sha256', body)}`;
  const text = `TC3-HMAC-SHA256\n${timestamp}\n${date}/${service}/tc3_request\n${hash('sha256', request)}`;
  const signing = [date, service, 'tc3_request'].reduce<string | Buffer>(
    (last, part) => createHmac('sha256', last).update(part).digest(),
    `TC3${key.secretKey}`,
  );
  const signature = createHmac('sha256', signing).update(text).digest('hex');
  return {
    headers: {
      host: tencentHost,
      'content-type': type,
      'x-tc-action': action,
      'x-tc-version': version,
      'x-tc-timestamp': String(timestamp),
      authorization: `TC3-HMAC-SHA256 Credential=${key.secretId}/${date}/${service}/tc3_request, SignedHeaders=content-type;host, Signature=${signature}`,
    },
    body,
  };
}

/** A POST with a form as the vendor's SDKs send it, with its version 1.0 signature (HMAC-SHA1). Lists become `Name.1`, `Name.2` … */
export function signedAlibaba(key: SigningKey, { action, version, timestamp }: Called, input: Readonly<Record<string, unknown>>): SignedRequest {
  const pairs: [string, string][] = [
    ['Action', action],
    ['Version', version],
    ['Format', 'JSON'],
    ['AccessKeyId', key.secretId],
    ['SignatureMethod', 'HMAC-SHA1'],
    ['SignatureVersion', '1.0'],
    ['SignatureNonce', randomUUID()],
    ['Timestamp', new Date(timestamp * 1000).toISOString().replace('.000Z', 'Z')],
  ];
  for (const [name, value] of Object.entries(input)) {
    if (Array.isArray(value)) pairs.push(...value.map((item, index): [string, string] => [`${name}.${index + 1}`, String(item)]));
    else pairs.push([name, String(value)]);
  }
  const query = pairs
    .map(([name, value]) => `${percent(name)}=${percent(value)}`)
    .sort()
    .join('&');
  const signature = createHmac('sha1', `${key.secretKey}&`)
    .update(`POST&%2F&${percent(query)}`)
    .digest('base64');
  return {
    headers: { host: alibabaHost, 'content-type': 'application/x-www-form-urlencoded' },
    body: `${query}&Signature=${percent(signature)}`,
  };
}

// RFC 3986: what encodeURIComponent leaves and that does not, is escaped too.
function percent(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The call as the bytes that go over the wire. */
export function requestBytes(call: SignedCall, page: AskedPage): Buffer {
  const { headers, body } = signedCall(call, page);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST / HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
