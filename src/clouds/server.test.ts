import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { alibabaV1, alibabaV3 } from '../../test/support/alibaba-request.ts';
import { openCall } from '../../test/support/cloud-call.ts';
import { signedV3 } from '../../test/support/signed-request.ts';
import type { HttpRequest } from './http-request.ts';
import type { ServerOptions } from './server.ts';
import { createServer } from './server.ts';

interface Ground {
  readonly server: FastifyInstance;
  readonly port: number;
  readonly lines: readonly string[];
  readonly key: { readonly secretId: string; readonly secretKey: string };
  readonly now: () => number;
}

async function openGround(context: TestContext, options: Partial<ServerOptions> = {}): Promise<Ground> {
  const call = await openCall(context);
  const key = { accountId: 'default', secretId: 'AKIDtest', secretKey: 'verysecret', name: '', policies: [], createdAt: 0, disabledAt: undefined };
  await call.store.keys.create({ ...key, secretKey: call.app.vault.seal(key.secretKey) });
  const lines: string[] = [];
  let ids = 0;
  const server = createServer({
    app: call.app,
    randomId: () => `id-${++ids}`,
    log: { level: 'debug', destination: { write: (line) => void lines.push(line) } },
    ...options,
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  context.after(() => server.close());
  return { server, port: (server.server.address() as AddressInfo).port, lines, key, now: call.app.clock };
}

// Sends bytes as they are and gives all that comes back until the server closes the connection.
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    received += chunk;
  });
  await once(socket, 'close');
  return received;
}

async function post(ground: Ground, action = 'DescribeAssetImageList', body: string | Buffer = '{}'): Promise<Response> {
  const { headers } = signedV3({ key: ground.key, action, at: ground.now(), host: `127.0.0.1:${ground.port}`, body });
  const { host: _, ...rest } = headers as Record<string, string>;
  return fetch(`http://127.0.0.1:${ground.port}/`, { method: 'POST', headers: rest, body: new Uint8Array(Buffer.from(body)) });
}

async function codeOf(response: Response): Promise<unknown> {
  const { Response: answer } = (await response.json()) as { readonly Response: { readonly Error?: { readonly Code: string } } };
  return answer.Error?.Code ?? 'OK';
}

test('an answer has status 200 and exactly the content type that SDKs expect', async (context) => {
  const ground = await openGround(context);
  const good = await post(ground);
  assert.equal(good.status, 200);
  assert.equal(good.headers.get('content-type'), 'application/json');
  assert.deepEqual(await good.json(), { Response: { RequestId: 'id-1', List: [], TotalCount: 0 } });
  const bad = await post(ground, 'Nothing');
  assert.equal(bad.status, 200);
  assert.equal(bad.headers.get('content-type'), 'application/json');
  assert.equal(await codeOf(bad), 'InvalidAction');
});

test('the path is / and only / , and other methods are refused there as the API refuses', async (context) => {
  const { port } = await openGround(context);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
    const response = await fetch(`http://127.0.0.1:${port}/?x=1`, { method });
    assert.equal(response.status, 200, method);
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.equal(await codeOf(response), 'UnsupportedProtocol', method);
  }
  for (const path of ['/other', '/%zz', '/..%2f', '//x']) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: 'x' });
    assert.equal(response.status, 404, path);
    assert.equal(response.headers.get('content-type'), 'application/json');
  }
});

