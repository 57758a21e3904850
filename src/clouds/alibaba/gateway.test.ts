import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AlibabaParts, alibabaV1, alibabaV3 } from '../../../test/support/alibaba-request.ts';
import { openCall } from '../../../test/support/cloud-call.ts';
import { aFinding, anImage, storeImage } from '../../../test/support/stored-images.ts';
import { createCallGuard } from '../call-guard.ts';
import type { HttpRequest } from '../http-request.ts';
import { createKeyring } from '../keyring.ts';
import { createRateLimit } from '../rate.ts';
import type { AlibabaAnswer } from './answer.ts';
import { createAlibabaGateway, defaultAlibabaOptions } from './gateway.ts';
import { isAlibabaRequest } from './request.ts';
import { sas } from './sas/index.ts';

const readOnly =
  '{"Version":"1","Statement":[{"Effect":"Allow","Action":"yundun-sas:Describe*","Resource":"*"},{"Effect":"Deny","Action":"*:DescribeMatched*","Resource":"*"}]}';

async function openGround(context: TestContext, perSecond = 0) {
  const call = await openCall(context);
  const key = {
    accountId: 'default',
    secretId: 'LTAItest',
    secretKey: 'secret',
    name: 'ci',
    policies: [] as readonly string[],
    createdAt: 0,
    disabledAt: undefined,
  };
  await call.store.keys.create({ ...key, secretKey: call.app.vault.seal(key.secretKey) });
  await call.store.policies.set({ accountId: 'default', name: 'reader', document: readOnly }, 1);
  await call.store.keys.create({ ...key, secretId: 'LTAIreader', secretKey: call.app.vault.seal(key.secretKey), policies: ['reader'] });
  const guard = createCallGuard(call.app, createRateLimit(perSecond, call.app.clock));
  const make = () => createAlibabaGateway({ app: call.app, products: [sas], options: defaultAlibabaOptions, keyring: createKeyring(call.app), guard });
  const gateway = make();
  let nonces = 0;
  const usual = (over: Partial<AlibabaParts> = {}): AlibabaParts => ({
    key,
    action: 'DescribeGroupedMaliciousFiles',
    at: call.app.clock(),
    nonce: `nonce-${++nonces}`,
    parameters: { CurrentPage: '1', PageSize: '20' },
    ...over,
  });
  const send = async (http: HttpRequest): Promise<AlibabaAnswer> => {
    const answer = await gateway.handle(http, 'request-id');
    assert.equal(answer.fault, undefined);
    return answer;
  };
  const code = async (http: HttpRequest): Promise<string> => {
    const answer = await send(http);
    const body = JSON.parse(answer.body.toString()) as { readonly RequestId: string; readonly Code?: string };
    assert.equal(body.RequestId, 'REQUEST-ID');
    assert.equal(body.Code ?? 'OK', answer.code);
    return `${answer.status} ${answer.code}`;
  };
  return { call, key, gateway, make, usual, send, code };
}

test('both signatures are answered, GET and POST, and told from the other cloud', async (context) => {
  const { usual, code } = await openGround(context);
  for (const method of ['GET', 'POST'] as const) {
    for (const http of [alibabaV1(usual({ method })), alibabaV3(usual({ method }))]) {
      assert.equal(await code(http), '200 OK');
      assert.ok(isAlibabaRequest(http));
    }
  }
  assert.ok(!isAlibabaRequest({ method: 'POST', query: '', headers: { authorization: 'TC3-HMAC-SHA256 x' }, body: Buffer.from('{}') }));
  const bare = (query: string): boolean => isAlibabaRequest({ method: 'GET', query, headers: {}, body: Buffer.alloc(0) });
  assert.ok(!bare('Action=X&SecretId=1&Nonce=1'));
  assert.ok(!bare('Action=X&Version=2020-11-01'));
  for (const query of ['Action=X&Version=2018-12-03', 'Version=2018-12-01&Action=X', 'Action=X&SignatureVersion=1.0']) assert.ok(bare(query), query);
});

test('a nonce is good once for its key, for fifteen minutes, over several gateways too', async (context) => {
  const { call, usual, code, make, key } = await openGround(context);
  const parts = usual();
  assert.equal(await code(alibabaV1(parts)), '200 OK');
  assert.equal(await code(alibabaV1(parts)), '400 SignatureNonceUsed');
  assert.equal((await make().handle(alibabaV3(parts), 'x')).code, 'SignatureNonceUsed');
  assert.equal(await code(alibabaV1({ ...parts, key: { ...key, secretId: 'LTAIreader' } })), '200 OK');
  assert.equal(await code(alibabaV1({ ...parts, key: { ...key, secretKey: 'wrong' }, nonce: 'fresh' })), '400 SignatureDoesNotMatch');
  assert.equal(await code(alibabaV1({ ...parts, nonce: 'fresh' })), '200 OK', 'a wrong signature uses no nonce up');
  call.wait(16 * 60_000);
  assert.equal(await code(alibabaV1({ ...parts, at: call.app.clock() })), '200 OK');
});

