import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { type ErrorCode, LazaretError } from '#domain/error.ts';
import { testFolder } from '../../../test/support/folder.ts';
import { buildImage, buildIndex, file, json, type TestImage } from '../../../test/support/images.ts';
import { type Handler, type Holdings, holding, registryHandler, sendRange, serve } from '../../../test/support/registry.ts';
import { measure, plainOptions, testArtifactSource } from '../contract.ts';
import type { ImageArtifact, OpenOptions } from '../source.ts';
import type { Environment } from './credentials.ts';
import { defaultPatience, type Patience } from './exchange.ts';
import { registrySource } from './registry.ts';

const noise = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * index * 31 + (index >> 3)) & 0xff));
const image = buildImage({ layers: [{ entries: [file('a', 'first')] }, { entries: [file('b', noise)], packing: 'none' }] });
const big = image.layers[1] ?? assert.fail();
const quick: Patience = { ...defaultPatience, backoffMs: 5, idleMs: 300 };

testArtifactSource('a registry', async (t) => {
  const { host } = await serve(t, registryHandler(holding(image)));
  const layers = image.layers.map(({ digest, diffId, blob, createdBy }) => ({ digest, diffId, size: blob.length, createdBy }));
  return {
    source: registrySource({}, quick),
    kind: 'registry',
    reference: `${host}/team/app:1`,
    missing: `${host}/team/app:2`,
    image: {
      id: image.configDigest,
      digest: image.manifestDigest,
      platform: 'linux/amd64',
      created: '2023-11-14T22:13:20.000Z',
      author: '',
      size: layers.reduce((sum, layer) => sum + layer.size, 0),
      layers,
    },
  };
});

describe('what a registry hands out is checked', () => {
  test('a digest reference gets that manifest and no other', async (t) => {
    const other = buildImage({ layers: [{ entries: [file('x', 'other')] }] });
    const { host } = await serve(t, registryHandler(holding(image)));
    const artifact = await opened(t, `${host}/team/app:1@${image.manifestDigest}`);
    assert.equal(artifact.image.digest, image.manifestDigest);
    assert.equal(artifact.image.reference, `${host}/team/app:1@${image.manifestDigest}`);
    const liar = await serve(t, registryHandler({ blobs: new Map([...image.blobs, [other.manifestDigest, image.manifest]]), tags: {} }));
    await rejects(`${liar.host}/team/app@${other.manifestDigest}`, 'corrupt', /and not sha256/);
  });

  test('a manifest that is not what the registry states is refused', async (t) => {
    const honest = registryHandler(holding(image));
    const { host } = await serve(t, (request, response) => {
      const setHeader = response.setHeader.bind(response);
      response.setHeader = (name, value) => setHeader(name, name === 'docker-content-digest' ? `sha256:${'0'.repeat(64)}` : value);
      return honest(request, response);
    });
    await rejects(`${host}/team/app:1`, 'corrupt', /the registry states sha256:0/);
  });

  test('a config of other bytes is refused', async (t) => {
    const { host } = await serve(t, registryHandler({ blobs: new Map([...image.blobs, [image.configDigest, json({})]]), tags: { '1': image.manifestDigest } }));
    await rejects(`${host}/team/app:1`, 'corrupt', /the config of/);
  });

  test('an index is resolved for the platform, and says what it has', async (t) => {
    const arm = buildImage({ platform: 'linux/arm64', layers: [{ entries: [file('a', 'arm')] }] });
    const { index, digest } = buildIndex([image, arm]);
    const { host } = await serve(t, registryHandler({ blobs: new Map([...image.blobs, ...arm.blobs, [digest, index]]), tags: { latest: digest } }));
    assert.equal((await opened(t, `${host}/team/app`)).image.digest, image.manifestDigest);
    assert.equal((await opened(t, `${host}/team/app`, {}, { platform: 'linux/arm64/v8' })).image.digest, arm.manifestDigest);
    await rejects(`${host}/team/app`, 'not-found', /has nothing for linux\/s390x; it has linux\/amd64, linux\/arm64/, { platform: 'linux/s390x' });
  });

  test('a manifest without end is cut at the limit, stated length or not', async (t) => {
    const { host } = await serve(t, (request, response) => {
      if (request.url === '/v2/') return void response.end();
      if (request.url?.endsWith('/stated')) return response.writeHead(200, { 'content-length': 10 ** 12 }).flushHeaders();
      return endless(response);
    });
    await rejects(`${host}/team/app:1`, 'limit', /larger than the limit of 100000/, { manifestBytes: 100_000 });
    await rejects(`${host}/team/app:stated`, 'limit', /larger than the limit/);
  });

  test('a blob longer than its manifest states is cut there', async (t) => {
    const { host } = await serve(
      t,
      onBlob(image, (_, response) => endless(response)),
    );
    await assertLayerFails(await opened(t, `${host}/team/app:1`), 'corrupt', /longer than the/);
  });

  test('a blob shorter than its manifest states is an error', async (t) => {
    const { host } = await serve(
      t,
      onBlob(image, (request, response) => sendRange(request, response, big.blob.subarray(0, 1000))),
    );
    await assertLayerFails(await opened(t, `${host}/team/app:1`), 'corrupt', /shorter than/);
  });

  test('a layer that names addresses of its own is never fetched from them', async (t) => {
    const lure = await serve(t, (_, response) => void response.end());
    const foreign = buildImage({ layers: [{ entries: [file('a', 'b')], urls: [`http://${lure.host}/layer`] }] });
    const { host } = await serve(t, registryHandler(holding(foreign)));
    const artifact = await opened(t, `${host}/team/app:1`);
    await assertLayerFails(artifact, 'not-found', /kept elsewhere/, 0);
    assert.equal(lure.seen.length, 0);
  });
});

