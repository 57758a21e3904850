import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AccessKey } from '#app/app.ts';
import { LazaretError } from '#domain/error.ts';
import type { Store } from '#store/store.ts';
import { openCall } from '../../../test/support/cloud-call.ts';
import type { RequestParts } from '../../../test/support/signed-request.ts';
import { signedV1, signedV3 } from '../../../test/support/signed-request.ts';
import { aFinding, anImage, storeImage } from '../../../test/support/stored-images.ts';
import { createCallGuard } from '../call-guard.ts';
import type { HttpRequest } from '../http-request.ts';
import { createKeyring } from '../keyring.ts';
import type { Operation } from '../operation.ts';
import { createRateLimit } from '../rate.ts';
import type { GatewayOptions } from './gateway.ts';
import { createGateway, defaultGatewayOptions } from './gateway.ts';
import { tcss } from './tcss/index.ts';

interface Ground {
  readonly key: AccessKey;
  readonly store: Store;
  /** The usual request: `action` is DescribeAssetImageList. */
  readonly usual: RequestParts;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => void;
  readonly seal: (secret: string) => string;
  /** What the gateway answers: members of Response, with Error spread as Code and Message. */
  readonly send: (http: HttpRequest) => Promise<Readonly<Record<string, unknown>>>;
  /** The code of the answer; 'OK' without an error. */
  readonly code: (http: HttpRequest) => Promise<unknown>;
}

async function openGround(
  context: TestContext,
  { requestsPerSecond = 0, ...options }: Partial<GatewayOptions> & { readonly requestsPerSecond?: number } = {},
): Promise<Ground> {
  const call = await openCall(context);
  const key: AccessKey = { accountId: 'default', secretId: 'AKIDtest', secretKey: 'secret', name: '', policies: [], createdAt: 0, disabledAt: undefined };
  await call.store.keys.create({ ...key, secretKey: call.app.vault.seal(key.secretKey) });
  const guard = createCallGuard(call.app, createRateLimit(requestsPerSecond, call.app.clock));
  const gateway = createGateway(call.app, [tcss], { options: { ...defaultGatewayOptions, ...options }, keyring: createKeyring(call.app), guard });
  const send = async (http: HttpRequest): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await gateway.handle(http, 'request-id');
    assert.equal(answer.fault, undefined);
    const { Response } = JSON.parse(answer.body.toString()) as { readonly Response: Readonly<Record<string, unknown>> };
    assert.equal(Response['RequestId'], 'request-id');
    const error = Response['Error'] as Readonly<Record<string, string>> | undefined;
    assert.equal(answer.code, error?.['Code'] ?? 'OK');
    return { ...Response, ...error };
  };
  return {
    key,
    store: call.store,
    usual: { key, action: 'DescribeAssetImageList', at: call.app.clock() },
    now: call.app.clock,
    wait: call.wait,
    seal: (secret) => call.app.vault.seal(secret),
    send,
    code: async (http) => (await send(http))['Code'] ?? 'OK',
  };
}

test('a version 3 request is answered, whichever way its SDK writes host, service and headers', async (context) => {
  const { usual, code } = await openGround(context);
  const ways: readonly Partial<RequestParts>[] = [
    {},
    { host: '127.0.0.1:8787', service: '127' },
    { host: '127.0.0.1:8787', signedHost: '127.0.0.1', service: '127' },
    { host: 'localhost:8787', service: 'localhost:8787' },
    { type: 'application/json; charset=utf-8' },
    { signs: ['x-tc-action'] },
    { signs: ['x-tc-timestamp', 'x-tc-action'] },
    { signs: ['x-tc-action'], headers: { 'x-tc-region': 'null' } },
    { method: 'GET', query: 'Limit=2&Filters.0.Name=ImageName&Filters.0.Values.0=a+b%20c!(*)' },
    { unsigned: true },
    { unsigned: true, method: 'GET', query: 'Limit=2' },
    { body: '' },
    { headers: { 'x-tc-region': '', 'x-tc-requestclient': 'mine', 'x-tc-token': '' } },
  ];
  for (const way of ways) assert.equal(await code(signedV3({ ...usual, ...way })), 'OK', JSON.stringify(way));
});

