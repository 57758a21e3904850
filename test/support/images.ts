import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { built, directory, file, layerTar, type TarEntry } from './tar-entries.ts';

export * from './tar-entries.ts';

/**
 * Images for tests, made in memory and the same on every run. `buildImage` packs layers of tar entries; `dockerArchive`,
 * `ociArchive` and `writeOciLayout` write it in the forms other tools write. Nothing is checked, so hostile images are as easy as good ones.
 */

export type Packing = 'none' | 'gzip' | 'zstd';

export interface LayerSpec {
  readonly entries?: readonly TarEntry[];
  /** The tar itself, in place of entries. */
  readonly tar?: Buffer;
  readonly packing?: Packing;
  /** Overrides the media type that follows from `packing`. */
  readonly mediaType?: string;
  readonly createdBy?: string;
  /** Overrides the digest the manifest states. */
  readonly claimedDigest?: string;
  /** Overrides the diff id the config states. */
  readonly claimedDiffId?: string;
  /** Overrides the size the manifest states. */
  readonly claimedSize?: number;
  /** Where a foreign layer says it can be fetched. */
  readonly urls?: readonly string[];
}

export interface ImageSpec {
  readonly layers: readonly LayerSpec[];
  /** `os/arch[/variant]`, linux/amd64 by default. */
  readonly platform?: string;
  readonly author?: string;
  readonly created?: string;
  /** Laid over the finished config. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Laid over the finished manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

export interface TestLayer {
  readonly digest: string;
  readonly diffId: string;
  readonly blob: Buffer;
  readonly tar: Buffer;
  readonly mediaType: string;
  readonly packing: Packing;
  readonly createdBy: string;
}

export interface TestImage {
  readonly config: Buffer;
  readonly configDigest: string;
  readonly manifest: Buffer;
  readonly manifestDigest: string;
  readonly platform: string;
  readonly layers: readonly TestLayer[];
  /** Every blob by its digest: manifest, config and layers. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

export interface DockerArchiveOptions {
  /** `legacy` names layers `<id>/layer.tar` with a VERSION beside them; `blobs` is what Docker 25 writes, with an index. */
  readonly layout?: 'legacy' | 'blobs';
  readonly packing?: Packing;
}

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

const layerMediaTypes: Record<Packing, string> = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

export function pack(data: Buffer, packing: Packing): Buffer {
  if (packing === 'gzip') return gzipSync(data, { level: 6 });
  return packing === 'zstd' ? zstdCompressSync(data) : data;
}

export function digestOf(data: Buffer): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

/** Packs layers and writes config and manifest (OCI media types). */
export function buildImage(spec: ImageSpec): TestImage {
  const platform = spec.platform ?? 'linux/amd64';
  const layers = spec.layers.map((layer, index) => buildLayer(layer, index));
  const config = json({ ...configOf(spec, layers, platform), ...spec.config });
  const configDigest = digestOf(config);
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: configDigest, size: config.length },
    layers: layers.map((layer, index) => descriptorOf(layer, spec.layers[index] ?? {})),
    ...spec.manifest,
  });
  const manifestDigest = digestOf(manifest);
  const blobs = new Map([[manifestDigest, manifest], [configDigest, config], ...layers.map((layer) => [layer.digest, layer.blob] as const)]);
  return { config, configDigest, manifest, manifestDigest, platform, layers, blobs };
}

/** What an index says of an image. */
export function imageDescriptor(image: TestImage, tag?: string): Record<string, unknown> {
  const [os, architecture, variant] = image.platform.split('/');
  return {
    mediaType: mediaTypes.manifest,
    digest: image.manifestDigest,
    size: image.manifest.length,
    platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
    ...(tag === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': tag } }),
  };
}

/** An index over images of several platforms. */
export function buildIndex(images: readonly TestImage[]): { readonly index: Buffer; readonly digest: string } {
  const index = json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: images.map((image) => imageDescriptor(image)) });
  return { index, digest: digestOf(index) };
}

/** A `docker save` archive of images by tag. */
export function dockerArchive(images: Readonly<Record<string, TestImage>> | TestImage, options: DockerArchiveOptions = {}): Buffer {
  const named = isImage(images) ? { 'lazaret/test:1': images } : images;
  const entries = options.layout === 'blobs' ? blobsEntries(named) : legacyEntries(named);
  return pack(layerTar(entries), options.packing ?? 'none');
}