test('a target that names the whole address is taken as its path, and its host as the host', async (context) => {
  const ground = await openGround(context, { routes: [(server) => server.get('/other', async () => ({ other: true }))] });
  const usual = { key: ground.key, at: ground.now() };
  const whole = (target: string, http: HttpRequest, host: string): string =>
    `${http.method} ${target} HTTP/1.1\r\n${Object.entries({ ...http.headers, host, connection: 'close', 'content-length': http.body.length })
      .map(([name, value]) => `${name}: ${String(value)}\r\n`)
      .join('')}\r\n${http.body.toString('latin1')}`;
  const tencent = signedV3({ ...usual, action: 'DescribeAssetImageList', host: 'TCSS.example.org:80' });
  for (const target of ['http://TCSS.example.org:80/', 'HTTP://TCSS.example.org:80', 'https://someone@TCSS.example.org:80/?']) {
    assert.match(await exchange(ground.port, whole(target, tencent, 'proxy.example.org')), /^HTTP\/1.1 200 [^]*"TotalCount":0/, target);
  }
  const query = signedV3({ ...usual, action: 'DescribeAssetImageList', method: 'GET', query: 'Limit=1' });
  assert.match(await exchange(ground.port, whole('http://tcss.example.org/?Limit=1', query, 'x')), /"TotalCount":0/);
  assert.match(await exchange(ground.port, whole('http://tcss.example.org?Limit=1', query, 'x')), /"TotalCount":0/);
  assert.match(await exchange(ground.port, whole('http://other.example.org/?Limit=1', query, 'tcss.example.org')), /AuthFailure.SignatureFailure/);
  const grouped = { ...usual, action: 'DescribeGroupedMaliciousFiles', parameters: { CurrentPage: '1', PageSize: '1' } };
  const alibaba = alibabaV3({ ...grouped, nonce: 'whole' });
  const target = `http://${String(alibaba.headers.host)}/${alibaba.query === '' ? '' : `?${alibaba.query}`}`;
  assert.match(await exchange(ground.port, whole(target, alibaba, 'x')), /^HTTP\/1.1 200 [^]*"PageInfo"/);
  const get = { method: 'GET', query: '', headers: {}, body: Buffer.alloc(0) };
  assert.match(await exchange(ground.port, whole('http://x/other', get, 'x')), /"other":true/);
  for (const odd of ['http://', 'http:///', 'ftp://x/', 'http://x/nowhere', '*']) {
    assert.match(await exchange(ground.port, whole(odd, get, 'x')), /^HTTP\/1.1 (?:400|404) /, odd);
  }
});