test('a version 3 form of several parts is signed over its bytes, and its fields are parameters', async (context) => {
  const { usual, code } = await openGround(context);
  const type = 'multipart/form-data; boundary=b1';
  const body = '--b1\r\nContent-Disposition: form-data; name="Limit"\r\n\r\n2\r\n--b1--\r\n';
  const good = signedV3({ ...usual, type, body });
  assert.equal(await code(good), 'OK');
  assert.equal(await code({ ...good, body: Buffer.from(body.replace('2', '3')) }), 'AuthFailure.SignatureFailure');
  assert.equal(await code(signedV3({ ...usual, type, body: body.replace('2', '101') })), 'InvalidParameterValue');
  assert.equal(await code(signedV3({ ...usual, type, body: body.slice(0, -6) })), 'InvalidRequest');
  assert.equal(await code({ ...signedV1(usual), headers: { host: 'tcss.example.org', 'content-type': type } }), 'MissingParameter');
});

test('signed header values may be in lower case, as the documentation writes them', async (context) => {
  const { usual, code } = await openGround(context);
  const lowered = signedV3({ ...usual, signs: ['x-tc-action'], headers: { 'x-tc-action': 'describeassetimagelist' } });
  assert.equal(await code({ ...lowered, headers: { ...lowered.headers, 'x-tc-action': 'DescribeAssetImageList' } }), 'OK');
  const mixed = signedV3({ ...usual, host: 'Scan.Example.org', signs: ['x-tc-action'], headers: { 'x-tc-action': 'describeassetimagelist' } });
  assert.equal(await code({ ...mixed, headers: { ...mixed.headers, 'x-tc-action': 'DescribeAssetImageList' } }), 'OK', 'the action alone');
});

test('a version 3 request that was changed on its way is refused', async (context) => {
  const { usual, code, now } = await openGround(context);
  const good = signedV3({ ...usual, body: '{"Limit":1}' });
  const changes: readonly Partial<HttpRequest>[] = [
    { body: Buffer.from('{"Limit":2}') },
    { headers: { ...good.headers, host: 'other.example.org' } },
    { headers: { ...good.headers, 'content-type': 'application/json; charset=utf-8' } },
    { headers: { ...good.headers, 'x-tc-timestamp': String(Math.floor(now() / 1000) + 1) } },
    { headers: { ...good.headers, 'x-tc-content-sha256': 'UNSIGNED-PAYLOAD' } },
    { headers: { ...good.headers, authorization: `${good.headers.authorization?.slice(0, -1)}${good.headers.authorization?.endsWith('0') ? '1' : '0'}` } },
    { headers: { ...good.headers, authorization: good.headers.authorization?.toUpperCase().replace('CREDENTIAL', 'Credential') ?? '' } },
  ];
  for (const change of changes.slice(0, -1)) assert.equal(await code({ ...good, ...change }), 'AuthFailure.SignatureFailure', JSON.stringify(change));
  assert.equal(await code({ ...good, ...changes.at(-1) }), 'AuthFailure.InvalidAuthorization');
  const query = signedV3({ ...usual, method: 'GET', query: 'Limit=1&Offset=2' });
  assert.equal(await code({ ...query, query: 'Offset=2&Limit=1' }), 'AuthFailure.SignatureFailure');
  assert.equal(await code(signedV3({ ...usual, date: '2025-01-01' })), 'AuthFailure.SignatureFailure');
});

test('an unsigned body is refused where the server says so', async (context) => {
  const { usual, code } = await openGround(context, { unsignedPayload: false });
  assert.equal(await code(signedV3({ ...usual, unsigned: true })), 'AuthFailure.SignatureFailure');
  assert.equal(await code(signedV3(usual)), 'OK');
});

test('a version 1 request is answered, whichever way its SDK writes it', async (context) => {
  const { usual, code } = await openGround(context);
  for (const method of ['GET', 'POST'] as const) {
    assert.equal(await code(signedV1({ ...usual, method })), 'OK');
    assert.equal(await code(signedV1({ ...usual, method }, { SignatureMethod: undefined })), 'OK');
    assert.equal(await code(signedV1({ ...usual, method }, { SignatureMethod: 'HmacSHA1', Region: '', Language: '', RequestClient: 'mine', Token: '' })), 'OK');
    assert.equal(await code(signedV1({ ...usual, method, host: '127.0.0.1:1', signedHost: '127.0.0.1' })), 'OK');
    assert.equal(await code(signedV1({ ...usual, method }, { 'Filters.0.Name': 'ImageName', 'Filters.0.Values.0': 'a b&c=d+e', Limit: '2' })), 'OK');
  }
  const bare = signedV1({ ...usual, method: 'GET' }, { Region: '' });
  assert.equal(await code({ ...bare, query: bare.query.replace('Region=&', 'Region&') }), 'OK');
  const unread = signedV1(usual);
  assert.equal(await code({ ...unread, query: 'Limit=x' }), 'OK', 'of a form the query says nothing');
  const broken = signedV1(usual);
  const newline = broken.body.toString().replace(/Signature=([^&]*)/, 'Signature=$1%0A');
  assert.equal(await code({ ...broken, body: Buffer.from(newline) }), 'OK');
});

