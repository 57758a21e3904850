/** One layer of an image, lowest first in `Image.layers`. */
export interface Layer {
  /** Digest of the blob as stored, `sha256:…`; the diff id again where the source has only the unpacked layer. */
  readonly digest: string;
  /** Digest of the unpacked tar, `sha256:…`. */
  readonly diffId: string;
  /** Size of the blob as stored, in bytes. */
  readonly size: number;
  /** The build step, from the image's history. */
  readonly createdBy: string;
}

/** An image as its manifest and config describe it. */
export interface Image {
  /** Digest of the config, `sha256:…`: what Docker calls the image id. For a directory: a digest of the directory's absolute path. */
  readonly id: string;
  /** Digest of the manifest, `sha256:…`; '' where the source has none. */
  readonly digest: string;
  /** Name people know it by, such as `team/app:1.2`. */
  readonly reference: string;
  /** `os/architecture[/variant]`. */
  readonly platform: string;
  /** RFC 3339 time the image was built; '' when unknown. */
  readonly created: string;
  readonly author: string;
  /** Sum of layer sizes as stored, bytes. */
  readonly size: number;
  readonly layers: readonly Layer[];
}