test('a timestamp is good for fifteen minutes either way', async (context) => {
  const { call, usual, code } = await openGround(context);
  const minutes = 60_000;
  const now = call.app.clock();
  assert.equal(await code(alibabaV1(usual({ at: now - 15 * minutes }))), '200 OK');
  assert.equal(await code(alibabaV3(usual({ at: now + 15 * minutes }))), '200 OK');
  assert.equal(await code(alibabaV1(usual({ at: now - 15 * minutes - 1000 }))), '400 InvalidTimeStamp.Expired');
  assert.equal(await code(alibabaV3(usual({ at: now + 15 * minutes + 1000 }))), '400 InvalidTimeStamp.Expired');
  assert.equal(await code(alibabaV1(usual(), { Timestamp: '2026-01-02 03:04:05' })), '400 InvalidTimeStamp.Format');
});

test('what is missing or wrong in common parameters is told by its name', async (context) => {
  const { usual, code, key } = await openGround(context);
  for (const name of ['Action', 'Version', 'AccessKeyId', 'Timestamp', 'SignatureMethod', 'SignatureVersion']) {
    if (name !== 'AccessKeyId') assert.equal(await code(alibabaV1(usual(), { [name]: undefined })), `400 Missing${name}`);
  }
  assert.equal(await code(alibabaV1(usual(), { SignatureMethod: 'HMAC-MD5' })), '400 InvalidSignatureMethod');
  assert.equal(await code(alibabaV1(usual({ action: 'DescribeNothing' }))), '404 InvalidAction.NotFound');
  assert.equal(await code(alibabaV1(usual({ version: '2000-01-01' }))), '400 InvalidVersion');
  assert.equal(await code(alibabaV1(usual({ key: { ...key, secretId: 'LTAInobody' } }))), '404 InvalidAccessKeyId.NotFound');
  assert.equal(await code(alibabaV1(usual(), { SecurityToken: 'x' })), '400 InvalidSecurityToken.Malformed');
  assert.equal(await code({ ...alibabaV1(usual()), method: 'PUT' }), '400 UnsupportedHTTPMethod');
  const http = alibabaV3(usual());
  assert.equal(await code({ ...http, headers: { ...http.headers, 'x-acs-extra': 'unsigned' } }), '400 IncompleteSignature');
  assert.equal(await code({ ...http, body: Buffer.from('changed') }), '400 SignatureDoesNotMatch');
});

test('a wrong secret is told with the text that the server signed', async (context) => {
  const { usual, send, key } = await openGround(context);
  const answer = await send(alibabaV1(usual({ key: { ...key, secretKey: 'x' } })));
  const { Message, HostId, Recommend } = JSON.parse(answer.body.toString()) as Record<string, string>;
  assert.match(Message ?? '', /string to sign is:POST&%2F&AccessKeyId%3DLTAItest%26Action%3D/);
  assert.equal(HostId, 'tds.example.org');
  assert.match(Recommend ?? '', /troubleshoot\?q=SignatureDoesNotMatch&product=Sas&requestId=REQUEST-ID/);
});

