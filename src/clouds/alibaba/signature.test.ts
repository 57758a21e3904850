import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { canonicalRequestV3, parseAuthorizationV3, percentEncode, type SignedContentV3, signV1, signV3, stringToSignV1 } from './signature.ts';

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('the documented vector of version 1 is signed as documented', () => {
  const pairs = new Map(
    Object.entries({
      AccessKeyId: 'testid',
      Action: 'DescribeRegions',
      Format: 'XML',
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
      SignatureVersion: '1.0',
      Timestamp: '2016-02-23T12:46:24Z',
      Version: '2014-05-26',
    }),
  );
  assert.equal(signV1(stringToSignV1('GET', pairs), 'testsecret'), 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
});

const parameters = {
  CurrentPage: '1',
  Format: 'JSON',
  FuzzyMaliciousName: "a b+c*~!'()/=&ü中",
  PageSize: '20',
  'ScanRange.1': 'image',
  'ScanRange.2': 'container',
};

test('odd characters and lists are signed as the official client signs them, GET and POST', () => {
  const pairs = new Map(
    Object.entries({
      ...parameters,
      AccessKeyId: 'testid',
      Action: 'DescribeGroupedMaliciousFiles',
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: 'nonce-1',
      SignatureVersion: '1.0',
      Timestamp: '2026-01-02T03:04:05Z',
      Version: '2018-12-03',
      Signature: 'is not signed itself',
    }),
  );
  assert.equal(signV1(stringToSignV1('POST', pairs), 'testsecret'), 'GvBJxfX1umadKqKfp4ZtT96z7RA=');
  assert.equal(signV1(stringToSignV1('get', pairs), 'testsecret'), '0BvfW44zh8V3bn62uaOOmL0+txE=');
});

test('the documented vector of version 3 is signed as documented', () => {
  const content: SignedContentV3 = {
    method: 'POST',
    query: new Map([
      ['RegionId', 'cn-shanghai'],
      ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
    ]),
    headers: [
      ['host', 'ecs.cn-shanghai.aliyuncs.com'],
      ['x-acs-action', 'RunInstances'],
      ['x-acs-content-sha256', emptyHash],
      ['x-acs-date', '2023-10-26T10:22:32Z'],
      ['x-acs-signature-nonce', '3156853299f313e23d1673dc12e1703d'],
      ['x-acs-version', '2014-05-26'],
    ],
    payloadHash: emptyHash,
  };
  assert.equal(signV3(content, 'YourAccessKeySecret'), '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0');
  assert.match(canonicalRequestV3(content), /^POST\n\/\nImageId=win2019[^\n]*&RegionId=cn-shanghai\nhost:ecs/);
});

test('version 3 with and without a form body is signed as the official client signs it', () => {
  const headers = (payloadHash: string): SignedContentV3['headers'] => [
    ['host', '127.0.0.1:8443'],
    ['x-acs-action', 'DescribeGroupedMaliciousFiles'],
    ['x-acs-content-sha256', payloadHash],
    ['x-acs-date', '2026-01-02T03:04:05Z'],
    ['x-acs-signature-nonce', 'nonce-1'],
    ['x-acs-version', '2018-12-03'],
  ];
  const { Format: _, ...application } = parameters;
  const query = new Map(Object.entries(application));
  const empty = { method: 'POST', query, headers: headers(emptyHash), payloadHash: emptyHash };
  assert.equal(signV3(empty, 'testsecret'), '2cbe3a7d1654f7d386cb96e035fc63cb78e1ed850d030c3f6bd69fe104ba6b2b');
  const payloadHash = hash('sha256', 'TacticId=x%20y*');
  const form = { ...empty, headers: [...headers(payloadHash), ['content-type', 'application/x-www-form-urlencoded'] as const], payloadHash };
  assert.equal(signV3(form, 'testsecret'), '2348a1ba3a69abc0362bdd0c965850d343b5f4e278c0ab6afab3bc9e95dff09d');
});

test('only unreserved characters stand for themselves', () => {
  assert.equal(percentEncode("AZaz09-_.~ !'()*+/中"), 'AZaz09-_.~%20%21%27%28%29%2A%2B%2F%E4%B8%AD');
});

test('the parts of an Authorization header come in any order; what is malformed is refused', () => {
  const signature = 'a'.repeat(64);
  const parts = ['Credential=AK', `Signature=${signature}`, 'SignedHeaders=host;x-acs-date'];
  const wanted = { accessKeyId: 'AK', signature, signedHeaders: ['host', 'x-acs-date'] };
  assert.deepEqual(parseAuthorizationV3(`ACS3-HMAC-SHA256 ${parts.join(',')}`), wanted);
  assert.deepEqual(parseAuthorizationV3(`ACS3-HMAC-SHA256  ${[...parts].reverse().join(', ')}`), wanted);
  const broken = [
    '',
    'SKIP',
    `TC3-HMAC-SHA256 ${parts.join(',')}`,
    `ACS3-HMAC-SHA256 ${parts.slice(1).join(',')}`,
    `ACS3-HMAC-SHA256 ${parts.join(',')},Extra=1`,
    `ACS3-HMAC-SHA256 ${parts.join(',')},Credential=B`,
    `ACS3-HMAC-SHA256 Credential=AK,Signature=zz,SignedHeaders=host`,
    `ACS3-HMAC-SHA256 Credential=AK,Signature=${signature},SignedHeaders=host;host`,
  ];
  for (const text of broken) assert.equal(parseAuthorizationV3(text), undefined, text);
});
