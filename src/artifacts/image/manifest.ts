import { createHash } from 'node:crypto';
import { LazaretError } from '#domain/error.ts';
import type { Image, Layer } from '#domain/image.ts';
import { choosePlatform, type Platform, parsePlatform, platformText } from './platform.ts';

/** What a manifest or index says of another blob. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  /** Places elsewhere that the manifest names; never fetched, as a hostile manifest would choose them. */
  readonly urls: readonly string[];
  readonly platform: Platform | undefined;
  /** Name an OCI layout gives it; '' for none. */
  readonly name: string;
  /** Whether an index marks it as being about another entry, such as a build's attestation. */
  readonly attached: boolean;
}

export interface Manifest {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface Index {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

/** What the config says of an image. */
export interface ImageConfig {
  readonly platform: string;
  readonly created: string;
  readonly author: string;
  readonly diffIds: readonly string[];
  /** The build steps that made a layer, in layer order; shorter than the layers where the history is incomplete. */
  readonly steps: readonly string[];
}

export interface ResolvedManifest {
  readonly digest: string;
  readonly manifest: Manifest;
}

type Json = Readonly<Record<string, unknown>>;
/** Reads a manifest's or config's bytes, verified against their digest. */
export type ReadBlob = (descriptor: Pick<Descriptor, 'digest' | 'mediaType'>) => Promise<Buffer>;

/** Layers of one image; the deepest union mounts end far below. */
const maxLayers = 500;
/** Entries of one index. */
const maxManifests = 1000;
/** Indexes inside indexes. */
const maxIndexDepth = 3;
/** Characters kept of a text that only people read. */
const maxText = 4096;

/** Whether a text is a digest we can check: SHA-256 in lower-case hex. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** `sha256:…` of bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Error `corrupt` where bytes do not have the digest they should. */
export function verifyDigest(what: string, bytes: Buffer, digest: string): void {
  const actual = digestOf(bytes);
  if (actual !== digest) throw new LazaretError('corrupt', `${what}: its bytes have the digest ${actual} and not ${digest}`);
}

/** Parses JSON from outside; error `corrupt` where it is none or no object. */
export function parseJson(what: string, bytes: Buffer): Json {
  const value = parseAny(what, bytes);
  if (!isObject(value)) throw new LazaretError('corrupt', `${what} is not a JSON object`);
  return value;
}

/** Parses a JSON list of objects from outside; error `corrupt` where it is none. */
export function parseJsonList(what: string, bytes: Buffer): readonly Json[] {
  const value = parseAny(what, bytes);
  if (!Array.isArray(value) || !value.every(isObject)) throw new LazaretError('corrupt', `${what} is not a list of JSON objects`);
  return value;
}

/** Reads a manifest or an index. `what` names it in errors. */
export function parseManifest(what: string, bytes: Buffer): Manifest | Index {
  const json = parseJson(what, bytes);
  if (json['schemaVersion'] === 1) {
    throw new LazaretError('invalid-input', `${what} has Docker's schema 1, which is not supported; push the image again with a tool of 2017 or later`);
  }
  // One document that is both would be read differently by different tools (CVE-2021-41190).
  if ('manifests' in json && ('layers' in json || 'config' in json)) throw new LazaretError('corrupt', `${what} is a manifest and an index at once`);
  if ('manifests' in json) return { kind: 'index', manifests: parseDescriptors(what, json['manifests'], maxManifests) };
  if (!isObject(json['config']) || !Array.isArray(json['layers']))
    throw new LazaretError('invalid-input', `${what} is no image manifest${mediaTypeNote(json)}`);
  return { kind: 'manifest', config: parseDescriptor(`${what}, config`, json['config']), layers: parseDescriptors(what, json['layers'], maxLayers) };
}

/**
 * Follows indexes to the manifest for a platform. A manifest that no index offers is taken whatever its platform.
 * Errors: `not-found` where the index has nothing for the platform, naming what it has; `limit` for indexes nested too deep.
 */
export async function resolveManifest(
  what: string,
  first: { readonly digest: string; readonly bytes: Buffer },
  platform: string,
  read: ReadBlob,
): Promise<ResolvedManifest> {
  let { digest, bytes } = first;
  for (let depth = 0; depth <= maxIndexDepth; depth++) {
    const parsed = parseManifest(what, bytes);
    if (parsed.kind === 'manifest') return { digest, manifest: parsed };
    const chosen = chooseManifest(what, parsed.manifests, platform);
    bytes = await read(chosen);
    digest = chosen.digest;
  }
  throw new LazaretError('limit', `${what} has indexes nested more than ${maxIndexDepth} deep`);
}

/** The entry of an index for a platform; an entry that names none counts where it is the only one. */
export function chooseManifest(what: string, manifests: readonly Descriptor[], platform: string): Descriptor {
  const images = manifests.filter((entry) => !entry.attached && entry.platform?.os !== 'unknown');
  const wanted = parsePlatform(platform);
  const stated = images.flatMap((entry) => (entry.platform === undefined ? [] : [{ entry, platform: entry.platform }]));
  const chosen = choosePlatform(wanted, stated)?.entry;
  if (chosen !== undefined) return chosen;
  const [only, ...others] = images;
  if (only !== undefined && only.platform === undefined && others.length === 0) return only;
  const have = [...new Set(stated.map((candidate) => platformText(candidate.platform)))].slice(0, 20).join(', ');
  throw new LazaretError('not-found', `${what} has nothing for ${platform}; it has ${have === '' ? 'no image' : `${have}: choose one with --platform`}`);
}

/** The platform itself where an index offers it or the bytes are no index, else the first that the index offers. */
export function offeredPlatform(what: string, bytes: Buffer, platform: string): string {
  const parsed = parseManifest(what, bytes);
  if (parsed.kind === 'manifest') return platform;
  const offered = parsed.manifests.flatMap((entry) =>
    entry.attached || entry.platform === undefined || entry.platform.os === 'unknown' ? [] : [entry.platform],
  );
  const [first] = offered;
  if (
    first === undefined ||
    choosePlatform(
      parsePlatform(platform),
      offered.map((each) => ({ platform: each })),
    ) !== undefined
  )
    return platform;
  return platformText(first);
}

/** Reads an image's config; `mediaType` is what the manifest calls it, for the error when it is something else. */
export function parseConfig(what: string, bytes: Buffer, mediaType: string): ImageConfig {
  const json = parseConfigJson(what, bytes, mediaType);
  const diffIds = isObject(json['rootfs']) ? json['rootfs']['diff_ids'] : undefined;
  if (!Array.isArray(diffIds)) throw notAnImage(what, mediaType);
  if (diffIds.length > maxLayers) throw new LazaretError('limit', `${what} lists ${diffIds.length} layers, more than the limit of ${maxLayers}`);
  for (const diffId of diffIds)
    if (typeof diffId !== 'string' || !isDigest(diffId)) throw new LazaretError('corrupt', `${what} lists a diff id that is no SHA-256 digest`);
  const history = Array.isArray(json['history']) ? json['history'].filter(isObject) : [];
  return {
    platform: platformText({ os: textOf(json['os']), architecture: textOf(json['architecture']), variant: textOf(json['variant']) }),
    created: textOf(json['created']),
    author: textOf(json['author']),
    diffIds: diffIds as string[],
    steps: history.filter((step) => step['empty_layer'] !== true).map((step) => textOf(step['created_by'])),
  };
}

/** What is known of the stored blob of one layer. */
export type StoredLayer = Pick<Layer, 'digest' | 'size'>;

/** Puts an image together; error `corrupt` where manifest and config differ on the number of layers. */
export function describeImage(identity: Pick<Image, 'id' | 'digest' | 'reference'>, config: ImageConfig, stored: readonly StoredLayer[]): Image {
  if (stored.length !== config.diffIds.length) {
    throw new LazaretError('corrupt', `${identity.reference}: the manifest lists ${stored.length} layers and the config ${config.diffIds.length}`);
  }
  const layers = stored.map((layer, index) => ({ ...layer, diffId: config.diffIds[index] ?? '', createdBy: config.steps[index] ?? '' }));
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  return { ...identity, platform: config.platform, created: config.created, author: config.author, size, layers };
}

function parseAny(what: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new LazaretError('corrupt', `${what} is not JSON`, { cause: error });
  }
}

// An artifact of another kind may have a config that is not even JSON.
function parseConfigJson(what: string, bytes: Buffer, mediaType: string): Json {
  try {
    return parseJson(what, bytes);
  } catch (error) {
    if (mediaType === '' || mediaType.includes('image')) throw error;
    throw notAnImage(what, mediaType);
  }
}

function notAnImage(what: string, mediaType: string): LazaretError {
  const kind = mediaType === '' ? '' : ` (its config is ${mediaType.slice(0, 200)})`;
  return new LazaretError('invalid-input', `${what} does not describe a container image${kind}; signatures, charts and other artifacts have no layers to scan`);
}

function parseDescriptors(what: string, value: unknown, limit: number): Descriptor[] {
  if (!Array.isArray(value)) throw new LazaretError('corrupt', `${what} has no list where one must stand`);
  if (value.length > limit) throw new LazaretError('limit', `${what} lists ${value.length} entries, more than the limit of ${limit}`);
  return value.map((entry, index) => parseDescriptor(`${what}, entry ${index + 1}`, entry));
}

function parseDescriptor(what: string, value: unknown): Descriptor {
  const json = isObject(value) ? value : {};
  const { digest, size } = json;
  if (typeof digest !== 'string' || !isDigest(digest)) throw new LazaretError('corrupt', `${what} has no SHA-256 digest`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw new LazaretError('corrupt', `${what} has a size that is none`);
  const annotations = isObject(json['annotations']) ? json['annotations'] : {};
  return {
    mediaType: textOf(json['mediaType']),
    digest,
    size,
    urls: Array.isArray(json['urls']) ? json['urls'].map(textOf) : [],
    platform: parseDescriptorPlatform(json['platform']),
    name: textOf(annotations['org.opencontainers.image.ref.name']),
    attached: 'vnd.docker.reference.type' in annotations,
  };
}

function parseDescriptorPlatform(value: unknown): Platform | undefined {
  if (!isObject(value)) return undefined;
  return { os: textOf(value['os']), architecture: textOf(value['architecture']), variant: textOf(value['variant']) };
}

function mediaTypeNote(json: Json): string {
  const mediaType = textOf(json['mediaType']);
  return mediaType === '' ? '' : ` but ${mediaType.slice(0, 200)}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, maxText) : '';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
