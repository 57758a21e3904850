import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import type { SignedContent } from './signature.ts';
import { canonicalRequest, deriveSigningKey, equalSignatures, parseAuthorization, sha256, signV1, signV3, unsignedPayload } from './signature.ts';

// Dummy keys and vectors of the vendor's own documentation, and values computed from its description.
const secretId = 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE';
const secretKey = 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE';

const documented: SignedContent = {
  method: 'POST',
  query: '',
  headers: [
    ['content-type', 'application/json; charset=utf-8'],
    ['host', 'cvm.tencentcloudapi.com'],
  ],
  payloadHash: sha256('{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'),
};
const documentedScope = { timestamp: '1551113065', date: '2019-02-25', service: 'cvm' };
const threeHeaders: SignedContent = { ...documented, headers: [...documented.headers, ['x-tc-action', 'describeinstances']] };

const tcssScope = { timestamp: '1700000000', date: '2023-11-14', service: 'tcss' };
const tcssHeaders = [
  ['content-type', 'application/json'],
  ['host', 'tcss.tencentcloudapi.com'],
] as const;

function sign(content: SignedContent, scope: { readonly timestamp: string; readonly date: string; readonly service: string }): string {
  return signV3(content, scope, deriveSigningKey(secretKey, scope.date, scope.service));
}

test('vector 1: the documented version 3 request over two headers', () => {
  assert.equal(documented.payloadHash, '35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064');
  assert.equal(sha256(canonicalRequest(documented)), '5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031');
  assert.equal(sign(documented, documentedScope), '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168');
});

test('vector 2: the same over three headers, with our key and with the published signing key', () => {
  assert.equal(sha256(canonicalRequest(threeHeaders)), '7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84');
  assert.equal(sign(threeHeaders, documentedScope), '644be983de9a8a3f00db8eadaba61467c3b429e2215758ba897b738ca469fd26');
  const published = createSecretKey(Buffer.from('b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af', 'hex'));
  assert.equal(signV3(threeHeaders, documentedScope, published), '10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f');
});

test('vector 3: a short body to the container product', () => {
  const content = { method: 'POST', query: '', headers: tcssHeaders, payloadHash: sha256('{"Id":"10021"}') };
  assert.equal(sign(content, tcssScope), 'b41d3f5afba936f4315197c83dde2f810258376f456941ee83dc4ce2ea37d671');
});

test('vector 4: the same with the body left out of the signature', () => {
  assert.equal(sha256(unsignedPayload), '438d4109ef0d676b8c2c7ed13cdfcb418e494d53b843d4634ce3b1085f07bb96');
  const content = { method: 'POST', query: '', headers: tcssHeaders, payloadHash: sha256(unsignedPayload) };
  assert.equal(sign(content, tcssScope), '5dc52082dfd554b7c3de1d8c0cdf99d6931c9059de14cfa7866f9ce3fd681027');
});

test('vector 5: a query', () => {
  const content = {
    method: 'GET',
    query: 'Limit=2&Filters.0.Name=FileName&Filters.0.Values.0=a%20b',
    headers: [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['host', 'tcss.tencentcloudapi.com'],
    ] as const,
    payloadHash: sha256(''),
  };
  assert.equal(sign(content, tcssScope), 'e3467c21ad33ff58219151aa3ac0247d40038654535f496b863df7a6e3dee8e6');
});

test('vector 6: an address as endpoint, whose first label is the service', () => {
  const headers = [
    ['content-type', 'application/json'],
    ['host', '127.0.0.1'],
  ] as const;
  const content = { method: 'POST', query: '', headers, payloadHash: sha256('{}') };
  assert.equal(sign(content, { ...tcssScope, service: '127' }), '3c59587da7ae0f1176060d2c8c196e01004b71b4453b131e9769f7369caf3739');
});

test('vector 7: the documented version 1 request', () => {
  const pairs = new Map([
    ['Action', 'DescribeInstances'],
    ['InstanceIds.0', 'ins-09dx96dg'],
    ['Limit', '20'],
    ['Nonce', '11886'],
    ['Offset', '0'],
    ['Region', 'ap-guangzhou'],
    ['SecretId', secretId],
    ['Timestamp', '1465185768'],
    ['Version', '2017-03-12'],
  ]);
  assert.equal(signV1({ method: 'GET', host: 'cvm.tencentcloudapi.com', pairs }, secretKey), 'EliP9YW3pW28FpsEdkXt/+WcGeI=');
});

test('vector 8: version 1 with SHA-256, and with SHA-1 where no method is named', () => {
  const pairs = new Map([
    ['Signature', 'is not part of itself'],
    ['Version', '2020-11-01'],
    ['Action', 'DescribeVirusList'],
    ['Nonce', '11886'],
    ['Timestamp', '1700000000'],
    ['SecretId', secretId],
    ['Limit', '2'],
    ['Filters.0.Name', 'FileName'],
    ['Filters.0.Values.0', 'a b'],
    ['Filters.0.Values.1', 'c&d=e'],
  ]);
  const request = { method: 'POST', host: 'tcss.tencentcloudapi.com', pairs };
  assert.equal(signV1(request, secretKey), '3frSBmbPZt66Ridhb4gn+XAj2Zg=');
  pairs.set('SignatureMethod', 'HmacSHA256');
  assert.equal(signV1(request, secretKey), 'bhCKbH6gkFJtCUTdkKyYbn9onQsNytJG5NN7Fur7fQ0=');
});

test('an Authorization header is read with any number of blanks, and its service may hold a colon', () => {
  const hex = 'ab'.repeat(32);
  const value = `TC3-HMAC-SHA256  Credential=${secretId}/2023-11-14/localhost:8080/tc3_request,  SignedHeaders=content-type;host,Signature=${hex}`;
  assert.deepEqual(parseAuthorization(value), {
    secretId,
    date: '2023-11-14',
    service: 'localhost:8080',
    signedHeaders: ['content-type', 'host'],
    signature: hex,
  });
});

test('a malformed Authorization header is not read', () => {
  const good = (credential: string, headers: string): string => `TC3-HMAC-SHA256 Credential=${credential}, SignedHeaders=${headers}, Signature=00`;
  assert.notEqual(parseAuthorization(good('id/2023-11-14/tcss/tc3_request', 'content-type;host')), undefined);
  const bad = [
    'SKIP',
    '',
    'Bearer token',
    good('id/2023-11-14/tcss/tc4_request', 'content-type;host'),
    good('id/20231114/tcss/tc3_request', 'content-type;host'),
    good('/2023-11-14/tcss/tc3_request', 'content-type;host'),
    good('id/2023-11-14//tc3_request', 'content-type;host'),
    good('id/2023-11-14/tcss/tc3_request', 'host'),
    good('id/2023-11-14/tcss/tc3_request', 'content-type'),
    good('id/2023-11-14/tcss/tc3_request', 'content-type;host;host'),
    good('id/2023-11-14/tcss/tc3_request', 'content-type;host;__proto__'),
    good('x'.repeat(600), 'content-type;host'),
  ];
  for (const value of bad) assert.equal(parseAuthorization(value), undefined, value);
});

test('signatures are equal only when they are the same', () => {
  assert.equal(equalSignatures('abc', 'abc'), true);
  assert.equal(equalSignatures('abc', 'abd'), false);
  assert.equal(equalSignatures('abc', 'abcd'), false);
  assert.equal(equalSignatures('', ''), true);
});
