import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { measure, plainOptions } from '#artifacts/contract.ts';
import { openArtifact } from '#artifacts/index.ts';
import type { ImageArtifact, OpenOptions } from '#artifacts/source.ts';
import { forward, registryUser, startDockerRegistry } from '../support/docker-registry.ts';
import { testFolder } from '../support/folder.ts';
import { buildImage, buildIndex, file, json, mediaTypes, type TestImage, writeOciLayout } from '../support/images.ts';
import { holding, registryHandler, serve } from '../support/registry.ts';
import { run } from '../support/run.ts';
import { requireTool } from '../support/tools.ts';

// Bytes that do not pack, so that a blob arrives in many pieces.
const noise = createHash('shake256', { outputLength: 3_000_000 }).update('noise').digest();
const image = buildImage({
  layers: [{ entries: [file('a', 'first')] }, { entries: [file('noise', noise)], packing: 'zstd' }, { entries: [file('plain', noise)], packing: 'gzip' }],
});
const arm = buildImage({ platform: 'linux/arm64', layers: [{ entries: [file('a', 'arm')] }] });

test('an image in a registry is read by tag and by digest', async (t) => {
  if (!hasTools(t)) return;
  const host = await startDockerRegistry(t);
  await push(t, image, host);
  for (const reference of [`${host}/team/app:1`, `${host}/team/app@${image.manifestDigest}`]) await assertImage(await opened(t, reference));
  await assert.rejects(openArtifact(`${host}/team/app:2`, plainOptions(), {}), { code: 'not-found', message: /has not the manifest/ });
});

test('an image in Docker form is read too', async (t) => {
  if (!hasTools(t)) return;
  const host = await startDockerRegistry(t);
  const gzipped = buildImage({ layers: [{ entries: [file('a', 'first')] }, { entries: [file('b', 'second')] }] });
  await push(t, gzipped, host, ['--format', 'v2s2']);
  const artifact = await opened(t, `${host}/team/app:1`);
  assert.deepEqual(
    artifact.image.layers.map((layer) => layer.diffId),
    gzipped.layers.map((layer) => layer.diffId),
  );
  for (const layer of artifact.image.layers) assert.equal((await measure(await artifact.openLayer(layer, plainOptions().signal))).digest, layer.digest);
});

test('an index gives the image of the platform', async (t) => {
  if (!hasTools(t)) return;
  const host = await startDockerRegistry(t);
  await push(t, [image, arm], host, ['--all']);
  assert.equal((await opened(t, `${host}/team/app:1`)).image.id, image.configDigest);
  assert.equal((await opened(t, `${host}/team/app:1`, {}, { platform: 'linux/arm64' })).image.id, arm.configDigest);
  await assert.rejects(openArtifact(`${host}/team/app:1`, plainOptions({ platform: 'linux/s390x' }), {}), {
    code: 'not-found',
    message: /linux\/amd64, linux\/arm64/,
  });
});

test('a registry with passwords takes those of the Docker configuration', async (t) => {
  if (!hasTools(t)) return;
  const host = await startDockerRegistry(t, { login: true });
  await push(t, image, host, ['--dest-creds', `${registryUser.username}:${registryUser.password}`]);
  await assertImage(await opened(t, `${host}/team/app:1`, await configured(t, host)));
  await assert.rejects(openArtifact(`${host}/team/app:1`, plainOptions(), {}), { code: 'unreachable', message: /docker login/ });
  await assert.rejects(openArtifact(`${host}/team/app:1`, plainOptions(), await configured(t, host, 'wrong')), {
    code: 'unreachable',
    message: /refuses access/,
  });
});

test('a registry with a token server gets a token, and the password goes to that server only', async (t) => {
  if (!hasTools(t)) return;
  const host = await startDockerRegistry(t);
  await push(t, image, host);
  const password = `Basic ${Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64')}`;
  const tokens = await serve(t, (request, response) => {
    const scope = new URL(request.url ?? '', 'http://x').searchParams.get('scope');
    const granted = request.headers.authorization === password && scope === 'repository:team/app:pull';
    response.writeHead(granted ? 200 : 401).end(JSON.stringify({ token: 'granted', expires_in: 300 }));
  });
  const front = await serve(t, (request, response) => {
    if (request.headers.authorization === 'Bearer granted') return forward(host, request, response);
    return void response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${tokens.host}/token",service="test"` }).end();
  });
  await assertImage(await opened(t, `${front.host}/team/app:1`, await configured(t, front.host)));
  assert.ok(front.seen.every((each) => each.authorization !== password));
  assert.equal(tokens.seen.length, 1);
});

