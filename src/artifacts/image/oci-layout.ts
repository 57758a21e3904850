import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LazaretError } from '#domain/error.ts';
import type { ArtifactSource, ImageArtifact, OpenOptions } from '../source.ts';
import { directoryTree } from './directory-tree.ts';
import { chooseManifest, type Descriptor, describeImage, parseConfig, parseManifest, type ReadBlob, resolveManifest, verifyDigest } from './manifest.ts';
import type { FileTree } from './tree.ts';

const prefix = 'oci:';

/** `oci:DIR[:TAG]`: an OCI image layout in a directory. */
export const ociLayout: ArtifactSource = {
  kind: 'oci-layout',
  matches: async (reference) => reference.startsWith(prefix),
  open: async (reference, options) => {
    const { path, tag } = await splitReference(reference.slice(prefix.length));
    return openOciTree('oci-layout', directoryTree(resolve(path), path), tag, options);
  },
};

/**
 * Reads the image of an OCI layout that lies in a tree, which the artifact then owns. `tag` chooses by the name annotation (a
 * whole name or its tag) or by digest; '' where there is only one.
 */
export async function openOciTree(kind: 'oci-layout' | 'oci-archive', tree: FileTree, tag: string, options: OpenOptions): Promise<ImageArtifact> {
  const { signal, manifestBytes } = options;
  const index = await tree.read('index.json', manifestBytes, signal);
  if (index === undefined) throw new LazaretError('invalid-input', `${tree.name} is no OCI layout: it has no index.json`);
  const read = blobReader(tree, options);
  const chosen = chooseEntry(tree.name, parseIndex(tree.name, index), tag, options.platform);
  const first = { digest: chosen.digest, bytes: await read(chosen) };
  const { digest, manifest } = await resolveManifest(`${tree.name}, manifest`, first, options.platform, read);
  const config = parseConfig(`${tree.name}, config`, await read(manifest.config), manifest.config.mediaType);
  const reference = chosen.name === '' ? tree.name : chosen.name;
  return {
    kind,
    image: describeImage({ id: manifest.config.digest, digest, reference }, config, manifest.layers.map(storedLayer)),
    openLayer: (layer, layerSignal) => tree.open(blobPath(layer.digest), layerSignal),
    close: () => tree.close(),
  };
}

/** Where a layout keeps a blob. The digest must have been checked. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** Digest of the manifest in a layout's index that has this config; '' where there is none. Any index is fine, also a broken one. */
export async function findManifestOf(tree: FileTree, configDigest: string, options: OpenOptions): Promise<string> {
  try {
    const index = await tree.read('index.json', options.manifestBytes, options.signal);
    if (index === undefined) return '';
    const read = blobReader(tree, options);
    for (const entry of parseIndex(tree.name, index).slice(0, 100)) {
      const first = { digest: entry.digest, bytes: await read(entry) };
      const resolved = await resolveManifest(tree.name, first, options.platform, read);
      if (resolved.manifest.config.digest === configDigest) return resolved.digest;
    }
  } catch (error) {
    // The archive's own manifest.json is what counts; the index only adds a digest.
    if (!(error instanceof LazaretError) || error.code === 'cancelled') throw error;
  }
  return '';
}

function storedLayer(layer: Descriptor): { digest: string; size: number } {
  return { digest: layer.digest, size: layer.size };
}

function blobReader(tree: FileTree, options: OpenOptions): ReadBlob {
  return async ({ digest }) => {
    const bytes = await tree.read(blobPath(digest), options.manifestBytes, options.signal);
    if (bytes === undefined) throw new LazaretError('not-found', `${tree.name} holds no blob ${digest}; the layout is incomplete, copy the image again`);
    verifyDigest(`${tree.name}, ${blobPath(digest)}`, bytes, digest);
    return bytes;
  };
}

function parseIndex(name: string, bytes: Buffer): readonly Descriptor[] {
  const parsed = parseManifest(`${name}, index.json`, bytes);
  if (parsed.kind === 'manifest') throw new LazaretError('corrupt', `${name}: index.json is a manifest and not an index`);
  return parsed.manifests;
}

function chooseEntry(name: string, entries: readonly Descriptor[], tag: string, platform: string): Descriptor {
  const images = entries.filter((entry) => !entry.attached);
  if (images.length === 0) throw new LazaretError('not-found', `${name} holds no image`);
  const fitting = tag === '' ? images : images.filter((entry) => entry.name === tag || tagOf(entry.name) === tag || entry.digest === tag);
  const [first, ...others] = fitting;
  if (first === undefined) throw new LazaretError('not-found', `${name} holds no image '${tag}'; it holds ${namesOf(images)}`);
  if (others.length === 0) return first;
  const names = new Set(fitting.map((entry) => entry.name));
  const digests = new Set(fitting.map((entry) => entry.digest));
  if (digests.size === 1) return first;
  if (names.size === 1) return chooseManifest(name, fitting, platform);
  throw new LazaretError('invalid-input', `${name} holds several images; choose one by its tag: ${namesOf(images)}`);
}

function namesOf(entries: readonly Descriptor[]): string {
  const shown = entries.slice(0, 20).map((entry) => (entry.name === '' ? entry.digest : entry.name));
  return `${shown.join(', ')}${entries.length > 20 ? ', …' : ''}`;
}

function tagOf(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(colon + 1) : name;
}

/** Splits `DIR[:TAG]`. A directory whose own name holds a colon wins over the tag. */
async function splitReference(text: string): Promise<{ path: string; tag: string }> {
  if (await hasIndex(text)) return { path: text, tag: '' };
  // A tag may hold a digest's colon, so the leftmost split that gives a layout is the one meant.
  for (let colon = text.indexOf(':'); colon > 0; colon = text.indexOf(':', colon + 1)) {
    if (await hasIndex(text.slice(0, colon))) return { path: text.slice(0, colon), tag: text.slice(colon + 1) };
  }
  throw new LazaretError('not-found', `'${text}' is no OCI layout: there is no index.json; write oci:DIR or oci:DIR:TAG`);
}

async function hasIndex(path: string): Promise<boolean> {
  try {
    return (await stat(join(path, 'index.json'))).isFile();
  } catch {
    return false;
  }
}
