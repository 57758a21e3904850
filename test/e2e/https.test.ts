import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { defaultAccount } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import type { HttpRequest } from '#clouds/http-request.ts';
import { alibabaV3 } from '../support/alibaba-request.ts';
import { appOver } from '../support/app-over.ts';
import { testFolder } from '../support/folder.ts';
import { lazaret, type Running, startLazaret } from '../support/lazaret.ts';
import { signedV3 } from '../support/signed-request.ts';

interface Listening {
  readonly addresses: readonly string[];
  readonly authority: string | undefined;
}

// What the first line of the log says.
function listening(running: Running): Promise<Listening> {
  const { promise, resolve, reject } = Promise.withResolvers<Listening>();
  let log = '';
  running.child.stdout?.on('data', (part: string) => {
    log += part;
    const line = /^.*"addresses".*\}\n/m.exec(log)?.[0];
    if (line !== undefined) resolve(JSON.parse(line) as Listening);
  });
  running.ended.then(({ stderr }) => reject(new Error(`the server ended: ${stderr}`)), reject);
  return promise;
}

function portOf(listing: Listening, scheme: 'http' | 'https'): number {
  return Number(new URL(listing.addresses.find((address) => address.startsWith(`${scheme}:`)) ?? '').port);
}

async function send(port: number, http: HttpRequest, more: RequestOptions): Promise<string> {
  const { method, query, headers, body } = http;
  const sending = request({
    host: '127.0.0.1',
    port,
    method,
    path: `/?${query}`,
    headers: headers as Record<string, string>,
    agent: false,
    servername: 'localhost',
    ...more,
  });
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  return text(response);
}

test('HTTP and HTTPS are served at once, by an authority that lasts over starts, to both clouds', { timeout: 60_000 }, async (context) => {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  await app.store.close();
  const start = async (...more: readonly string[]) => {
    const running = startLazaret(['serve', '--data', dataDir, '--no-scanning', '--listen', 'https://127.0.0.1:0', '--listen', 'http://127.0.0.1:0', ...more]);
    context.after(() => running.child.kill('SIGKILL'));
    return { running, listing: await listening(running) };
  };
  const [first, second] = await Promise.all([start(), start('--tls-name', 'lazaret.example.org')]);
  assert.equal(first.listing.authority, join(dataDir, 'tls', 'ca.pem'));
  const ca = readFileSync(first.listing.authority ?? '');
  for (const { listing } of [first, second]) {
    const port = portOf(listing, 'https');
    const tencent = signedV3({ key, action: 'DescribeAssetImageList', at: Date.now() });
    assert.match(await send(port, tencent, { ca }), /"TotalCount":0/);
    const alibaba = alibabaV3({
      key,
      action: 'DescribeGroupedMaliciousFiles',
      at: Date.now(),
      nonce: String(port),
      parameters: { CurrentPage: '1', PageSize: '1' },
    });
    assert.match(await send(port, alibaba, { ca }), /"TotalCount":0/);
    await assert.rejects(send(port, tencent, {}), /certificate/);
    await assert.rejects(send(port, tencent, { ca, servername: 'other.example.org' }), /altnames/);
    assert.equal((await fetch(`http://127.0.0.1:${portOf(listing, 'http')}/healthz`)).status, 200);
  }
  const tencent = signedV3({ key, action: 'DescribeAssetImageList', at: Date.now() });
  assert.match(await send(portOf(second.listing, 'https'), tencent, { ca, servername: 'lazaret.example.org' }), /"TotalCount":0/);
  first.running.child.kill('SIGTERM');
  assert.equal((await first.running.ended).status, 0);
});

test('what is no TLS is hung up on, and what does not fit is refused at start', { timeout: 60_000 }, async (context) => {
  const dataDir = testFolder(context);
  const running = startLazaret(['serve', '--data', dataDir, '--no-scanning', '--listen', 'https://127.0.0.1:0']);
  context.after(() => running.child.kill('SIGKILL'));
  const port = portOf(await listening(running), 'https');
  for (const bytes of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'hello', '\u0016\u0003\u0001\u0000\u0005hello']) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(bytes, 'latin1');
    socket.resume();
    await once(socket, 'close');
  }
  const serve = (...more: readonly string[]) => lazaret(['serve', '--data', dataDir, '--no-scanning', ...more]);
  const file = join(dataDir, 'own.pem');
  writeFileSync(file, 'PEM');
  const https = ['--listen', 'https://127.0.0.1:0'];
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['--tls-name', 'x'], /are for https/],
    [[...https, '--tls-cert', file], /both --tls-cert and --tls-key/],
    [[...https, '--tls-cert', file, '--tls-key', file], /no certificate with its key in PEM/],
    [[...https, '--tls-name', 'a b'], /'a b' is no name/],
  ];
  for (const [more, message] of refused) {
    const { status, stderr } = await serve(...more);
    assert.notEqual(status, 0);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /internal error/);
  }
});