test('a version 1 request that was changed on its way is refused', async (context) => {
  const { usual, code } = await openGround(context);
  const good = signedV1({ ...usual, method: 'GET' }, { Limit: '1' });
  assert.equal(await code({ ...good, query: good.query.replace('Limit=1', 'Limit=2') }), 'AuthFailure.SignatureFailure');
  assert.equal(await code({ ...good, query: `${good.query}&Offset=0` }), 'AuthFailure.SignatureFailure');
  assert.equal(await code({ ...good, headers: { host: 'other.example.org' } }), 'AuthFailure.SignatureFailure');
  assert.equal(await code({ ...good, query: `${good.query}&Limit=1` }), 'InvalidParameter');
  assert.equal(await code({ ...good, query: `${good.query}&x=%ff` }), 'InvalidParameter');
});

test('what is wrong first is told, in the order of the steps', async (context) => {
  const { usual, key, code, now } = await openGround(context);
  const wrongKey = { ...key, secretKey: 'other' };
  const unknownKey = { ...key, secretId: 'AKIDother' };
  const late = now() - 301_000;
  const cases: readonly [HttpRequest, string][] = [
    [{ ...signedV3(usual), method: 'PUT' }, 'UnsupportedProtocol'],
    [signedV3({ ...usual, method: 'GET', query: `a=${'x'.repeat(32 * 1024)}`, action: 'Nothing' }), 'RequestSizeLimitExceeded'],
    [{ ...signedV3(usual), headers: { ...signedV3(usual).headers, authorization: 'SKIP' } }, 'AuthFailure.InvalidAuthorization'],
    [signedV3({ ...usual, action: '', version: 'x' }), 'MissingParameter'],
    [signedV3({ ...usual, headers: { 'x-tc-version': '' } }), 'MissingParameter'],
    [signedV3({ ...usual, headers: { 'x-tc-timestamp': '' } }), 'MissingParameter'],
    [signedV3({ ...usual, headers: { 'x-tc-timestamp': '1e9' } }), 'InvalidParameter'],
    [signedV3({ ...usual, action: 'Nothing', version: '2017-01-01', key: unknownKey }), 'NoSuchVersion'],
    [signedV3({ ...usual, action: 'Nothing', key: unknownKey }), 'InvalidAction'],
    [signedV3({ ...usual, action: 'describeAssetImageList', key: unknownKey }), 'InvalidAction'],
    [signedV3({ ...usual, key: unknownKey, at: late }), 'AuthFailure.SecretIdNotFound'],
    [signedV3({ ...usual, key: wrongKey, at: late }), 'AuthFailure.SignatureExpire'],
    [signedV3({ ...usual, key: wrongKey, headers: { 'x-tc-token': 'x' } }), 'AuthFailure.SignatureFailure'],
    [signedV3({ ...usual, headers: { 'x-tc-token': 'x' }, body: '{' }), 'AuthFailure.TokenFailure'],
    [signedV3({ ...usual, body: '{' }), 'InvalidParameter'],
    [signedV3({ ...usual, body: '{"Nothing":1,"Limit":true}' }), 'UnknownParameter'],
    [signedV3({ ...usual, body: '{"Limit":true}' }), 'InvalidParameter'],
    [signedV3({ ...usual, body: '{"Limit":101}' }), 'InvalidParameterValue'],
    [signedV3({ ...usual, type: 'text/plain' }), 'InvalidParameter'],
    [signedV3({ ...usual, type: 'application/x-www-form-urlencoded', body: 'Limit=1' }), 'InvalidParameter'],
    [signedV3({ ...usual, method: 'GET', query: 'Limit=1&Limit=1' }), 'InvalidParameter'],
    [signedV3({ ...usual, method: 'GET', query: 'Action=x' }), 'UnknownParameter'],
    [signedV3({ ...usual, action: 'DescribeAssetImageDetail' }), 'MissingParameter'],
    [signedV3({ ...usual, action: 'DescribeAssetImageDetail', body: '{"ImageID":"x"}' }), 'ResourceNotFound'],
    [{ method: 'POST', query: '', headers: { host: 'x', 'content-type': 'application/json' }, body: Buffer.from('{}') }, 'MissingParameter'],
    [{ method: 'GET', query: '', headers: {}, body: Buffer.alloc(0) }, 'MissingParameter'],
    [signedV1({ ...usual, key: unknownKey }), 'AuthFailure.SecretIdNotFound'],
    [signedV1({ ...usual, at: late }), 'AuthFailure.SignatureExpire'],
    [signedV1({ ...usual, key: wrongKey }), 'AuthFailure.SignatureFailure'],
    [signedV1(usual, { Token: 'x' }), 'AuthFailure.TokenFailure'],
    [signedV1(usual, { Signature: undefined }), 'MissingParameter'],
    [signedV1(usual, { Nonce: undefined }), 'MissingParameter'],
    [signedV1(usual, { SecretId: undefined }), 'MissingParameter'],
    [signedV1(usual, { Nothing: '1' }), 'UnknownParameter'],
    [signedV1(usual, { Limit: '1', 'Limit.0': '1' }), 'InvalidParameter'],
    [signedV1(usual, { Limit: 'x'.repeat(1024 * 1024) }), 'AuthFailure.SignatureFailure'],
  ];
  for (const [http, expected] of cases) assert.equal(await code(http), expected, JSON.stringify(http.headers).slice(0, 300));
});