test('what is too large is refused as the API refuses, wherever it is too large', async (context) => {
  const ground = await openGround(context);
  const large = `{"ImageID":"${'x'.repeat(10 * 1024 * 1024)}"}`;
  assert.equal(await codeOf(await post(ground, 'DescribeAssetImageDetail', large)), 'RequestSizeLimitExceeded');
  assert.equal(await codeOf(await post(ground, 'DescribeAssetImageDetail', large.slice(0, 1024 * 1024))), 'InvalidParameter');
  for (const length of [33 * 1024, 80 * 1024]) {
    const answer = await exchange(ground.port, `GET /?a=${'x'.repeat(length)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1.1 200 OK/);
    assert.match(answer, /RequestSizeLimitExceeded/);
  }
});

test('what is too large for the other cloud is refused as that one refuses', async (context) => {
  const ground = await openGround(context);
  const body = `AccessKeyId=LTAItest&x=${'y'.repeat(11 * 1024 * 1024)}`;
  const large = await fetch(`http://127.0.0.1:${ground.port}/`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
  assert.equal(large.status, 413);
  assert.equal(((await large.json()) as { readonly Code: string }).Code, 'RequestTooLarge');
  const mark = 'x-acs-action: X\r\nHost: tds.example.org\r\n';
  const answer = await exchange(ground.port, `POST / HTTP/1.1\r\n${mark}x: ${'y'.repeat(70 * 1024)}\r\n${mark}\r\n`);
  assert.match(answer, /^HTTP\/1.1 413 [^]*x-acs-request-id: ID-\d+\r\n[^]*"HostId":"tds.example.org","Code":"RequestTooLarge"/);
});

test('both clouds are answered on one connection, forms in pieces too', async (context) => {
  const ground = await openGround(context);
  const usual = { key: ground.key, action: 'DescribeGroupedMaliciousFiles', at: ground.now(), parameters: { CurrentPage: '1', PageSize: '1' } };
  const head = (http: HttpRequest): string =>
    `${http.method} /${http.query === '' ? '' : `?${http.query}`} HTTP/1.1\r\n${Object.entries(http.headers)
      .map(([name, value]) => `${name}: ${String(value)}\r\n`)
      .join('')}`;
  const whole = (http: HttpRequest): string => `${head(http)}Content-Length: ${http.body.length}\r\n\r\n${http.body.toString('latin1')}`;
  const pieces = (http: HttpRequest): string =>
    `${head(http)}Transfer-Encoding: chunked\r\n\r\n${Array.from(http.body, (byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('')}0\r\n\r\n`;
  const tencent = signedV3({ key: ground.key, action: 'DescribeAssetImageList', at: ground.now() });
  const requests = [
    whole(alibabaV3({ ...usual, nonce: 'a' })),
    whole(tencent),
    pieces(alibabaV1({ ...usual, nonce: 'b' })),
    whole(alibabaV1({ ...usual, nonce: 'c', method: 'GET' })),
    whole({ ...tencent, headers: { ...tencent.headers, connection: 'close' } }),
  ];
  const answers = (await exchange(ground.port, requests.join(''))).split(/(?=HTTP\/1\.1 )/);
  assert.deepEqual(
    answers.map((answer) => `${answer.slice(9, 12)} ${/"(PageInfo|TotalCount)":/.exec(answer)?.[1] ?? answer}`),
    ['200 PageInfo', '200 TotalCount', '200 PageInfo', '200 PageInfo', '200 TotalCount'],
  );
  assert.match(
    answers[0] ?? '',
    /content-type: application\/json;charset=utf-8\r\nx-acs-request-id: ID-1\r\nx-acs-trace-id: [0-9a-f]{32}\r\naccess-control-allow-origin: \*/,
  );
});

test('what is no HTTP, and HTTP that may be read in two ways, is refused', async (context) => {
  const { port } = await openGround(context);
  assert.match(await exchange(port, 'hello\r\n\r\n'), /^HTTP\/1.1 400 /);
  assert.match(await exchange(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'), /^HTTP\/1.1 400 /);
  assert.match(await exchange(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'), /^HTTP\/1.1 400 /);
  assert.match(
    await exchange(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ;;\u00ff\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'),
    /^HTTP\/1.1 200 [^]*MissingParameter/,
  );
  assert.match(await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello'), /^HTTP\/1.1 200 /);
});

test('who sends slowly is cut off', { timeout: 10_000 }, async (context) => {
  const { port } = await openGround(context, { limits: { headersMs: 200, requestMs: 400 } });
  const answers = await Promise.all([
    exchange(port, 'POST / HTTP/1.1\r\nHost: x\r\n'),
    exchange(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'),
    exchange(port, 'POST / HTTP/1.1\r\nHost: x\r\nx-acs-action: X\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'),
  ]);
  for (const answer of answers) assert.match(answer, /^HTTP\/1.1 408 /);
});

test('connections beyond the bound are closed', async (context) => {
  const { port } = await openGround(context, { limits: { connections: 1 } });
  const first = connect(port, '127.0.0.1');
  await once(first, 'connect');
  assert.equal(await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'), '');
  first.destroy();
});

test('closing lets a running request finish', { timeout: 10_000 }, async (context) => {
  const { server, port } = await openGround(context);
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const closed = server.close();
  socket.write('}');
  const [answer] = (await once(socket, 'data')) as [string];
  assert.match(answer, /^HTTP\/1.1 200 OK/);
  assert.match(answer, /MissingParameter/);
  await closed;
  socket.destroy();
});

test('a trace id that is harmless comes back', async (context) => {
  const { port } = await openGround(context);
  const trace = async (id: string): Promise<string | null> =>
    (await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-tc-traceid': id } })).headers.get('x-tc-traceid');
  assert.equal(await trace('6f1c-A_9'), '6f1c-A_9');
  assert.equal(await trace('a b'), null);
});

test('a fault inside is told as such without its cause, and the log has the cause but no secret', async (context) => {
  const ground = await openGround(context);
  assert.equal(await codeOf(await post(ground)), 'OK');
  const call = await openCall(context);
  const broken = { ...call.store, keys: { ...call.store.keys, find: async () => Promise.reject(new Error('disk on fire')) } };
  const answered: unknown[] = [];
  const second = await openGround(context, { app: { ...call.app, store: broken }, onAnswer: (answer) => answered.push(answer) });
  const response = await post(second);
  const text = await response.text();
  assert.equal(response.status, 200);
  assert.match(text, /InternalError/);
  assert.doesNotMatch(text, /fire/);
  assert.deepEqual(answered, [{ action: 'DescribeAssetImageList', code: 'InternalError' }]);
  const log = [...ground.lines, ...second.lines].join('');
  assert.match(log, /disk on fire/);
  assert.match(log, /"action":"DescribeAssetImageList","code":"OK","accountId":"default"/);
  assert.doesNotMatch(log, /verysecret|Signature=|authorization/i);
  for (const line of log.trim().split('\n')) assert.doesNotThrow(() => JSON.parse(line));
});
