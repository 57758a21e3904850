import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '#domain/error.ts';
import { LazaretError } from '#domain/error.ts';
import { testFolder } from '../../../test/support/folder.ts';
import {
  buildImage,
  dockerArchive,
  file,
  json,
  layerTar,
  ociArchive,
  ociEntries,
  pack,
  symlink,
  type TarEntry,
  type TestImage,
} from '../../../test/support/images.ts';
import { measure, plainOptions, testArtifactSource } from '../contract.ts';
import type { ImageArtifact, OpenOptions, SourceKind } from '../source.ts';
import { imageArchive } from './archive.ts';

const image = buildImage({
  author: 'somebody',
  layers: [
    { entries: [file('etc/os-release', 'NAME=test'), file('big', Buffer.alloc(700_000, 'abcdefg'))], packing: 'gzip', createdBy: 'COPY . /' },
    { entries: [file('b', 'second')], packing: 'zstd' },
    { entries: [file('c', 'third')], packing: 'none' },
  ],
});

const unpackedLayers = image.layers.map(({ diffId, tar, createdBy }) => ({ digest: diffId, diffId, size: tar.length, createdBy }));
const storedLayers = image.layers.map(({ digest, diffId, blob, createdBy }) => ({ digest, diffId, size: blob.length, createdBy }));

const forms: readonly { name: string; bytes: Buffer; kind: SourceKind; stored: boolean; digest: string }[] = (['none', 'gzip', 'zstd'] as const).flatMap(
  (packing) => [
    { name: `an old docker archive (${packing})`, bytes: dockerArchive(image, { packing }), kind: 'docker-archive', stored: false, digest: '' },
    {
      name: `a docker archive with blobs (${packing})`,
      bytes: dockerArchive(image, { layout: 'blobs', packing }),
      kind: 'docker-archive',
      stored: true,
      digest: image.manifestDigest,
    },
    { name: `an OCI archive (${packing})`, bytes: ociArchive(image, packing), kind: 'oci-archive', stored: true, digest: image.manifestDigest },
  ],
);

for (const form of forms) {
  testArtifactSource(form.name, async (t) => {
    const layers = form.stored ? storedLayers : unpackedLayers;
    return {
      source: imageArchive,
      kind: form.kind,
      reference: await saved(t, form.bytes),
      missing: join(testFolder(t), 'nothing.tar'),
      image: {
        id: image.configDigest,
        digest: form.digest,
        platform: 'linux/amd64',
        created: '2023-11-14T22:13:20.000Z',
        author: 'somebody',
        size: layers.reduce((sum, layer) => sum + layer.size, 0),
        layers,
      },
    };
  });
}