test('each carrier takes exactly as many bytes as it may', async (context) => {
  const { usual, code } = await openGround(context);
  const query = (bytes: number) => signedV3({ ...usual, method: 'GET', query: `a=${'x'.repeat(bytes - 2)}` });
  assert.equal(await code(query(32 * 1024)), 'UnknownParameter');
  assert.equal(await code(query(32 * 1024 + 1)), 'RequestSizeLimitExceeded');
  const json = (bytes: number) => signedV3({ ...usual, body: `{"a":"${'x'.repeat(bytes - 8)}"}` });
  assert.equal(await code(json(10 * 1024 * 1024)), 'UnknownParameter');
  assert.equal(await code(json(10 * 1024 * 1024 + 1)), 'RequestSizeLimitExceeded');
  const rest = signedV1(usual, { a: '' }).body.length;
  const form = (bytes: number) => {
    // Signatures differ in length by what is escaped in them; a blank is left out of them.
    const sized = signedV1(usual, { a: 'x'.repeat(bytes - rest - 12) });
    return { ...sized, body: Buffer.concat([sized.body, Buffer.alloc(bytes - sized.body.length, '+')]) };
  };
  assert.equal(await code(form(1024 * 1024)), 'UnknownParameter');
  assert.equal(await code(form(1024 * 1024 + 1)), 'AuthFailure.SignatureFailure');
});

test('a clock may differ by exactly 300 seconds', async (context) => {
  const { usual, code, now } = await openGround(context);
  assert.equal(await code(signedV3({ ...usual, at: now() - 300_000 })), 'OK');
  assert.equal(await code(signedV3({ ...usual, at: now() + 300_000 })), 'OK');
  assert.equal(await code(signedV3({ ...usual, at: now() + 301_000 })), 'AuthFailure.SignatureExpire');
});

test('messages name action, service and version, and are in the language asked for', async (context) => {
  const { usual, send } = await openGround(context);
  const english = await send(signedV3({ ...usual, action: 'No`\u0001thing' }));
  assert.equal(english['Message'], 'The service `tcss` has no action `No??thing` in version `2020-11-01`.');
  const chinese = await send(signedV3({ ...usual, version: '1', headers: { 'x-tc-language': 'zh-CN' } }));
  assert.equal(chinese['Message'], '服务 `tcss` 不存在版本 `1`。');
  const escaped = signedV1({ ...usual, method: 'GET', version: '1' }, { Language: 'zh-CN' });
  assert.match(String((await send({ ...escaped, query: escaped.query.replace('zh-CN', 'zh%2DCN') }))['Message']), /^服务 `tcss`/);
  for (const method of ['GET', 'POST'] as const) {
    assert.match(String((await send(signedV1({ ...usual, method, version: '1' }, { Language: 'zh-CN' })))['Message']), /^服务 `tcss`/);
    assert.match(String((await send(signedV1({ ...usual, method }, { Language: 'zh-CN', Version: undefined })))['Message']), /缺少必填参数 `Version`/);
    assert.match(String((await send(signedV1({ ...usual, method }, { Version: undefined })))['Message']), /required parameter `Version`/);
  }
});