test('connections that break are taken up again where they broke', async (t) => {
  if (!hasTools(t)) return;
  const host = await startDockerRegistry(t);
  await push(t, image, host);
  const front = await serve(t, (request, response) => {
    const isLayer = image.layers.some((layer) => request.url?.endsWith(layer.digest));
    forward(host, request, response, (sent) => !isLayer || sent < 1_500_000);
  });
  await assertImage(await opened(t, `${front.host}/team/app:1`));
  assert.ok(front.seen.some((each) => /^bytes=[1-9]/.test(each.range)));
});

test('a certificate nobody vouches for is refused, unless that is wished', async (t) => {
  if (!requireTool(t, 'openssl')) return;
  const folder = testFolder(t);
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ]);
  const answer = registryHandler(holding(image));
  const server = createServer({ key: await readFile(key), cert: await readFile(certificate) }, (request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const reference = `127.0.0.1:${(server.address() as AddressInfo).port}/team/app:1`;
  await assert.rejects(openArtifact(reference, plainOptions(), {}), { code: 'unreachable', message: /certificate that is not trusted.*--insecure/ });
  await assertImage(await opened(t, reference, {}, { insecure: true }));
});

function hasTools(context: TestContext): boolean {
  return requireTool(context, 'docker-registry') && requireTool(context, 'skopeo');
}

async function assertImage(artifact: ImageArtifact): Promise<void> {
  assert.equal(artifact.image.id, image.configDigest);
  assert.equal(artifact.image.digest, image.manifestDigest);
  assert.deepEqual(
    artifact.image.layers.map((layer) => layer.diffId),
    image.layers.map((layer) => layer.diffId),
  );
  for (const layer of artifact.image.layers) {
    assert.deepEqual(await measure(await artifact.openLayer(layer, plainOptions().signal)), { digest: layer.digest, size: layer.size });
  }
}

async function push(context: TestContext, images: TestImage | readonly TestImage[], host: string, options: readonly string[] = []): Promise<void> {
  const folder = testFolder(context);
  const list = 'manifest' in images ? [images] : images;
  await writeOciLayout(Object.fromEntries(list.map((each, index) => [`v${index}`, each])), join(folder, 'source'));
  if (list.length > 1) await writeIndex(join(folder, 'source'), list);
  await writeFile(join(folder, 'policy.json'), JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  const target = `docker://${host}/team/app:1`;
  const environment = { ...process.env, HOME: folder };
  await run(
    'skopeo',
    ['--policy', join(folder, 'policy.json'), 'copy', '--quiet', '--dest-tls-verify=false', ...options, `oci:${join(folder, 'source')}:v0`, target],
    environment,
  );
}

/** One index over all images under the tag v0. */
async function writeIndex(layout: string, images: readonly TestImage[]): Promise<void> {
  const { index, digest } = buildIndex(images);
  await writeFile(join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length)), index);
  const annotations = { 'org.opencontainers.image.ref.name': 'v0' };
  await writeFile(
    join(layout, 'index.json'),
    json({ schemaVersion: 2, manifests: [{ mediaType: mediaTypes.index, digest, size: index.length, annotations }] }),
  );
}

async function configured(context: TestContext, host: string, password: string = registryUser.password): Promise<NodeJS.ProcessEnv> {
  const folder = testFolder(context);
  await mkdir(join(folder, 'docker'));
  const auth = Buffer.from(`${registryUser.username}:${password}`).toString('base64');
  await writeFile(join(folder, 'docker', 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  return { DOCKER_CONFIG: join(folder, 'docker') };
}

async function opened(
  context: TestContext,
  reference: string,
  environment: NodeJS.ProcessEnv = {},
  options: Partial<OpenOptions> = {},
): Promise<ImageArtifact> {
  const artifact = await openArtifact(reference, plainOptions(options), environment);
  context.after(() => artifact.close());
  assert.ok('openLayer' in artifact);
  return artifact;
}
