import { createHmac, hash } from 'node:crypto';

/** Whose key signs, and which image is asked about. */
export interface SignedCall {
  readonly secretId: string;
  readonly secretKey: string;
  readonly imageId: string;
}

/** A page of the list, asked for at a time in seconds since 1970. */
export interface AskedPage {
  readonly offset: number;
  readonly limit: number;
  readonly timestamp: number;
}

const action = 'DescribeAssetImageVirusList';
const service = 'tcss';
const host = 'tcss.example.org';

/**
 * A POST of the list as the vendor's SDKs send it, with its version 3 signature (TC3-HMAC-SHA256). Written once more here, so that the server is not
 * asked by its own code.
 */
export function signedCall(call: SignedCall, page: AskedPage): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const body = JSON.stringify({ ImageID: call.imageId, Offset: page.offset, Limit: page.limit });
  const type = 'application/json';
  const date = new Date(page.timestamp * 1000).toISOString().slice(0, 10);
  const request = `POST\n/\n\ncontent-type:${type}\nhost:${host}\n\ncontent-type;host\n${hash('sha256', body)}`;
  const text = `TC3-HMAC-SHA256\n${page.timestamp}\n${date}/${service}/tc3_request\n${hash('sha256', request)}`;
  const key = [date, service, 'tc3_request'].reduce<string | Buffer>((last, part) => createHmac('sha256', last).update(part).digest(), `TC3${call.secretKey}`);
  const signature = createHmac('sha256', key).update(text).digest('hex');
  return {
    headers: {
      host,
      'content-type': type,
      'x-tc-action': action,
      'x-tc-version': '2020-11-01',
      'x-tc-timestamp': String(page.timestamp),
      authorization: `TC3-HMAC-SHA256 Credential=${call.secretId}/${date}/${service}/tc3_request, SignedHeaders=content-type;host, Signature=${signature}`,
    },
    body,
  };
}

/** The call as the bytes that go over the wire. */
export function requestBytes(call: SignedCall, page: AskedPage): Buffer {
  const { headers, body } = signedCall(call, page);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST / HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
