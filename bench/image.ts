import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** A layer on disk. */
export interface LayerFile {
  /** Path of the gzip file. */
  readonly file: string;
  /** Hex SHA-256 of the gzip file. */
  readonly digest: string;
  /** Hex SHA-256 of the tar in it. */
  readonly diffId: string;
  /** Bytes of the gzip file. */
  readonly size: number;
}

/** Packs a tar as `docker push` and most builders do: gzip, level 6. The file is named after its digest, in `folder`. */
export async function packLayer(tar: Readable, folder: string): Promise<LayerFile> {
  const half = path.join(folder, `half-${process.pid}-${performance.now()}`);
  const inner = createHash('sha256');
  const outer = createHash('sha256');
  const count = { bytes: 0 };
  await pipeline(tar, through(inner), createGzip({ level: 6 }), through(outer, count), createWriteStream(half));
  const digest = outer.digest('hex');
  const file = path.join(folder, digest);
  await rename(half, file);
  return { file, digest, diffId: inner.digest('hex'), size: count.bytes };
}

function blobFolder(layout: string): string {
  return path.join(layout, 'blobs', 'sha256');
}

/** Makes the folder for a layout whose layers are packed into the folder returned, before `writeLayout` ends it. */
export async function startLayout(layout: string): Promise<string> {
  await mkdir(blobFolder(layout), { recursive: true });
  return blobFolder(layout);
}

/** Writes manifest, config and index of an image over layers that are already among the blobs. */
export async function writeLayout(layout: string, layers: readonly LayerFile[]): Promise<void> {
  const config = await writeBlob(layout, {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2025-01-01T00:00:00Z',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => `sha256:${diffId}`) },
    history: layers.map((_, index) => ({ created: '2025-01-01T00:00:00Z', created_by: `COPY part-${index + 1} /` })),
  });
  const manifest = await writeBlob(layout, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ digest, size }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: `sha256:${digest}`, size })),
  });
  await writeFile(path.join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(path.join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: manifestType, ...manifest }] }));
}

/** The layers of a layout's one image, lowest first. */
export async function readLayers(layout: string): Promise<readonly LayerFile[]> {
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(name, 'utf8'));
  const index = (await read(path.join(layout, 'index.json'))) as { readonly manifests: readonly Descriptor[] };
  const manifest = (await read(blobPath(layout, index.manifests[0]))) as { readonly config: Descriptor; readonly layers: readonly Descriptor[] };
  const config = (await read(blobPath(layout, manifest.config))) as { readonly rootfs: { readonly diff_ids: readonly string[] } };
  return manifest.layers.map((layer, place) => ({
    file: blobPath(layout, layer),
    digest: hexOf(layer.digest),
    diffId: hexOf(config.rootfs.diff_ids[place] ?? ''),
    size: layer.size,
  }));
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

async function writeBlob(layout: string, value: unknown): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value));
  const hex = createHash('sha256').update(bytes).digest('hex');
  await writeFile(path.join(blobFolder(layout), hex), bytes);
  return { digest: `sha256:${hex}`, size: bytes.length };
}

function blobPath(layout: string, blob: Descriptor | undefined): string {
  return path.join(blobFolder(layout), hexOf(blob?.digest ?? ''));
}

function hexOf(digest: string): string {
  return digest.replace('sha256:', '');
}

function through(hash: Hash, count: { bytes: number } = { bytes: 0 }): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      count.bytes += chunk.length;
      done(null, chunk);
    },
  });
}