test('a key that is disabled is refused at once', async (context) => {
  const { usual, key, store, code, now } = await openGround(context);
  assert.equal(await code(signedV3(usual)), 'OK');
  await store.keys.disable('default', key.secretId, now());
  assert.equal(await code(signedV3(usual)), 'AuthFailure.SecretIdNotFound');
});

test('a key is used by its id and secret together, also when signing keys are kept', async (context) => {
  const { usual, key, store, code, seal } = await openGround(context);
  const other = { ...key, secretId: 'AKIDsecond', secretKey: 'second' };
  await store.keys.create({ ...other, secretKey: seal(other.secretKey) });
  for (let round = 0; round < 2; round++) {
    assert.equal(await code(signedV3(usual)), 'OK');
    assert.equal(await code(signedV3({ ...usual, key: other })), 'OK');
    assert.equal(await code(signedV3({ ...usual, key: { ...other, secretKey: key.secretKey } })), 'AuthFailure.SignatureFailure');
  }
});

test('requests are limited per second, account and action, after the signature is known to be good', async (context) => {
  const { usual, key, store, send, code, wait, now, seal } = await openGround(context, { requestsPerSecond: 3 });
  const unsigned = signedV3({ ...usual, key: { ...key, secretKey: 'x' } });
  for (let round = 0; round < 5; round++) assert.equal(await code(unsigned), 'AuthFailure.SignatureFailure');
  for (let round = 0; round < 3; round++) assert.equal(await code(signedV3(usual)), 'OK');
  const refused = await send(signedV3({ ...usual, body: '{' }));
  assert.equal(refused['Code'], 'RequestLimitExceeded');
  assert.match(String(refused['Message']), /`4` .* `3`/);
  assert.equal(await code(signedV3({ ...usual, action: 'DescribeAssetImageSimpleList' })), 'OK');
  await store.keys.create({ ...key, secretKey: seal(key.secretKey), accountId: 'other', secretId: 'AKIDother' });
  assert.equal(await code(signedV3({ ...usual, key: { ...key, secretId: 'AKIDother' } })), 'OK');
  wait(1000);
  assert.equal(await code(signedV3({ ...usual, at: now() })), 'OK');
});

test('a kept answer is not given to another account, language or input, nor after the store has changed', async (context) => {
  const { usual, key, store, send, seal } = await openGround(context);
  const id = await storeImage(store, anImage('a:1'), { findings: [aFinding('/a')] });
  await store.keys.create({ ...key, secretKey: seal(key.secretKey), accountId: 'other', secretId: 'AKIDother' });
  const parts = { ...usual, action: 'DescribeAssetImageVirusList', body: JSON.stringify({ ImageID: id }) };
  const ask = async (over: Partial<RequestParts> = {}): Promise<unknown[]> => {
    const answer = await send(signedV3({ ...parts, ...over }));
    const rows = answer['List'] as readonly { readonly Desc: string }[] | undefined;
    return [answer['Code'] ?? answer['TotalCount'], rows?.[0]?.Desc];
  };
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await ask(), [1, 'A web shell.']);
    assert.deepEqual(await ask({ headers: { 'x-tc-language': 'zh-CN' } }), [1, '网页后门。']);
    assert.deepEqual(await ask({ body: JSON.stringify({ ImageID: id, Offset: 1 }) }), [1, undefined]);
    assert.deepEqual(await ask({ key: { ...key, secretId: 'AKIDother' } }), ['ResourceNotFound', undefined]);
  }
  await store.images.setFindings('default', id, { findings: [], at: 1, partial: false });
  assert.deepEqual(await ask(), [0, undefined]);
});

