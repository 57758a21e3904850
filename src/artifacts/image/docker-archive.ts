import { createHash } from 'node:crypto';
import { LazaretError } from '#domain/error.ts';
import { normalizePath } from '#domain/path.ts';
import type { ImageArtifact, OpenOptions } from '../source.ts';
import { describeImage, digestOf, type ImageConfig, parseConfig, parseJsonList, type StoredLayer } from './manifest.ts';
import { blobPath, findManifestOf } from './oci-layout.ts';
import type { FileTree } from './tree.ts';

interface Entry {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

/**
 * Reads the image of a `docker save` archive (also as Podman, skopeo, kaniko and Bazel write it) that lies in a tree, which the
 * artifact then owns. `tag` chooses among several images; '' where there is only one.
 */
export async function openDockerTree(tree: FileTree, manifestJson: Buffer, tag: string, options: OpenOptions): Promise<ImageArtifact> {
  const entry = chooseEntry(tree.name, parseEntries(tree.name, manifestJson), tag);
  const bytes = await tree.read(entry.config, options.manifestBytes, options.signal);
  if (bytes === undefined) throw new LazaretError('corrupt', `${tree.name}: the config ${entry.config} is missing; save the image again`);
  const id = digestOf(bytes);
  const named = hexIn(entry.config);
  if (named !== '' && `sha256:${named}` !== id)
    throw new LazaretError('corrupt', `${tree.name}: the config ${entry.config} has the digest ${id}, not the one in its name`);
  const config = parseConfig(`${tree.name}, config`, bytes, '');
  const stored = await describeLayers(tree, entry, config, options);
  const paths = new Map(stored.map((layer, index) => [layer.digest, entry.layers[index] ?? '']));
  const reference = tag !== '' && entry.tags.includes(tag) ? tag : (entry.tags[0] ?? tree.name);
  return {
    kind: 'docker-archive',
    image: describeImage({ id, digest: await findManifestOf(tree, id, options), reference }, config, stored),
    openLayer: async (layer, signal) => {
      const path = paths.get(layer.digest);
      if (path === undefined) throw new LazaretError('not-found', `${tree.name} holds no layer ${layer.digest}`);
      return tree.open(path, signal);
    },
    close: () => tree.close(),
  };
}

async function describeLayers(tree: FileTree, entry: Entry, config: ImageConfig, options: OpenOptions): Promise<StoredLayer[]> {
  // Checked before layers are looked at, since looking may mean reading.
  if (entry.layers.length !== config.diffIds.length) {
    throw new LazaretError('corrupt', `${tree.name}: manifest.json lists ${entry.layers.length} layers and the config ${config.diffIds.length}`);
  }
  const layers: StoredLayer[] = [];
  for (const [index, path] of entry.layers.entries()) {
    const size = await tree.size(path);
    if (size === undefined) throw new LazaretError('corrupt', `${tree.name}: the layer ${path} is missing; save the image again`);
    layers.push({ size, digest: await layerDigest(tree, path, config.diffIds[index] ?? '', options) });
  }
  return layers;
}

/** A blob has its digest in its path, an unpacked layer is known by its diff id, and a packed one with any other name is read. */
async function layerDigest(tree: FileTree, path: string, diffId: string, options: OpenOptions): Promise<string> {
  const hex = hexIn(path);
  if (hex !== '' && path === blobPath(`sha256:${hex}`)) return `sha256:${hex}`;
  if ((await tree.packing(path)) === 'none') return diffId;
  const hash = createHash('sha256');
  for await (const chunk of await tree.open(path, options.signal)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

function parseEntries(name: string, bytes: Buffer): readonly Entry[] {
  return parseJsonList(`${name}, manifest.json`, bytes).map((json) => {
    const { Config: config, RepoTags: tags, Layers: layers } = json;
    if (typeof config !== 'string' || !isTextList(layers)) throw new LazaretError('corrupt', `${name}: manifest.json names no config or no layers`);
    return { config: normalizePath(config), layers: layers.map((layer) => normalizePath(layer)), tags: isTextList(tags) ? tags : [] };
  });
}

function chooseEntry(name: string, entries: readonly Entry[], tag: string): Entry {
  const [first, ...others] = tag === '' ? entries : entries.filter((entry) => entry.tags.includes(tag) || `sha256:${hexIn(entry.config)}` === tag);
  if (first !== undefined && others.length === 0) return first;
  const names = entries.map((entry) => entry.tags[0] ?? `sha256:${hexIn(entry.config)}`).slice(0, 20);
  if (entries.length === 0) throw new LazaretError('not-found', `${name} holds no image`);
  if (first === undefined) throw new LazaretError('not-found', `${name} holds no image '${tag}'; it holds ${names.join(', ')}`);
  throw new LazaretError('invalid-input', `${name} holds ${entries.length} images; choose one: ${names.map((each) => `${name}#${each}`).join(', ')}`);
}

/** The SHA-256 that a path's last part is named after; '' for other names. */
function hexIn(path: string): string {
  return /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1] ?? '';
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
