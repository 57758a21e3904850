import type { Readable } from 'node:stream';
import type { Image, Layer } from '#domain/image.ts';

/** Where artifacts come from. */
export type SourceKind = 'docker-archive' | 'oci-archive' | 'oci-layout' | 'registry' | 'directory';

/** An image that can be read. */
export interface ImageArtifact {
  readonly kind: Exclude<SourceKind, 'directory'>;
  readonly image: Image;
  /** Digest of what the reference names in a registry, `sha256:…`: the image's manifest, or an index over images of several platforms. */
  readonly namedDigest?: string;
  /**
   * The blob of one layer as stored (packed or not), from its first byte. Its digests are checked by the reader, not here.
   * May be called several times, in any order.
   */
  openLayer(layer: Layer, signal: AbortSignal): Promise<Readable>;
  close(): Promise<void>;
}

/** A directory tree that can be walked. */
export interface DirectoryArtifact {
  readonly kind: 'directory';
  readonly image: Image;
  /** Absolute path of the directory. */
  readonly root: string;
  close(): Promise<void>;
}

export type Artifact = ImageArtifact | DirectoryArtifact;

/** How a registry that is known is spoken to. */
export interface RegistryAccess {
  /** User and password, or a token that others are asked for with; null for nothing, left out for what the Docker configuration has. */
  readonly credentials?: { readonly username: string; readonly password: string } | { readonly identityToken: string } | null;
  readonly insecure: boolean;
}

/** What the caller may choose when a reference is opened. */
export interface OpenOptions {
  /** `os/arch[/variant]`, chosen from an index; the running machine's platform by default. */
  readonly platform: string;
  /** Of an index without that platform, take the first image there is; else that is an error. Registries only. */
  readonly anyPlatform?: boolean;
  /** What a registry that is known here is shown, instead of what the Docker configuration has for it; undefined for one that is not known. */
  readonly registryAccess?: (host: string) => Promise<RegistryAccess | undefined>;
  /** Allow plain HTTP and unverified TLS to any registry; else plain HTTP only to loopback. */
  readonly insecure: boolean;
  /** Bytes of one manifest, index or config. */
  readonly manifestBytes: number;
  readonly signal: AbortSignal;
}

/** One kind of source. `matches` looks at the reference's text and at what lies on disk, and reads at most a few bytes. */
export interface ArtifactSource {
  readonly kind: SourceKind;
  matches(reference: string): Promise<boolean>;
  open(reference: string, options: OpenOptions): Promise<Artifact>;
}