test('requests are read as the vendor’s other clients write them', async (context) => {
  const { usual, code, key } = await openGround(context);
  const good: readonly HttpRequest[] = [
    // Java signs no host, and writes the parts in another order.
    swapped(alibabaV3(usual({ unsigned: ['host'] }))),
    alibabaV3(usual({ type: 'application/x-www-form-urlencoded', body: 'CurrentPage=2&RepoName=x%20y*+z' })),
    alibabaV3(usual({ type: 'application/x-www-form-urlencoded; charset=utf-8', body: '' })),
    alibabaV3(usual({ type: 'application/json', body: '{"PageSize":5,"ScanRange":["image"],"RepoName":null}', parameters: { CurrentPage: '1' } })),
    alibabaV3(usual({ method: 'GET', body: 'never sent', type: 'application/x-www-form-urlencoded' })),
    alibabaV3(usual({ headers: { 'x-acs-credentials-provider': 'static_ak', 'x-acs-retry-attempts': '1' } })),
    alibabaV3(usual({ parameters: { CurrentPage: '1', PageSize: '20', Action: 'Other', Version: '1', Format: 'JSON', RegionId: 'cn' } })),
    alibabaV1(usual(), { SignatureType: '', RegionId: 'cn', SourceIp: '', ResourceOwnerId: '1', 'Uuids.1': 'u', SignatureMethod: 'hmac-sha1' }),
    alibabaV1(usual({ headers: { authorization: 'Basic eDp5' } })),
    alibabaV1(usual({ parameters: { CurrentPage: '1', PageSize: '20', Lang: 'undefined', 'ScanRange.2': 'image', 'ScanRange.1': 'null' } })),
  ];
  for (const http of good) {
    assert.ok(isAlibabaRequest(http));
    assert.equal(await code(http), '200 OK', http.query + http.body.toString());
  }
  const split = alibabaV1(usual());
  const [first = '', ...rest] = split.body.toString().split('&');
  assert.equal(await code({ ...split, query: rest.join('&'), body: Buffer.from(first) }), '200 OK', 'query and form are one');
  const repeated = alibabaV3(usual({ headers: { 'x-acs-more': 'a,b' } }));
  assert.equal(await code({ ...repeated, headers: { ...repeated.headers, 'x-acs-more': 'b, a' } }), '200 OK');
  const both = alibabaV3(usual({ key: { ...key, secretKey: 'wrong' } }));
  assert.equal(await code({ ...both, query: `${both.query}&Signature=x` }), '400 SignatureDoesNotMatch');
});

function swapped(http: HttpRequest): HttpRequest {
  const [algorithm = '', list = ''] = http.headers.authorization?.split(' ') ?? [];
  return { ...http, headers: { ...http.headers, authorization: `${algorithm} ${list.split(',').sort().join(',')}` } };
}

test('hostile requests are refused, each with its reason', async (context) => {
  const { usual, code, send, key } = await openGround(context);
  const form = (body: string | Buffer): HttpRequest => ({ ...alibabaV1(usual()), body: Buffer.from(body) });
  const sound = alibabaV1(usual()).body.toString();
  const v3 = alibabaV3(usual());
  const withHeaders = (headers: Readonly<Record<string, string>>): HttpRequest => ({ ...v3, headers: { ...v3.headers, ...headers } });
  const json = (body: string): HttpRequest => alibabaV3(usual({ type: 'application/json', body }));
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`Uuids.${at + 1}`, 'u']));
  const cases: readonly [HttpRequest, string][] = [
    [form(`${sound}&Action=Other`), '400 InvalidParameter'],
    [form(`${sound}&x=%zz`), '400 InvalidParameter'],
    [form(`${sound}&x=%`), '400 InvalidParameter'],
    [form(`${sound}&x=%ff`), '400 InvalidParameter'],
    [form(Buffer.concat([Buffer.from(`${sound}&x=`), Buffer.from([0xff, 0xfe])])), '400 InvalidParameter'],
    [form(`${sound}&x=1`), '400 SignatureDoesNotMatch'],
    [form(`${sound}&__proto__=1`), '400 SignatureDoesNotMatch'],
    [form(`${sound}${'&x=1'.repeat(20_000)}`), '400 InvalidParameter'],
    [form(`${sound}&x=${'y'.repeat(1024 * 1024)}`), '413 RequestTooLarge'],
    [alibabaV1(usual({ parameters: { ...many, CurrentPage: '1', PageSize: '1' } })), '200 OK'],
    [alibabaV1(usual({ parameters: { ['__proto__']: 'x', 'constructor.prototype.x': 'x', CurrentPage: '1', PageSize: '1' } })), '200 OK'],
    [alibabaV1(usual(), { SignatureNonce: 'n'.repeat(257) }), '400 InvalidSignatureNonce'],
    [alibabaV1(usual(), { Timestamp: '2026-02-30T00:00:00Z' }), '400 InvalidTimeStamp.Format'],
    [alibabaV1(usual(), { Timestamp: '2026-02-01T00:00:00+08:00' }), '400 InvalidTimeStamp.Format'],
    [alibabaV1(usual(), { Signature: 'x' }), '400 SignatureDoesNotMatch'],
    [alibabaV1(usual({ action: '__proto__' })), '404 InvalidAction.NotFound'],
    [alibabaV1(usual({ key: { ...key, secretId: "' OR 1=1 --" } })), '404 InvalidAccessKeyId.NotFound'],
    [json('{'), '400 InvalidParameter'],
    [json(`{"a":${'['.repeat(100_000)}`), '400 InvalidParameter'],
    [json('{"CurrentPage":{"a":1}}'), '400 InvalidCurrentPage'],
    [json('{"__proto__":{"CurrentPage":"2"},"Lang":["en"]}'), '200 OK'],
    [withHeaders({ authorization: 'acs LTAItest:sig' }), '400 IncompleteSignature'],
    [withHeaders({ authorization: 'ACS3-HMAC-SM3 Credential=a' }), '400 IncompleteSignature'],
    [withHeaders({ authorization: `ACS3-HMAC-SHA256 ${'a'.repeat(5000)}` }), '400 IncompleteSignature'],
    [withHeaders({ 'x-acs-date': '' }), '400 Missingx-acs-date'],
    [withHeaders({ host: 'other.example.org' }), '400 SignatureDoesNotMatch'],
    [withHeaders({ 'x-acs-content-sha256': 'UNSIGNED-PAYLOAD' }), '400 SignatureDoesNotMatch'],
    [{ ...v3, query: `${v3.query}&Levels=serious` }, '400 SignatureDoesNotMatch'],
    [alibabaV3(usual({ type: 'application/json', body: '{}', unsigned: ['content-type'] })), '400 IncompleteSignature'],
    [alibabaV3(usual({ unsigned: ['x-acs-action'] })), '400 IncompleteSignature'],
    [alibabaV3(usual({ headers: { 'x-acs-security-token': 'x' } })), '400 InvalidSecurityToken.Malformed'],
  ];
  for (const [http, expected] of cases) assert.equal(await code(http), expected, `${http.query.slice(0, 100)} ${http.body.toString('latin1', 0, 100)}`);
  const long = await send(form(`${sound}&x=${'%00'.repeat(300_000)}`));
  assert.ok(long.body.length < 1000, 'who cannot sign gets no more than was sent');
  const { Message } = JSON.parse((await send(alibabaV3(usual({ key: { ...key, secretKey: 'x' } })))).body.toString()) as { readonly Message: string };
  assert.match(Message, /string to sign is:ACS3-HMAC-SHA256\n[0-9a-f]{64}$/);
});

