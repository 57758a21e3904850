import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fetchFile } from './fetch-file.ts';

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const { signal } = new AbortController();

async function fetched(url: string, more: Partial<Parameters<typeof fetchFile>[1]> = {}): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of fetchFile(url, { allowPrivate: true, maxBytes: 1000, signal, ...more })) parts.push(part);
  return Buffer.concat(parts).toString();
}

test('a body is given as it comes, behind a few redirects', async (t) => {
  const base = await serve(t, (request, response) => {
    const left = Number(request.url?.slice(1));
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end('elsewhere');
    else response.end(`body; ${request.headers['accept-encoding']}`);
  });
  assert.equal(await fetched(`${base}/0`), 'body; identity');
  assert.equal(await fetched(`${base}/5`), 'body; identity');
  await assert.rejects(fetched(`${base}/6`), { code: 'unreachable', message: /redirects/ });
});

test('only addresses of the Internet are asked, by whatever name and after whatever redirect', async (t) => {
  let asked = 0;
  const base = await serve(t, (_, response) => {
    asked += 1;
    response.end('secret');
  });
  const port = new URL(base).port;
  const urls = [base, `http://localhost:${port}`, `http://[::1]:${port}`, `http://0.0.0.0:${port}`, `http://2130706433:${port}`, `http://127.1:${port}`];
  for (const url of [...urls, `http://[::ffff:127.0.0.1]:${port}`, `http://0x7f000001:${port}`, 'http://169.254.169.254/latest/meta-data'])
    await assert.rejects(fetched(url, { allowPrivate: false }), { code: 'unreachable', message: /not public/ }, url);
  assert.equal(asked, 0);
  assert.equal(await fetched(`http://localhost:${port}`), 'secret');
});

test('other schemes, names and passwords are refused, in redirects too', async (t) => {
  const base = await serve(t, (request, response) => {
    response.writeHead(301, { location: decodeURIComponent(request.url?.slice(1) ?? '') }).end();
  });
  for (const url of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'no url', '', 'data:,x', 'http://me:secret@127.0.0.1/']) {
    await assert.rejects(fetched(url), { code: 'unreachable' }, url);
    if (url.includes(':')) await assert.rejects(fetched(`${base}/${encodeURIComponent(url)}`), { code: 'unreachable', message: /fetched/ }, url);
  }
});

test('statuses that are no success, parts and bodies announced too large are refused', async (t) => {
  const base = await serve(t, (request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status, status === 200 ? { 'content-length': 1001 } : {}).end(status === 200 ? 'x'.repeat(1001) : 'x');
  });
  for (const status of [206, 304, 401, 404, 500]) await assert.rejects(fetched(`${base}/${status}`), { code: 'unreachable', message: new RegExp(`${status}`) });
  await assert.rejects(fetched(`${base}/200`), { code: 'limit' });
});

test('a connection that breaks off, is refused or is given up is no body', async (t) => {
  const control = new AbortController();
  const base = await serve(t, (request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    } else {
      response.writeHead(200);
      response.write('slow', () => control.abort(new Error('stop')));
    }
  });
  await assert.rejects(fetched(`${base}/cut`), { code: 'unreachable' });
  await assert.rejects(fetched(`${base}/slow`, { signal: control.signal }), /stop|abort/);
  await assert.rejects(fetched('http://127.0.0.1:1/'), { code: 'unreachable' });
  await assert.rejects(fetched('http://nothing.invalid/'), { code: 'unreachable' });
});