describe('trouble on the way', () => {
  test('a blob that is cut again and again arrives whole, each time from where it broke', async (t) => {
    const { host, seen } = await serve(
      t,
      onBlob(image, (request, response) => {
        const start = Number(/bytes=([0-9]+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
        cutAfter(request, response, big.blob, start + 90_000);
      }),
    );
    const artifact = await opened(t, `${host}/team/app:1`);
    assert.deepEqual(await measure(await openBig(artifact)), { digest: big.digest, size: big.blob.length });
    const ranges = seen.filter((each) => each.range !== '').map((each) => Number(each.range.slice('bytes='.length, -1)));
    assert.ok(ranges.length >= 4, `${ranges.length} resumes`);
    assert.deepEqual(
      ranges,
      ranges.toSorted((left, right) => left - right),
    );
  });

  test('a server without ranges sends again, and nothing arrives twice', async (t) => {
    let tries = 0;
    const { host } = await serve(
      t,
      onBlob(image, (request, response) => {
        delete request.headers.range;
        if (++tries < 3) cutAfter(request, response, big.blob, 100_000 * tries);
        else sendRange(request, response, big.blob);
      }),
    );
    assert.equal((await measure(await openBig(await opened(t, `${host}/team/app:1`)))).digest, big.digest);
    assert.equal(tries, 3);
  });

  test('a range that is not the one asked for is refused', async (t) => {
    const { host } = await serve(
      t,
      onBlob(image, (request, response) => {
        if (request.headers.range === undefined) return cutAfter(request, response, big.blob, 100_000);
        response.writeHead(206, { 'content-range': `bytes 5-9/${big.blob.length}` }).end('12345');
      }),
    );
    await assertLayerFails(await opened(t, `${host}/team/app:1`), 'corrupt', /another range/);
  });

  test('a blob that never makes progress is given up', async (t) => {
    const { host, seen } = await serve(
      t,
      onBlob(image, (request, response) => cutAfter(request, response, big.blob, 0)),
    );
    await assertLayerFails(await opened(t, `${host}/team/app:1`), 'unreachable', /connection to .* broke|cannot be reached/);
    assert.ok(seen.length < 40);
  });

  test('429 and 503 are repeated, and Retry-After is kept to', async (t) => {
    const honest = registryHandler(holding(image));
    let busy = 0;
    const { host } = await serve(t, (request, response) => {
      if (request.url?.includes('/manifests/') && busy++ < 2)
        return void response.writeHead(busy === 1 ? 429 : 503, busy === 1 ? { 'retry-after': '1' } : {}).end();
      return honest(request, response);
    });
    const started = performance.now();
    await opened(t, `${host}/team/app:1`);
    assert.ok(performance.now() - started >= 950);
  });

  test('a registry that stays busy is an error, and one that asks for an hour is too', async (t) => {
    const busy = await serve(t, (request, response) => void response.writeHead(request.url === '/v2/' ? 200 : 500).end());
    await rejects(`${busy.host}/team/app:1`, 'unreachable', /answers 500 again and again/);
    const later = await serve(t, (_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end());
    await rejects(`${later.host}/team/app:1`, 'unreachable', /in 3600 seconds/);
  });

  test('a peer that falls silent is given up, in the headers and in the body', async (t) => {
    const silent = await serve(t, () => undefined);
    await rejects(`${silent.host}/team/app:1`, 'unreachable', /no answer for/);
    const stuck = await serve(
      t,
      onBlob(image, (_, response) => void response.writeHead(200, { 'content-length': big.blob.length }).write('some')),
    );
    await assertLayerFails(await opened(t, `${stuck.host}/team/app:1`), 'unreachable', /sent nothing for|resumes/);
  });

  test('a reader that pauses is not taken for a silent peer', async (t) => {
    const { host } = await serve(t, registryHandler(holding(image)));
    const stream = await openBig(await opened(t, `${host}/team/app:1`));
    await once(stream, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 900));
    assert.equal((await buffer(stream)).length, big.blob.length);
  });

  test('a signal stops a request and a body within a second', async (t) => {
    const patient = { ...defaultPatience };
    const silent = await serve(t, () => undefined);
    const started = performance.now();
    await rejects(`${silent.host}/team/app:1`, 'cancelled', /stopped/, { signal: AbortSignal.timeout(100) }, {}, patient);
    const stuck = await serve(
      t,
      onBlob(image, (_, response) => void response.writeHead(200, { 'content-length': big.blob.length }).write('some')),
    );
    const artifact = await opened(t, `${stuck.host}/team/app:1`, {}, {}, patient);
    const [, layer] = artifact.image.layers;
    assert.ok(layer);
    await assert.rejects(async () => text(await artifact.openLayer(layer, AbortSignal.timeout(100))), { code: 'cancelled' });
    const busy = await serve(t, (_, response) => void response.writeHead(429, { 'retry-after': '30' }).end());
    await rejects(`${busy.host}/team/app:1`, 'cancelled', /stopped/, { signal: AbortSignal.timeout(100) }, {}, patient);
    assert.ok(performance.now() - started < 2000);
  });

  test('nobody there is said at once', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await rejects(`127.0.0.1:${port}/team/app:1`, 'unreachable', /refuses connections/);
  });
});

describe('log-in', () => {
  test('basic credentials of exactly this host are shown, after it asked', async (t) => {
    const { host, seen } = await serve(t, guarded(image, 'Basic realm="here"', basic('me', 'secret')));
    const environment = await configured(t, {
      auths: { [host]: { auth: Buffer.from('me:secret').toString('base64') }, 'other.example': { username: 'x', password: 'y' } },
    });
    const artifact = await opened(t, `${host}/team/app:1`, environment);
    assert.equal((await measure(await openBig(artifact))).digest, big.digest);
    assert.equal(seen[0]?.authorization, '');
    assert.equal(seen[1]?.authorization, basic('me', 'secret'));
  });

  test('keys of old files are whole addresses', async (t) => {
    const { host } = await serve(t, guarded(image, 'Basic realm="here"', basic('me', 'se:cret')));
    const environment = await configured(t, { auths: { [`https://${host}/v1/`]: { username: 'me', password: 'se:cret' } } });
    await opened(t, `${host}/team/app:1`, environment);
  });

  test('without credentials, or with wrong ones, the way out is named', async (t) => {
    const { host } = await serve(t, guarded(image, 'Basic realm="here"', basic('me', 'secret')));
    await rejects(`${host}/team/app:1`, 'unreachable', /docker login/);
    await rejects(
      `${host}/team/app:1`,
      'unreachable',
      /refuses access.*docker login/,
      {},
      await configured(t, { auths: { [host]: { username: 'me', password: 'wrong' } } }),
    );
    await rejects(`${host}/team/app:1`, 'corrupt', /is not JSON/, {}, await configured(t, '{'));
  });

  test('a token is fetched with credentials, for pulling from this repository only', async (t) => {
    const tokens = await serve(t, (request, response) => {
      const allowed = request.headers.authorization === basic('me', 'secret');
      response.writeHead(allowed ? 200 : 401).end(JSON.stringify({ token: 'the-token' }));
    });
    const challenge = `Bearer realm="http://${tokens.host}/token",service="the, service",scope="repository:team/app:pull,push,delete"`;
    const { host } = await serve(t, guarded(image, challenge, 'Bearer the-token'));
    await opened(t, `${host}/team/app:1`, await configured(t, { auths: { [host]: { username: 'me', password: 'secret' } } }));
    const asked = new URL(tokens.seen[0]?.url ?? '', 'http://x');
    assert.deepEqual(
      [...asked.searchParams],
      [
        ['service', 'the, service'],
        ['scope', 'repository:team/app:pull'],
      ],
    );
    await rejects(`${host}/team/app:1`, 'unreachable', /gives no token .* \(status 401\); log in with/);
  });

  test('a token without credentials is fetched too, and again when it has run out', async (t) => {
    let current = 0;
    const tokens = await serve(t, (_, response) => void response.end(JSON.stringify({ access_token: `token-${++current}` })));
    const honest = registryHandler(holding(image));
    let requests = 0;
    const { host } = await serve(t, (request, response) => {
      if (request.url === '/v2/') return void response.end();
      if (++requests === 3) current += 10;
      if (request.headers.authorization === `Bearer token-${current}`) return honest(request, response);
      return void response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${tokens.host}/token"` }).end();
    });
    await opened(t, `${host}/team/app:1`);
    assert.equal(tokens.seen.length, 2);
    assert.equal(tokens.seen[0]?.authorization, '');
  });

  test('an identity token is exchanged in a form', async (t) => {
    let form = '';
    const tokens = await serve(t, async (request, response) => {
      form = await text(request);
      response.end(JSON.stringify({ access_token: 'the-token' }));
    });
    const { host } = await serve(t, guarded(image, `Bearer realm="http://${tokens.host}/token",service=s`, 'Bearer the-token'));
    await opened(t, `${host}/team/app:1`, await configured(t, { auths: { [host]: { identitytoken: 'refresh' } } }));
    assert.equal(form, 'grant_type=refresh_token&refresh_token=refresh&client_id=lazaret&service=s&scope=repository%3Ateam%2Fapp%3Apull');
  });

  test('credentials are not sent to a token server without TLS elsewhere', async (t) => {
    const { host } = await serve(t, guarded(image, 'Bearer realm="http://tokens.example/token"', 'Bearer x'));
    await rejects(
      `${host}/team/app:1`,
      'unreachable',
      /not reached over HTTPS; credentials are not sent/,
      {},
      await configured(t, { auths: { [host]: { username: 'a', password: 'b' } } }),
    );
    const local = await serve(t, guarded(image, 'Bearer realm="file:///etc/passwd"', 'Bearer x'));
    await rejects(`${local.host}/team/app:1`, 'unreachable', /not reached over HTTPS/);
  });

  test('a redirect to another host carries no credentials, and one to the same host does', async (t) => {
    const storage = await serve(t, (request, response) => sendRange(request, response, big.blob));
    const honest = guarded(image, 'Basic realm="here"', basic('me', 'secret'));
    const { host, seen } = await serve(t, (request, response) => {
      if (request.url?.startsWith('/moved/')) return void response.writeHead(302, { location: `http://${storage.host}/bytes?signature=1` }).end();
      if (request.url?.endsWith(big.digest) && request.headers.authorization !== undefined)
        return void response.writeHead(307, { location: '/moved/blob' }).end();
      return honest(request, response);
    });
    const artifact = await opened(t, `${host}/team/app:1`, await configured(t, { auths: { [host]: { username: 'me', password: 'secret' } } }));
    assert.equal((await measure(await openBig(artifact))).digest, big.digest);
    assert.equal(seen.find((each) => each.url === '/moved/blob')?.authorization, basic('me', 'secret'));
    assert.deepEqual(
      storage.seen.map((each) => each.authorization),
      [''],
    );
  });

  test('redirects without end, and to addresses that are none, are refused', async (t) => {
    const around = await serve(t, (request, response) => void response.writeHead(request.url === '/v2/' ? 200 : 302, { location: '/again' }).end());
    await rejects(`${around.host}/team/app:1`, 'unreachable', /more than 5 times/);
    for (const location of ['file:///etc/passwd', 'http://metadata.example/', 'http://:0:0/']) {
      const { host } = await serve(t, (request, response) => void response.writeHead(request.url === '/v2/' ? 200 : 302, { location }).end());
      await rejects(`${host}/team/app:1`, 'unreachable', /is not fetched|no address/);
    }
  });

  test('a helper is asked for exactly this host', async (t) => {
    const { host } = await serve(t, guarded(image, 'Basic realm="here"', basic('helped', 'secret')));
    const environment = await configured(t, { credHelpers: { [host]: 'test' } });
    const tools = await helper(t, `read server; [ "$1 $server" = "get ${host}" ] && echo '{"Username":"helped","Secret":"secret"}'`);
    await opened(t, `${host}/team/app:1`, { ...environment, PATH: `${tools}${delimiter}${process.env['PATH']}` });
  });

  test('a helper that holds nothing leaves the file; one that fails or is missing is named', async (t) => {
    const { host } = await serve(t, guarded(image, 'Basic realm="here"', basic('me', 'secret')));
    const environment = await configured(t, { credsStore: 'test', auths: { [host]: { username: 'me', password: 'secret' } } });
    const PATH = process.env['PATH'];
    const empty = await helper(t, 'echo "credentials not found in native keychain"; exit 1');
    await opened(t, `${host}/team/app:1`, { ...environment, PATH: `${empty}${delimiter}${PATH}` });
    const broken = await helper(t, 'echo secret stuff; exit 3');
    await rejects(
      `${host}/team/app:1`,
      'unreachable',
      /docker-credential-test gave no credentials .* \(status 3\)/,
      {},
      { ...environment, PATH: `${broken}${delimiter}${PATH}` },
    );
    await rejects(`${host}/team/app:1`, 'unreachable', /docker-credential-test cannot be run/, {}, { ...environment, PATH: '/nowhere' });
    await rejects(`${host}/team/app:1`, 'invalid-input', /no program name/, {}, await configured(t, { credsStore: '../../bin/sh' }));
  });
});

function guarded(of: TestImage, challenge: string, authorization: string): Handler {
  const honest = registryHandler(holding(of));
  return (request, response) => {
    if (request.headers.authorization === authorization || request.url === '/v2/') return honest(request, response);
    return void response.writeHead(401, { 'www-authenticate': challenge }).end();
  };
}

function onBlob(of: TestImage, handle: (request: IncomingMessage, response: ServerResponse) => void): Handler {
  const holdings: Holdings = holding(of);
  const honest = registryHandler(holdings);
  return (request, response) => (request.url?.endsWith(`/blobs/${big.digest}`) ? handle(request, response) : honest(request, response));
}

/** Sends a blob, or a range of it, up to a byte of the blob and then breaks the connection. */
function cutAfter(request: IncomingMessage, response: ServerResponse, blob: Buffer, end: number): void {
  const start = Number(/bytes=([0-9]+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (end >= blob.length) return sendRange(request, response, blob);
  const headers = { 'content-length': blob.length - start, ...(start > 0 ? { 'content-range': `bytes ${start}-${blob.length - 1}/${blob.length}` } : {}) };
  response.writeHead(start > 0 ? 206 : 200, headers);
  response.write(blob.subarray(start, end), () => response.destroy());
}

function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function configured(context: TestContext, config: unknown): Promise<Environment> {
  const home = testFolder(context);
  await mkdir(join(home, '.docker'));
  await writeFile(join(home, '.docker', 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return { HOME: home };
}

async function helper(context: TestContext, script: string): Promise<string> {
  const folder = testFolder(context);
  await writeFile(join(folder, 'docker-credential-test'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'docker-credential-test'), 0o755);
  return folder;
}

async function opened(
  context: TestContext,
  reference: string,
  environment: Environment = {},
  options: Partial<OpenOptions> = {},
  patience = quick,
): Promise<ImageArtifact> {
  const artifact = await registrySource(environment, patience).open(reference, plainOptions(options));
  context.after(() => artifact.close());
  assert.ok('openLayer' in artifact);
  return artifact;
}

function openBig(artifact: ImageArtifact) {
  const layer = artifact.image.layers[1];
  assert.ok(layer);
  return artifact.openLayer(layer, plainOptions().signal);
}

async function assertLayerFails(artifact: ImageArtifact, code: ErrorCode, message: RegExp, index = 1): Promise<void> {
  const layer = artifact.image.layers[index];
  assert.ok(layer);
  await assert.rejects(async () => measure(await artifact.openLayer(layer, plainOptions().signal)), { name: 'LazaretError', code, message });
}

async function rejects(
  reference: string,
  code: ErrorCode,
  message: RegExp,
  options: Partial<OpenOptions> = {},
  environment: Environment = {},
  patience = quick,
): Promise<void> {
  await assert.rejects(registrySource(environment, patience).open(reference, plainOptions(options)), (error) => {
    assert.ok(error instanceof LazaretError, String(error));
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  });
}