test('messages are English, and Chinese for who asks for it by name', async (context) => {
  const { usual, send } = await openGround(context);
  const message = async (Lang: string | undefined, method: 'GET' | 'POST'): Promise<unknown> =>
    (JSON.parse((await send(alibabaV1(usual({ method, parameters: {} }), { Lang }))).body.toString()) as { readonly Message: unknown }).Message;
  for (const method of ['GET', 'POST'] as const) {
    assert.equal(await message(undefined, method), 'CurrentPage is mandatory for this action.');
    assert.equal(await message('en', method), 'CurrentPage is mandatory for this action.');
    assert.equal(await message('zh', method), '缺少必填参数 CurrentPage。');
  }
});

test('a key that is disabled is told from one that there never was', async (context) => {
  const { call, usual, code, key } = await openGround(context);
  assert.equal(await code(alibabaV3(usual())), '200 OK');
  await call.store.keys.disable('default', key.secretId, 1);
  assert.equal(await code(alibabaV3(usual())), '400 InvalidAccessKeyId.Inactive');
});

test('a fault inside is told as such and no more', async (context) => {
  const { call, key, usual } = await openGround(context);
  const broken = { ...call.app, store: { ...call.store, samples: { ...call.store.samples, list: async () => Promise.reject(new Error('disk on fire')) } } };
  const guard = createCallGuard(broken, createRateLimit(0, call.app.clock));
  const gateway = createAlibabaGateway({ app: broken, products: [sas], options: defaultAlibabaOptions, keyring: createKeyring(broken), guard });
  const answer = await gateway.handle(alibabaV3(usual({ key })), 'x');
  assert.deepEqual([answer.status, answer.code, String(answer.fault)], [500, 'ServerError', 'Error: disk on fire']);
  assert.doesNotMatch(answer.body.toString(), /fire/);
});