test('a key with policies may do what they allow, also of what is kept, and a change of them counts at once', async (context) => {
  const { usual, key, store, send, code, seal } = await openGround(context);
  const document = (effect: string) =>
    `{"version":"2.0","statement":[{"effect":"allow","action":["name/tcss:Describe*"],"resource":["*"]},{"effect":"${effect}","action":"*:DescribeAssetImageSimpleList","resource":"*"}]}`;
  await store.policies.set({ accountId: 'default', name: 'reader', document: document('allow') }, 1);
  const reader = { ...key, secretId: 'AKIDreader', policies: ['reader'] };
  await store.keys.create({ ...reader, secretKey: seal(key.secretKey) });
  assert.equal(await code(signedV3({ ...usual, key: reader })), 'OK');
  assert.equal(await code(signedV3({ ...usual, key: reader, action: 'DescribeAssetImageSimpleList' })), 'OK');
  await store.policies.set({ accountId: 'default', name: 'reader', document: document('deny') }, 2);
  assert.equal(await code(signedV3({ ...usual, key: reader, action: 'DescribeAssetImageSimpleList' })), 'AuthFailure.UnauthorizedOperation');
  assert.equal(await code(signedV3({ ...usual, action: 'DescribeAssetImageSimpleList' })), 'OK', 'the owner may');
  const denied = await send(signedV3({ ...usual, key: reader, action: 'CreateAssetImageScanTask', body: '{' }));
  assert.equal(denied['Code'], 'AuthFailure.UnauthorizedOperation');
  assert.match(String(denied['Message']), /operation \(tcss:CreateAssetImageScanTask\), resource \(\*\)/);
});

test('calls that change something stand in the record with what became of them, and with no one else', async (context) => {
  const { usual, key, store, code, seal } = await openGround(context);
  const own = await storeImage(store, anImage('own:1'));
  const theirs = await storeImage(store, anImage('theirs:1'), { accountId: 'other' });
  await store.policies.set(
    { accountId: 'default', name: 'nothing', document: '{"Version":"1","Statement":{"Effect":"Allow","Action":"x:y","Resource":"*"}}' },
    1,
  );
  const powerless = { ...key, secretId: 'AKIDpowerless', policies: ['nothing'] };
  await store.keys.create({ ...powerless, secretKey: seal(key.secretKey) });
  const scan = (id: string, over: Partial<RequestParts> = {}): Promise<unknown> =>
    code(signedV3({ ...usual, action: 'CreateAssetImageScanTask', body: JSON.stringify({ Images: [id], ScanVirus: true }), ...over }));
  const codes = [await scan(own), await scan(theirs), await scan(own, { key: powerless }), await scan(own, { body: '{"Images":1}' })];
  assert.deepEqual([codes[0], codes[2], codes[3]], ['OK', 'AuthFailure.UnauthorizedOperation', 'InvalidParameter']);
  assert.notEqual(codes[1], 'OK', 'an image of another account is none');
  assert.equal(await code(signedV3(usual)), 'OK');
  const { rows } = await store.audit.list({ accountId: 'default', offset: 0, limit: 10 });
  assert.deepEqual(
    rows.map((row) => [row.cloud, row.keyId, row.action, row.requestId, row.code]).reverse(),
    codes.map((outcome, index) => ['tencent', index === 2 ? 'AKIDpowerless' : 'AKIDtest', 'CreateAssetImageScanTask', 'request-id', outcome]),
  );
  assert.ok(rows.at(-1)?.input.includes(own), rows.at(-1)?.input);
  assert.equal((await store.audit.list({ accountId: 'other', offset: 0, limit: 1 })).total, 0);
});

test('a store that cannot be used now is told as such, without where it lies', async (context) => {
  const call = await openCall(context);
  const key = { accountId: 'default', secretId: 'AKIDtest', secretKey: 'secret', name: '', policies: [], createdAt: 0, disabledAt: undefined };
  await call.store.keys.create({ ...key, secretKey: call.app.vault.seal(key.secretKey) });
  const locked = new LazaretError('unavailable', 'another process keeps the database /var/lib/lazaret.db locked');
  const broken: Operation = { action: 'CreateTrouble', lasting: false, changes: true, parameters: {}, run: () => Promise.reject(locked) };
  const guard = createCallGuard(call.app, createRateLimit(0, call.app.clock));
  const products = [{ name: 'tcss', version: '2020-11-01', operations: [broken] }];
  const gateway = createGateway(call.app, products, { options: defaultGatewayOptions, keyring: createKeyring(call.app), guard });
  const answer = await gateway.handle(signedV3({ key, action: 'CreateTrouble', at: call.app.clock() }), 'request-id');
  assert.deepEqual([answer.code, answer.fault], ['ServiceUnavailable', locked]);
  assert.doesNotMatch(answer.body.toString(), /var/);
  assert.equal((await call.store.audit.list({ accountId: 'default', offset: 0, limit: 1 })).rows[0]?.code, 'ServiceUnavailable');
});