/** Members of an OCI layout with one image under each tag. */
export function ociEntries(images: Readonly<Record<string, TestImage>>): TarEntry[] {
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: Object.entries(images).map(([tag, image]) => imageDescriptor(image, tag)) };
  return [
    file('oci-layout', json({ imageLayoutVersion: '1.0.0' })),
    directory('blobs'),
    directory('blobs/sha256'),
    ...blobEntries(Object.values(images)),
    file('index.json', json(index)),
  ];
}

/** An OCI layout as a tar. */
export function ociArchive(images: Readonly<Record<string, TestImage>> | TestImage, packing: Packing = 'none'): Buffer {
  return pack(layerTar(ociEntries(isImage(images) ? { latest: images } : images)), packing);
}

/** Writes an OCI layout into a directory, which is made where it is missing. */
export async function writeOciLayout(images: Readonly<Record<string, TestImage>> | TestImage, path: string): Promise<void> {
  await mkdir(join(path, 'blobs', 'sha256'), { recursive: true });
  for (const entry of ociEntries(isImage(images) ? { latest: images } : images)) {
    if (entry.kind !== 'directory') await writeFile(join(path, entry.path.toString()), entry.content ?? '');
  }
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function buildLayer(spec: LayerSpec, index: number): TestLayer {
  const packing = spec.packing ?? 'gzip';
  const tar = spec.tar ?? layerTar(spec.entries ?? []);
  const blob = pack(tar, packing);
  return {
    digest: spec.claimedDigest ?? digestOf(blob),
    diffId: spec.claimedDiffId ?? digestOf(tar),
    blob,
    tar,
    mediaType: spec.mediaType ?? layerMediaTypes[packing],
    packing,
    createdBy: spec.createdBy ?? `step ${index + 1}`,
  };
}

function configOf(spec: ImageSpec, layers: readonly TestLayer[], platform: string): Record<string, unknown> {
  const [os, architecture, variant] = platform.split('/');
  return {
    created: spec.created ?? new Date(built * 1000).toISOString(),
    ...(spec.author === undefined ? {} : { author: spec.author }),
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    config: { Env: ['PATH=/usr/bin'] },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    // A step without a layer stands first, as real histories have them.
    history: [{ created_by: 'ENV a=b', empty_layer: true }, ...layers.map((layer) => ({ created_by: layer.createdBy }))],
  };
}

function descriptorOf(layer: TestLayer, spec: LayerSpec): Record<string, unknown> {
  const size = spec.claimedSize ?? layer.blob.length;
  return { mediaType: layer.mediaType, digest: layer.digest, size, ...(spec.urls === undefined ? {} : { urls: spec.urls }) };
}

function legacyEntries(images: Readonly<Record<string, TestImage>>): TarEntry[] {
  const entries = new Map<string, TarEntry>();
  const manifest: unknown[] = [];
  for (const [tag, image] of Object.entries(images)) {
    const names = image.layers.map((layer) => layer.diffId.slice('sha256:'.length));
    for (const [index, name] of names.entries()) {
      entries.set(`${name}/`, directory(`${name}/`));
      entries.set(`${name}/VERSION`, file(`${name}/VERSION`, '1.0'));
      entries.set(`${name}/layer.tar`, file(`${name}/layer.tar`, image.layers[index]?.tar));
    }
    const config = `${image.configDigest.slice('sha256:'.length)}.json`;
    entries.set(config, file(config, image.config));
    manifest.push({ Config: config, RepoTags: [tag], Layers: names.map((name) => `${name}/layer.tar`) });
  }
  return [...entries.values(), file('manifest.json', json(manifest)), file('repositories', '{}')];
}

function blobsEntries(images: Readonly<Record<string, TestImage>>): TarEntry[] {
  const manifest = Object.entries(images).map(([tag, image]) => ({
    Config: blobPath(image.configDigest),
    RepoTags: [tag],
    Layers: image.layers.map((layer) => blobPath(layer.digest)),
  }));
  return [...ociEntries(images), file('manifest.json', json(manifest))];
}

function blobEntries(images: readonly TestImage[]): TarEntry[] {
  const blobs = new Map(images.flatMap((image) => [...image.blobs]));
  return [...blobs].map(([digest, bytes]) => file(blobPath(digest), bytes));
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function isImage(value: Readonly<Record<string, TestImage>> | TestImage): value is TestImage {
  return Buffer.isBuffer((value as Partial<TestImage>).manifest);
}
