import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type ErrorCode, LazaretError } from '#domain/error.ts';
import { testFolder } from '../../../test/support/folder.ts';
import { buildImage, digestOf, file, imageDescriptor, json, mediaTypes, type TestImage, writeOciLayout } from '../../../test/support/images.ts';
import { measure, plainOptions, testArtifactSource } from '../contract.ts';
import type { ImageArtifact, OpenOptions } from '../source.ts';
import { ociLayout } from './oci-layout.ts';

const image = buildImage({ layers: [{ entries: [file('a', 'first')] }, { entries: [file('b', 'second')], packing: 'zstd' }] });
const arm = buildImage({ platform: 'linux/arm64/v8', layers: [{ entries: [file('a', 'arm')] }] });

testArtifactSource('an OCI layout', async (t) => {
  const layers = image.layers.map(({ digest, diffId, blob, createdBy }) => ({ digest, diffId, size: blob.length, createdBy }));
  return {
    source: ociLayout,
    kind: 'oci-layout',
    reference: `oci:${await layout(t, { latest: image })}`,
    missing: `oci:${join(testFolder(t), 'nothing')}`,
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

describe('choosing in a layout', () => {
  test('by tag, by whole name and by digest', async (t) => {
    const path = await layout(t, { one: image, 'registry.example:5000/team/app:two': arm });
    await rejects(`oci:${path}`, 'invalid-input', /several images; choose one by its tag: one, registry.example:5000\/team\/app:two/);
    assert.equal((await opened(t, `oci:${path}:one`)).image.id, image.configDigest);
    assert.equal((await opened(t, `oci:${path}:two`)).image.id, arm.configDigest);
    assert.equal((await opened(t, `oci:${path}:registry.example:5000/team/app:two`)).image.id, arm.configDigest);
    assert.equal((await opened(t, `oci:${path}:${arm.manifestDigest}`)).image.id, arm.configDigest);
    await rejects(`oci:${path}:three`, 'not-found', /holds no image 'three'; it holds one, /);
  });

  test('a directory whose name holds a colon wins over the tag', async (t) => {
    const path = join(testFolder(t), 'a:b');
    await writeOciLayout({ c: image }, path);
    assert.equal((await opened(t, `oci:${path}`)).image.id, image.configDigest);
    assert.equal((await opened(t, `oci:${path}:c`)).image.id, image.configDigest);
  });

  test('by platform in a nested index, and what there is when nothing fits', async (t) => {
    const path = await withIndex(t, [image, arm], [{ mediaType: mediaTypes.index, ...nested([image, arm]) }]);
    assert.equal((await opened(t, `oci:${path}`)).image.id, image.configDigest);
    assert.equal((await opened(t, `oci:${path}`, { platform: 'linux/aarch64' })).image.id, arm.configDigest);
    assert.equal((await opened(t, `oci:${path}`, { platform: 'linux/arm64' })).image.platform, 'linux/arm64/v8');
    await rejects(`oci:${path}`, 'not-found', /nothing for linux\/riscv64; it has linux\/amd64, linux\/arm64\/v8: choose one with --platform/, {
      platform: 'linux/riscv64',
    });
    await rejects(`oci:${path}`, 'invalid-input', /no platform/, { platform: 'amd64' });
  });

  test('attestations are no images', async (t) => {
    const attestation = {
      ...imageDescriptor(arm),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const path = await withIndex(t, [image, arm], [attestation, imageDescriptor(image)]);
    assert.equal((await opened(t, `oci:${path}`)).image.id, image.configDigest);
  });

  test('a single image is taken whatever its platform', async (t) => {
    const path = await layout(t, { latest: arm });
    assert.equal((await opened(t, `oci:${path}`)).image.platform, 'linux/arm64/v8');
  });
});

describe('hostile layouts', () => {
  test('an index of a thousand and one entries is refused', async (t) => {
    const path = await withIndex(
      t,
      [image],
      Array.from({ length: 1001 }, () => imageDescriptor(image)),
    );
    await rejects(`oci:${path}`, 'limit', /lists 1001 entries/);
  });

  test('indexes nested without end are refused', async (t) => {
    const path = testFolder(t);
    await writeOciLayout(image, path);
    let descriptor: Record<string, unknown> = imageDescriptor(image);
    for (let depth = 0; depth < 6; depth++) {
      const bytes = json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [descriptor] });
      descriptor = { mediaType: mediaTypes.index, digest: digestOf(bytes), size: bytes.length };
      await writeFile(join(path, 'blobs', 'sha256', digestOf(bytes).slice(7)), bytes);
    }
    await writeFile(join(path, 'index.json'), json({ schemaVersion: 2, manifests: [descriptor] }));
    await rejects(`oci:${path}`, 'limit', /nested more than 3 deep/);
  });

  test('a digest that is a path is refused', async (t) => {
    for (const digest of ['sha256:../../../etc/passwd', '../x', `sha256:${'A'.repeat(64)}`, `sha512:${'a'.repeat(128)}`, 1, undefined]) {
      const path = await withIndex(t, [image], [{ ...imageDescriptor(image), digest }]);
      await rejects(`oci:${path}`, 'corrupt', /no SHA-256 digest/);
    }
  });

  test('sizes and diff ids must be what they are called', async (t) => {
    for (const claimedSize of [-1, 1.5, 2 ** 60])
      await rejects(`oci:${await layout(t, { a: buildImage({ layers: [{ claimedSize }] }) })}`, 'corrupt', /a size that is none/);
    await rejects(`oci:${await layout(t, { a: buildImage({ layers: [{ claimedDiffId: 'sha256:../x' }] }) })}`, 'corrupt', /diff id/);
  });

  test('a document that is manifest and index at once is refused', async (t) => {
    await rejects(`oci:${await layout(t, { a: buildImage({ layers: [], manifest: { manifests: [] } }) })}`, 'corrupt', /a manifest and an index at once/);
  });

  test('old and foreign manifests are named for what they are', async (t) => {
    await rejects(`oci:${await layout(t, { a: buildImage({ layers: [], manifest: { schemaVersion: 1 } }) })}`, 'invalid-input', /schema 1/);
    const chart = { config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: image.configDigest, size: 2 } };
    const artifact = buildImage({ layers: [], manifest: chart, config: {} });
    const path = await layout(t, { a: artifact });
    const config = json({ name: 'chart' });
    await writeFile(join(path, 'blobs', 'sha256', digestOf(config).slice(7)), config);
    const manifest = json({ schemaVersion: 2, config: { ...chart.config, digest: digestOf(config) }, layers: [] });
    await writeFile(join(path, 'blobs', 'sha256', digestOf(manifest).slice(7)), manifest);
    await writeFile(join(path, 'index.json'), json({ schemaVersion: 2, manifests: [{ digest: digestOf(manifest), size: manifest.length }] }));
    await rejects(`oci:${path}`, 'invalid-input', /does not describe a container image \(its config is application\/vnd.cncf.helm/);
  });

  test('more layers than diff ids, or more than any image has, are refused', async (t) => {
    const other = buildImage({ layers: [{}], config: { rootfs: { type: 'layers', diff_ids: [] } } });
    await rejects(`oci:${await layout(t, { a: other })}`, 'corrupt', /lists 1 layers and the config 0/);
    const many = buildImage({ layers: Array.from({ length: 501 }, () => ({ packing: 'none' }) as const) });
    await rejects(`oci:${await layout(t, { a: many })}`, 'limit', /501 entries/);
  });

  test('a missing blob is named', async (t) => {
    const path = await layout(t, { a: image });
    const [first] = image.layers;
    assert.ok(first);
    await rm(join(path, 'blobs', 'sha256', first.digest.slice(7)));
    const artifact = await opened(t, `oci:${path}`);
    const [layer] = artifact.image.layers;
    assert.ok(layer);
    await assert.rejects(
      artifact.openLayer(layer, plainOptions().signal),
      (error) => error instanceof LazaretError && error.code === 'not-found' && error.message.includes(layer.digest.slice(7)),
    );
  });

  test('a blob that is a symbolic link to a device is not read without end', async (t) => {
    const path = await layout(t, { a: image });
    const blob = join(path, 'blobs', 'sha256', image.configDigest.slice(7));
    await rm(blob);
    await symlink('/dev/zero', blob);
    await rejects(`oci:${path}`, 'invalid-input', /not a regular file/);
  });

  test('a blob that is a symbolic link to a file is fine, as some builders make them', async (t) => {
    const path = await layout(t, { a: image });
    const [first] = image.layers;
    assert.ok(first);
    const blob = join(path, 'blobs', 'sha256', first.digest.slice(7));
    await rm(blob);
    await writeFile(join(path, 'elsewhere'), first.blob);
    await symlink('../../elsewhere', blob);
    const artifact = await opened(t, `oci:${path}`);
    const [layer] = artifact.image.layers;
    assert.ok(layer);
    assert.equal((await measure(await artifact.openLayer(layer, plainOptions().signal))).digest, first.digest);
  });

  test('a large index.json is refused', async (t) => {
    await rejects(`oci:${await layout(t, { a: image })}`, 'limit', /index.json is larger than the limit of 20 bytes/, { manifestBytes: 20 });
  });

  test('index.json of any other shape is refused', async (t) => {
    const path = testFolder(t);
    await mkdir(join(path, 'blobs'));
    for (const bytes of ['', '[', 'null', '[]', '{"manifests":{}}', '{"manifests":[null]}']) {
      await writeFile(join(path, 'index.json'), bytes);
      await rejects(`oci:${path}`, 'corrupt', /index.json/);
    }
  });
});

function nested(images: readonly TestImage[]): { digest: string; size: number; bytes: Buffer } {
  const bytes = json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: images.map((each) => imageDescriptor(each)) });
  return { digest: digestOf(bytes), size: bytes.length, bytes };
}

async function withIndex(context: TestContext, images: readonly TestImage[], manifests: readonly unknown[]): Promise<string> {
  const path = await layout(context, Object.fromEntries(images.map((each, index) => [`t${index}`, each])));
  const inner = nested(images);
  await writeFile(join(path, 'blobs', 'sha256', inner.digest.slice(7)), inner.bytes);
  await writeFile(join(path, 'index.json'), json({ schemaVersion: 2, manifests }));
  return path;
}

async function layout(context: TestContext, images: Readonly<Record<string, TestImage>>): Promise<string> {
  const path = testFolder(context);
  await writeOciLayout(images, path);
  return path;
}

async function opened(context: TestContext, reference: string, options: Partial<OpenOptions> = {}): Promise<ImageArtifact> {
  const artifact = await ociLayout.open(reference, plainOptions(options));
  context.after(() => artifact.close());
  assert.ok('openLayer' in artifact);
  return artifact;
}

async function rejects(reference: string, code: ErrorCode, message: RegExp, options: Partial<OpenOptions> = {}): Promise<void> {
  await assert.rejects(ociLayout.open(reference, plainOptions(options)), (error) => {
    assert.ok(error instanceof LazaretError, String(error));
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  });
}
