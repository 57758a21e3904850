/** The parts of an image reference. */
export interface ImageName {
  /** `host[:port]` of a registry; '' where the reference names none. */
  readonly address: string;
  /** What stands before the last slash of the path; ''. */
  readonly namespace: string;
  /** The last part of the path. */
  readonly name: string;
  /** '' where a digest alone, or nothing, follows the name. */
  readonly tag: string;
  /** `sha256:…`; ''. */
  readonly digest: string;
}

/**
 * Splits a reference such as `registry.example:5000/team/app:1.2@sha256:…` as the distribution grammar does: the first part is a registry when it has a
 * dot or a colon or is `localhost`. What is no reference (a path of a directory) becomes a name without the rest.
 */
export function parseImageName(reference: string): ImageName {
  const at = reference.lastIndexOf('@sha256:');
  const digest = at === -1 ? '' : reference.slice(at + 1);
  const named = at === -1 ? reference : reference.slice(0, at);
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const path = colon === -1 ? named : named.slice(0, colon);
  const tag = colon === -1 ? '' : named.slice(colon + 1);
  const parts = path.split('/');
  const [first = ''] = parts;
  const address = parts.length > 1 && (first.includes('.') || first.includes(':') || first === 'localhost') ? first : '';
  const rest = address === '' ? parts : parts.slice(1);
  return { address, namespace: rest.slice(0, -1).join('/'), name: rest.at(-1) ?? '', tag, digest };
}