test('a call that fails inside stands in the record too', async (context) => {
  const call = await openCall(context);
  const key = { accountId: 'default', secretId: 'AKIDtest', secretKey: 'secret', name: '', policies: [], createdAt: 0, disabledAt: undefined };
  await call.store.keys.create({ ...key, secretKey: call.app.vault.seal(key.secretKey) });
  const broken: Operation = {
    action: 'CreateTrouble',
    lasting: false,
    changes: true,
    parameters: {},
    run: () => Promise.reject(new Error('a fault of ours')),
  };
  const guard = createCallGuard(call.app, createRateLimit(0, call.app.clock));
  const products = [{ name: 'tcss', version: '2020-11-01', operations: [broken] }];
  const gateway = createGateway(call.app, products, { options: defaultGatewayOptions, keyring: createKeyring(call.app), guard });
  const answer = await gateway.handle(signedV3({ key, action: 'CreateTrouble', at: call.app.clock() }), 'request-id');
  assert.deepEqual([answer.code, (answer.fault as Error).message], ['InternalError', 'a fault of ours']);
  const { rows } = await call.store.audit.list({ accountId: 'default', offset: 0, limit: 10 });
  assert.deepEqual(
    rows.map((row) => [row.action, row.code]),
    [['CreateTrouble', 'InternalError']],
  );
});

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const name = fc.constantFrom(
  'ImageID',
  'Limit',
  'Offset',
  'Filters',
  'Order',
  'By',
  'Images',
  'TaskID',
  'All',
  'ScanVirus',
  'Name',
  'Values',
  '__proto__',
  'constructor',
  '',
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, Number.MAX_VALUE, 2 ** 53, 0.5, '\ud800', '10', 'RiskLevel', 'all', 'asc', 'sha256:0'),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(name, tie('any'), { maxKeys: 4 }),
  ),
})).any;

test('no request whatever makes the gateway fail inside', async (context) => {
  const { usual, send } = await openGround(context);
  const header = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
  const headers = fc.dictionary(
    fc.constantFrom('authorization', 'host', 'content-type', 'x-tc-action', 'x-tc-version', 'x-tc-timestamp', 'x-tc-language', 'x-tc-token'),
    header,
  );
  const anyRequest = fc.record({ method: fc.constantFrom('GET', 'POST', 'PUT'), query: fc.webQueryParameters(), headers, body: bytes });
  await fc.assert(
    fc.asyncProperty(anyRequest, async (http) => {
      const answer = await send(http);
      assert.notEqual(answer['Code'] ?? 'OK', 'OK');
      assert.notEqual(answer['Code'], 'InternalError');
    }),
    { numRuns: 300 },
  );
  const action = fc.constantFrom(...tcss.operations.map((operation) => operation.action));
  const signed = fc.constantFrom(...tcss.operations).chain((operation) => {
    const known = fc.dictionary(fc.constantFrom('By', ...Object.keys(operation.parameters)), value).map((input) => Buffer.from(JSON.stringify(input)));
    return fc.record({ action: fc.constant(operation.action), body: fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: bytes }) });
  });
  await fc.assert(
    fc.asyncProperty(signed, async (parts) => {
      assert.notEqual((await send(signedV3({ ...usual, ...parts })))['Code'], 'InternalError');
    }),
    { numRuns: 1000 },
  );
  const flatName = fc.array(fc.oneof(name, fc.constantFrom('0', '1', '999999999', '-1')), { minLength: 1, maxLength: 9 }).map((parts) => parts.join('.'));
  await fc.assert(
    fc.asyncProperty(action, fc.dictionary(flatName, fc.string({ unit: 'grapheme', maxLength: 20 })), async (wanted, pairs) => {
      assert.notEqual((await send(signedV1({ ...usual, action: wanted }, pairs)))['Code'], 'InternalError');
    }),
    { numRuns: 300 },
  );
});