test('answers and errors come in XML where that is asked for', async (context) => {
  const { call, usual, send, code } = await openGround(context);
  const findings = [aFinding('/a', { name: 'A<&>\u0001"B' }), aFinding('/b')];
  await storeImage(call.store, anImage('a:1'), { findings });
  const answer = await send(alibabaV1(usual(), { Format: 'xml' }));
  const text = answer.body.toString();
  assert.equal(answer.headers['content-type'], 'text/xml;charset=utf-8');
  assert.match(text, /^<\?xml version='1.0' encoding='UTF-8'\?><DescribeGroupedMaliciousFilesResponse><RequestId>REQUEST-ID<\/RequestId><PageInfo>/);
  assert.equal(text.match(/<GroupedMaliciousFileResponse>/g)?.length, 2);
  assert.match(text, /<MaliciousName>A&lt;&amp;&gt;\ufffd&quot;B<\/MaliciousName>/);
  const error = (await send(alibabaV1(usual({ parameters: {} }), { Format: 'XML' }))).body.toString();
  assert.match(error, /<Error>.*<Code>MissingCurrentPage<\/Code>.*<Recommend><!\[CDATA\[https:/);
  assert.equal(await code(alibabaV1(usual(), { Format: 'yaml' })), '400 InvalidParameter.Format');
});

test('a key with policies may do what they allow, and is told how it was denied', async (context) => {
  const { call, usual, send, code, key } = await openGround(context);
  const reader = { ...key, secretId: 'LTAIreader' };
  assert.equal(await code(alibabaV3(usual({ key: reader }))), '200 OK');
  const denied = async (action: string): Promise<unknown> => {
    const answer = await send(alibabaV3(usual({ key: reader, action })));
    assert.equal(`${answer.status} ${answer.code}`, '403 NoPermission');
    const { AccessDeniedDetail: detail } = JSON.parse(answer.body.toString()) as { readonly AccessDeniedDetail: Readonly<Record<string, string>> };
    assert.equal(detail['AuthAction'], `yundun-sas:${action}`);
    assert.match(detail['AuthPrincipalOwnerId'] ?? '', /^\d{12}$/);
    return detail['NoPermissionType'];
  };
  assert.equal(await denied('CreateFileDetect'), 'ImplicitDeny');
  assert.equal(await denied('DescribeMatchedMaliciousNames'), 'ExplicitDeny');
  const inXml = await send(alibabaV1(usual({ key: reader, action: 'CreateFileDetect' }), { Format: 'XML' }));
  assert.match(inXml.body.toString(), /<AccessDeniedDetail><AuthAction>yundun-sas:CreateFileDetect<\/AuthAction>.*<\/AccessDeniedDetail><Recommend>/);
  await call.store.policies.set({ accountId: 'default', name: 'reader', document: readOnly.replace('Describe*', '*') }, 2);
  assert.equal(await code(alibabaV3(usual({ key: reader, action: 'CreateFileDetect', parameters: { Type: '0' } }))), '400 MissingHashKey');
});

test('calls that change something stand in the record with what became of them', async (context) => {
  const { call, usual, code, key } = await openGround(context);
  await code(alibabaV1(usual({ action: 'CreateFileDetect', parameters: { Type: '0', HashKey: 'zz' } })));
  await code(alibabaV1(usual()));
  await code(alibabaV1(usual({ action: 'DescribeMatchedMaliciousNames', key: { ...key, secretId: 'LTAIreader' } })));
  const { rows } = await call.store.audit.list({ accountId: 'default', offset: 0, limit: 10 });
  assert.deepEqual(
    rows.map((row) => [row.cloud, row.keyId, row.action, row.requestId, row.code, row.input]),
    [['alibaba', 'LTAItest', 'CreateFileDetect', 'REQUEST-ID', 'InvalidHashKey', '{"Type":0,"HashKey":"zz"}']],
  );
});

test('too many requests of an account within a second are told when to come again', async (context) => {
  const { call, usual, send, code } = await openGround(context, 2);
  assert.equal(await code(alibabaV1(usual())), '200 OK');
  assert.equal(await code(alibabaV3(usual())), '200 OK');
  const answer = await send(alibabaV1(usual()));
  assert.equal(`${answer.status} ${answer.code}`, '400 Throttling.User');
  const wait = Number(answer.headers['x-acs-retry-after']);
  assert.ok(wait > 0 && wait <= 1000, String(wait));
  call.wait(wait);
  assert.equal(await code(alibabaV1(usual())), '200 OK');
});

test('what an account has is nobody else’s', async (context) => {
  const { call, usual, send, key } = await openGround(context);
  await storeImage(call.store, anImage('a:1'), { findings: [aFinding('/a')] });
  await call.store.keys.create({ ...key, accountId: 'other', secretId: 'LTAIother', secretKey: call.app.vault.seal('secret') });
  const total = async (secretId: string): Promise<number> => {
    const { PageInfo } = JSON.parse((await send(alibabaV3(usual({ key: { ...key, secretId } })))).body.toString()) as {
      readonly PageInfo: { readonly TotalCount: number };
    };
    return PageInfo.TotalCount;
  };
  assert.deepEqual([await total('LTAItest'), await total('LTAIother')], [1, 0]);
});
