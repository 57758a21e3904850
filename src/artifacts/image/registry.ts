import { LazaretError } from '#domain/error.ts';
import type { Layer } from '#domain/image.ts';
import type { ArtifactSource, ImageArtifact, OpenOptions } from '../source.ts';
import type { Environment } from './credentials.ts';
import { defaultPatience, type Patience } from './exchange.ts';
import { describeImage, digestOf, offeredPlatform, parseConfig, resolveManifest, verifyDigest } from './manifest.ts';
import { parseReference, type RegistryReference } from './reference.ts';
import { RegistryClient } from './registry-client.ts';
import { RegistrySession } from './registry-session.ts';

/** A registry reference: `HOST[:PORT]/NAME[:TAG][@sha256:…]`. Credentials come from the Docker configuration the environment points to. */
export function registrySource(environment: Environment, patience: Patience = defaultPatience): ArtifactSource {
  return {
    kind: 'registry',
    matches: async (reference) => /^[A-Za-z0-9[][^\s]*$/.test(reference),
    open: async (text, options) => {
      const reference = parseReference(text);
      const access = await options.registryAccess?.(reference.host);
      const session = new RegistrySession(reference.host, { ...access, insecure: options.insecure || access?.insecure === true, environment, patience });
      try {
        return await openImage(session, reference, options);
      } catch (error) {
        session.close();
        throw error;
      }
    },
  };
}

/** Opens an image of a registry; closing it closes the session. */
export async function openImage(session: RegistrySession, reference: RegistryReference, options: OpenOptions): Promise<ImageArtifact> {
  const { signal, manifestBytes } = options;
  const client = new RegistryClient(session, reference.repository);
  const name = nameOf(reference);
  const read = async (digest: string): Promise<Buffer> => {
    const { bytes } = await client.manifest(digest, manifestBytes, signal);
    verifyDigest(`the manifest ${name}`, bytes, digest);
    return bytes;
  };
  const first = reference.digest === '' ? await readTag(client, reference, options) : { digest: reference.digest, bytes: await read(reference.digest) };
  const platform = options.anyPlatform === true ? offeredPlatform(name, first.bytes, options.platform) : options.platform;
  const { digest, manifest } = await resolveManifest(name, first, platform, (descriptor) => read(descriptor.digest));
  const configBytes = await client.blob(manifest.config.digest, manifestBytes, signal);
  verifyDigest(`the config of ${name}`, configBytes, manifest.config.digest);
  const config = parseConfig(name, configBytes, manifest.config.mediaType);
  const elsewhere = new Set(manifest.layers.filter((layer) => layer.urls.length > 0).map((layer) => layer.digest));
  return {
    kind: 'registry',
    image: describeImage(
      { id: manifest.config.digest, digest, reference: name },
      config,
      manifest.layers.map(({ digest: blob, size }) => ({ digest: blob, size })),
    ),
    namedDigest: first.digest,
    openLayer: async (layer, layerSignal) => {
      if (elsewhere.has(layer.digest)) throw keptElsewhere(name, layer);
      return client.openBlob(layer, layerSignal);
    },
    close: async () => session.close(),
  };
}

async function readTag(client: RegistryClient, reference: RegistryReference, options: OpenOptions): Promise<{ digest: string; bytes: Buffer }> {
  const { bytes, stated } = await client.manifest(reference.tag, options.manifestBytes, options.signal);
  const digest = digestOf(bytes);
  if (stated.startsWith('sha256:') && stated !== digest)
    throw new LazaretError('corrupt', `the manifest ${nameOf(reference)} has the digest ${digest}, but the registry states ${stated}`);
  return { digest, bytes };
}

function keptElsewhere(name: string, layer: Layer): LazaretError {
  return new LazaretError(
    'not-found',
    `${name}: the layer ${layer.digest} is kept elsewhere, at addresses its manifest names; they are not fetched, as anybody may have written them`,
  );
}

function nameOf({ host, repository, tag, digest }: RegistryReference): string {
  return `${host}/${repository}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}
