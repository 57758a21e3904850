import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { plainOptions } from '#artifacts/contract.ts';
import { openArtifact } from '#artifacts/index.ts';
import type { ImageArtifact } from '#artifacts/source.ts';
import { testFolder } from '../support/folder.ts';
import { buildImage, file, type TestImage, whiteout, writeOciLayout } from '../support/images.ts';
import { run } from '../support/run.ts';
import { requireTool } from '../support/tools.ts';

const image = buildImage({
  layers: [
    { entries: [file('etc/one', 'first'), file('usr/bin/big', Buffer.alloc(300_000, 'binary '))], createdBy: 'ADD one' },
    { entries: [file('etc/two', 'second'), whiteout('etc/one')], createdBy: 'RUN two' },
  ],
});

describe('images written by skopeo', () => {
  test('a docker archive, plain and packed, is the same image', async (t) => {
    if (!requireTool(t, 'skopeo')) return;
    const { folder, source } = await prepared(t);
    const path = join(folder, 'image.tar');
    await copy(folder, source, `docker-archive:${path}:team/app:1`);
    await writeFile(join(folder, 'packed.gz'), gzipSync(await readFile(path)));
    await writeFile(join(folder, 'packed.zst'), zstdCompressSync(await readFile(path)));
    for (const name of ['image.tar', 'packed.gz', 'packed.zst']) {
      const artifact = await opened(t, join(folder, name));
      assert.equal(artifact.kind, 'docker-archive');
      assert.match(artifact.image.reference, /team\/app:1$/);
      await assertSameImage(artifact);
    }
  });

  test('an OCI archive is the same image', async (t) => {
    if (!requireTool(t, 'skopeo')) return;
    const { folder, source } = await prepared(t);
    await copy(folder, source, `oci-archive:${join(folder, 'image.tar')}:v1`);
    const artifact = await opened(t, join(folder, 'image.tar'));
    assert.equal(artifact.kind, 'oci-archive');
    assert.equal(artifact.image.digest, image.manifestDigest);
    await assertSameImage(artifact);
  });

  test('an OCI layout repacked with zstd has the same layers', async (t) => {
    if (!requireTool(t, 'skopeo')) return;
    const { folder, source } = await prepared(t);
    await copy(folder, source, `oci:${join(folder, 'zstd')}:v1`, ['--dest-compress', '--dest-compress-format', 'zstd']);
    const artifact = await opened(t, `oci:${join(folder, 'zstd')}:v1`);
    await assertSameImage(artifact, 'zstd');
  });

  test('a directory that other tools unpacked is no layout', async (t) => {
    if (!requireTool(t, 'skopeo')) return;
    const { folder, source } = await prepared(t);
    await copy(folder, source, `dir:${join(folder, 'flat')}`);
    await assert.rejects(openArtifact(`oci:${join(folder, 'flat')}`, plainOptions(), {}), { code: 'not-found', message: /no index.json/ });
  });
});

describe('images written by umoci', () => {
  test('layers put in one after the other are found, with the steps that made them', async (t) => {
    if (!requireTool(t, 'umoci')) return;
    const folder = testFolder(t);
    const layout = join(folder, 'layout');
    await mkdir(join(folder, 'tree'));
    await writeFile(join(folder, 'tree', 'hello'), 'hello');
    await run('umoci', ['init', '--layout', layout]);
    await run('umoci', ['new', '--image', `${layout}:base`]);
    await run('umoci', ['insert', '--rootless', '--image', `${layout}:base`, '--tag', 'one', join(folder, 'tree'), '/opt/tree']);
    await run('umoci', [
      'insert',
      '--rootless',
      '--image',
      `${layout}:one`,
      '--tag',
      'two',
      '--history.created_by',
      'second step',
      join(folder, 'tree', 'hello'),
      '/opt/again',
    ]);
    const artifact = await opened(t, `oci:${layout}:two`);
    assert.equal(artifact.image.layers.length, 2);
    assert.equal(artifact.image.layers[1]?.createdBy, 'second step');
    for (const layer of artifact.image.layers) await assertLayer(artifact, layer);
    assert.equal((await opened(t, `oci:${layout}:base`)).image.layers.length, 0);
    await assert.rejects(openArtifact(`oci:${layout}`, plainOptions(), {}), { code: 'invalid-input', message: /choose one by its tag: base, one, two/ });
  });
});

async function assertSameImage(artifact: ImageArtifact, packing?: 'zstd'): Promise<void> {
  assert.deepEqual(
    artifact.image.layers.map((layer) => layer.diffId),
    image.layers.map((layer) => layer.diffId),
  );
  assert.deepEqual(
    artifact.image.layers.map((layer) => layer.createdBy),
    ['ADD one', 'RUN two'],
  );
  assert.equal(artifact.image.platform, 'linux/amd64');
  assert.equal(artifact.image.id, image.configDigest);
  for (const layer of artifact.image.layers) {
    const blob = await assertLayer(artifact, layer);
    if (packing === 'zstd') assert.equal(blob.readUInt32LE(0), 0xfd2fb528);
  }
}

/** The blob has its digest and size, and unpacks to its diff id. */
async function assertLayer(artifact: ImageArtifact, layer: ImageArtifact['image']['layers'][number]): Promise<Buffer> {
  const stream: Readable = await artifact.openLayer(layer, plainOptions().signal);
  const blob = await buffer(stream);
  assert.equal(blob.length, layer.size);
  assert.equal(sha256(blob), layer.digest);
  assert.equal(sha256(unpack(blob)), layer.diffId);
  return blob;
}

function unpack(blob: Buffer): Buffer {
  if (blob[0] === 0x1f && blob[1] === 0x8b) return gunzipSync(blob);
  return blob.readUInt32LE(0) === 0xfd2fb528 ? zstdDecompressSync(blob) : blob;
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function prepared(context: TestContext, of: TestImage = image): Promise<{ folder: string; source: string }> {
  const folder = testFolder(context);
  await writeOciLayout({ v1: of }, join(folder, 'source'));
  await writeFile(join(folder, 'policy.json'), JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  return { folder, source: `oci:${join(folder, 'source')}:v1` };
}

function copy(folder: string, source: string, target: string, options: readonly string[] = []): Promise<string> {
  return run('skopeo', ['--policy', join(folder, 'policy.json'), 'copy', '--quiet', ...options, source, target]);
}

async function opened(context: TestContext, reference: string): Promise<ImageArtifact> {
  const artifact = await openArtifact(reference, plainOptions(), {});
  context.after(() => artifact.close());
  assert.ok('openLayer' in artifact);
  return artifact;
}