describe('archives with several images', () => {
  const other = buildImage({ layers: [{ entries: [file('x', 'other')] }] });

  test('a docker archive asks which one, and the tag chooses', async (t) => {
    const path = await saved(t, dockerArchive({ 'team/app:1': image, 'team/app:2': other }));
    await rejects(path, 'invalid-input', /choose one: .*#team\/app:1, .*#team\/app:2/);
    assert.equal((await opened(t, `${path}#team/app:2`)).image.id, other.configDigest);
    assert.equal((await opened(t, `${path}#team/app:2`)).image.reference, 'team/app:2');
    assert.equal((await opened(t, `${path}#${image.configDigest}`)).image.id, image.configDigest);
    await rejects(`${path}#team/app:3`, 'not-found', /holds no image 'team\/app:3'/);
  });

  test('an OCI archive asks which one, and the tag chooses', async (t) => {
    const path = await saved(t, ociArchive({ one: image, 'registry.example/team/app:two': other }));
    await rejects(path, 'invalid-input', /one, registry.example\/team\/app:two/);
    assert.equal((await opened(t, `${path}#two`)).image.id, other.configDigest);
    assert.equal((await opened(t, `${path}#one`)).image.id, image.configDigest);
  });
});

describe('archives as other tools write them', () => {
  test('names that begin with ./ and extended headers are fine', async (t) => {
    const entries = ociEntries({ latest: image }).map((entry): TarEntry => ({ ...entry, path: `./${entry.path.toString()}`, pax: { mtime: '1700000000.5' } }));
    assert.equal((await opened(t, await saved(t, layerTar(entries)))).image.id, image.configDigest);
  });

  test('a layer that is a link to another layer is followed', async (t) => {
    const [layer] = image.layers;
    const twice = buildImage({ layers: [{ tar: layer?.tar ?? Buffer.alloc(0) }, { tar: layer?.tar ?? Buffer.alloc(0) }] });
    const entries = [
      file('a/layer.tar', layer?.tar),
      symlink('b/layer.tar', '../a/layer.tar'),
      file('config.json', twice.config),
      file('manifest.json', json([{ Config: 'config.json', RepoTags: null, Layers: ['a/layer.tar', 'b/layer.tar'] }])),
    ];
    for (const packing of ['none', 'gzip'] as const) {
      const artifact = await opened(t, await saved(t, pack(layerTar(entries), packing)));
      for (const each of artifact.image.layers) assert.equal((await measure(await artifact.openLayer(each, plainOptions().signal))).digest, layer?.diffId);
    }
  });

  test('a packed layer under a plain name has the digest of its bytes', async (t) => {
    const [layer] = image.layers;
    const one = buildImage({ layers: [{ tar: layer?.tar ?? Buffer.alloc(0) }] });
    const entries = [
      file('layer.tar.gz', layer?.blob),
      file('config.json', one.config),
      file('manifest.json', json([{ Config: 'config.json', RepoTags: ['a:1'], Layers: ['layer.tar.gz'] }])),
    ];
    for (const packing of ['none', 'zstd'] as const) {
      const artifact = await opened(t, await saved(t, pack(layerTar(entries), packing)));
      assert.deepEqual(artifact.image.layers[0], { digest: layer?.digest, diffId: layer?.diffId, size: layer?.blob.length, createdBy: 'step 1' });
    }
  });

  test('a zstd archive of several frames is read to its end', async (t) => {
    const tar = dockerArchive(image);
    const frames = [tar.subarray(0, 100_000), tar.subarray(100_000, 100_001), tar.subarray(100_001)].map((part) => pack(part, 'zstd'));
    const artifact = await opened(t, await saved(t, Buffer.concat(frames)));
    assert.equal(artifact.image.id, image.configDigest);
  });

  test('the form is told by the bytes and not by the name', async (t) => {
    const path = await saved(t, dockerArchive(image, { packing: 'zstd' }), 'image.jpeg');
    assert.equal((await opened(t, path)).kind, 'docker-archive');
  });
});

describe('archives that are none, or hostile', () => {
  test('a tar without an image says what it lacks', async (t) => {
    await rejects(await saved(t, layerTar([file('a', 'b')])), 'invalid-input', /neither manifest.json nor index.json.*dir:PATH/);
    await rejects(await saved(t, layerTar([file('repositories', '{}')])), 'invalid-input', /before 1.10/);
  });

  test('other files are refused by name', async (t) => {
    await rejects(await saved(t, Buffer.from('just a text of some length, not a tar at all')), 'invalid-input', /no image archive/);
    await rejects(await saved(t, Buffer.alloc(600, 'x')), 'invalid-input', /no image archive/);
    await rejects(await saved(t, Buffer.alloc(0)), 'invalid-input', /empty/);
    await rejects(await saved(t, Buffer.alloc(1024)), 'invalid-input', /neither/);
    await rejects(await saved(t, gzipSync('not a tar')), 'invalid-input', /no image archive/);
  });

  test('a FIFO does not hold the scan up', async (t) => {
    const path = join(testFolder(t), 'fifo');
    execFileSync('mkfifo', [path]);
    await rejects(path, 'invalid-input', /not a regular file/);
  });

  test('a cut archive is reported, packed or not', async (t) => {
    const tar = dockerArchive(image);
    await rejects(await saved(t, tar.subarray(0, 5000)), 'corrupt', /ends inside|damaged/);
    await rejects(await saved(t, pack(tar, 'gzip').subarray(0, 900)), 'corrupt', /damaged or cut off/);
    await rejects(await saved(t, pack(tar, 'zstd').subarray(0, 900)), 'corrupt', /damaged or cut off/);
  });

  test('a huge or negative size does not move the reader outside the file', async (t) => {
    await rejects(await saved(t, layerTar([file('a', 'b', { claimedSize: 2 ** 50 })])), 'corrupt', /ends inside a/);
    await rejects(await saved(t, layerTar([file('ok', ''), file('a', 'b', { claimedSize: -512 })])), 'corrupt', /damaged after 1/);
    await rejects(await saved(t, layerTar([file('a', 'b', { pax: { size: '9007199254740991' } })])), 'corrupt', /ends inside/);
    await rejects(await saved(t, layerTar([file('a', 'b', { pax: { size: '-1' } })])), 'corrupt', /states a size that is none/);
    await rejects(await saved(t, layerTar([{ path: 'x', flag: 'x', content: 'garbage records' }])), 'corrupt', /extended header is damaged/);
    await rejects(await saved(t, layerTar([{ path: 'x', flag: 'x', claimedSize: 2 ** 31 }])), 'limit', /extended header/);
  });

  test('a bomb stops at the ratio', async (t) => {
    const zeros = pack(Buffer.alloc(16 * 1024 * 1024), 'zstd');
    const header = layerTar([file('zeros', '', { claimedSize: 2 ** 30 })]).subarray(0, 512);
    const bomb = Buffer.concat([pack(header, 'zstd'), ...Array.from({ length: 64 }, () => zeros)]);
    await rejects(await saved(t, bomb), 'limit', /unpacks to more than 1000 times/);
  });

  test('a manifest.json that stands twice is refused, as tools differ about which counts', async (t) => {
    const manifest = json([{ Config: 'c', Layers: [] }]);
    await rejects(await saved(t, layerTar([file('manifest.json', manifest), file('./manifest.json', manifest)])), 'corrupt', /twice/);
  });

  test('links that lead in a circle are refused', async (t) => {
    await rejects(await saved(t, layerTar([symlink('manifest.json', 'b'), symlink('b', 'manifest.json')])), 'corrupt', /without end/);
  });

  test('links out of the archive lead nowhere', async (t) => {
    await rejects(await saved(t, layerTar([symlink('manifest.json', '../../etc/hostname')])), 'invalid-input', /neither/);
    await rejects(
      await saved(t, layerTar([file('manifest.json', json([{ Config: '/etc/hostname', Layers: [] }]))])),
      'corrupt',
      /config etc\/hostname is missing/,
    );
  });

  test('more members than any image has are refused', async (t) => {
    const header = layerTar([file('a')]).subarray(0, 512);
    const tar = Buffer.alloc(100_002 * 512);
    for (let index = 0; index < 100_001; index++) header.copy(tar, index * 512);
    await rejects(await saved(t, tar), 'limit', /more than 100000 members/);
  });

  test('a manifest above the limit is refused before it is read', async (t) => {
    await rejects(await saved(t, dockerArchive(image)), 'limit', /more than the limit of 10/, { manifestBytes: 10 });
    await rejects(await saved(t, ociArchive(image, 'gzip')), 'limit', /more than the limit of 10/, { manifestBytes: 10 });
  });

  test('a config whose bytes are not those of its name is refused', async (t) => {
    const entries = legacy(image, { config: Buffer.concat([image.config, Buffer.from(' ')]) });
    await rejects(await saved(t, layerTar(entries)), 'corrupt', /not the one in its name/);
  });

  test('a blob of an OCI archive that is not what its name says is refused', async (t) => {
    const entries = ociEntries({ latest: image }).map((entry) =>
      entry.path === `blobs/sha256/${image.configDigest.slice(7)}` ? { ...entry, content: '{}' } : entry,
    );
    await rejects(await saved(t, layerTar(entries)), 'corrupt', new RegExp(`and not ${image.configDigest}`));
  });

  test('as many layers as diff ids, or nothing', async (t) => {
    const entries = legacy(image, { layers: image.layers.slice(1).map((layer) => `${layer.diffId.slice(7)}/layer.tar`) });
    await rejects(await saved(t, layerTar(entries)), 'corrupt', /lists 2 layers and the config 3/);
  });

  test('manifest.json of any other shape is refused', async (t) => {
    for (const value of [{}, [1], 'x', null, [{}], [{ Config: 1, Layers: [] }], [{ Config: 'c', Layers: [1] }]]) {
      await rejects(await saved(t, layerTar([file('manifest.json', json(value))])), 'corrupt', /manifest.json/);
    }
    await rejects(await saved(t, layerTar([file('manifest.json', '[]')])), 'not-found', /holds no image/);
  });

  test('a scan that is stopped stops the first pass over a packed archive', async (t) => {
    const path = await saved(t, dockerArchive(image, { packing: 'gzip' }));
    await rejects(path, 'cancelled', /stopped/, { signal: AbortSignal.abort() });
  });

  test('a signal set in the middle of a layer stops it', async (t) => {
    for (const packing of ['none', 'gzip'] as const) {
      const big = buildImage({ layers: [{ tar: layerTar([file('big', Buffer.alloc(4_000_000, 'some text that packs'))]), packing: 'none' }] });
      const artifact = await opened(t, await saved(t, dockerArchive(big, { packing })));
      const stop = new AbortController();
      const [layer] = artifact.image.layers;
      assert.ok(layer);
      const stream = await artifact.openLayer(layer, stop.signal);
      stream.once('data', () => stop.abort());
      await assert.rejects(text(stream), (error) => error instanceof LazaretError && error.code === 'cancelled');
    }
  });
});

function legacy(of: TestImage, changes: { config?: Buffer; layers?: string[] }): TarEntry[] {
  const config = `${of.configDigest.slice(7)}.json`;
  const layers = changes.layers ?? of.layers.map((layer) => `${layer.diffId.slice(7)}/layer.tar`);
  return [
    ...of.layers.map((layer) => file(`${layer.diffId.slice(7)}/layer.tar`, layer.tar)),
    file(config, changes.config ?? of.config),
    file('manifest.json', json([{ Config: config, RepoTags: ['a:1'], Layers: layers }])),
  ];
}

async function saved(context: TestContext, bytes: Buffer, name = 'image.tar'): Promise<string> {
  const path = join(testFolder(context), name);
  await writeFile(path, bytes);
  return path;
}

async function opened(context: TestContext, reference: string): Promise<ImageArtifact> {
  const artifact = await imageArchive.open(reference, plainOptions());
  context.after(() => artifact.close());
  assert.ok('openLayer' in artifact);
  return artifact;
}

async function rejects(reference: string, code: ErrorCode, message: RegExp, options: Partial<OpenOptions> = {}): Promise<void> {
  await assert.rejects(imageArchive.open(reference, plainOptions(options)), (error) => {
    assert.ok(error instanceof LazaretError, String(error));
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  });
}
