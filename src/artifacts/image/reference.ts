import { LazaretError } from '#domain/error.ts';
import { isRegistryAddress, isRepositoryName, isTag } from '#domain/registry.ts';
import { isDigest } from './manifest.ts';

/** A registry reference, taken apart. */
export interface RegistryReference {
  /** Host with its port where one is written. */
  readonly host: string;
  readonly repository: string;
  /** '' where only a digest is given. */
  readonly tag: string;
  /** '' where only a tag is given. */
  readonly digest: string;
}

/**
 * Reads `HOST[:PORT]/NAME[:TAG][@sha256:…]`; the tag is `latest` where neither tag nor digest is given. The host is never guessed:
 * a first part counts as one when it holds a dot or a colon, or is `localhost`. Error `invalid-input` says what is wrong.
 */
export function parseReference(text: string): RegistryReference {
  if (text.length > 1024) throw new LazaretError('invalid-input', 'a registry reference has at most 1024 characters');
  const at = text.indexOf('@');
  const digest = at < 0 ? '' : text.slice(at + 1);
  if (at >= 0 && !isDigest(digest)) throw invalid(text, 'what follows @ is no digest of the form sha256:<64 hex digits>');
  const named = at < 0 ? text : text.slice(0, at);
  const slash = named.indexOf('/');
  const host = slash < 0 ? '' : named.slice(0, slash);
  if (!isRegistryAddress(host)) throw invalid(text, `it names no registry; write HOST/${named === '' ? 'NAME' : named}, or give a file, oci:DIR or dir:PATH`);
  const rest = named.slice(slash + 1);
  const colon = rest.lastIndexOf(':');
  const repository = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? '' : rest.slice(colon + 1);
  if (!isRepositoryName(repository)) {
    throw invalid(text, 'a repository name has lower-case letters, digits and single . _ - between them, in parts set off by /');
  }
  if (colon >= 0 && !isTag(tag)) throw invalid(text, `'${tag}' is no tag`);
  return { host, repository, tag: tag === '' && digest === '' ? 'latest' : tag, digest };
}

/** Whether a host, with or without a port, is this machine itself. */
export function isLoopback(host: string): boolean {
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:[0-9]+$/, '');
  return name === 'localhost' || name === '::1' || /^127(?:\.[0-9]{1,3}){3}$/.test(name);
}

function invalid(text: string, why: string): LazaretError {
  return new LazaretError('invalid-input', `'${text.slice(0, 300)}' is no image reference: ${why}`);
}
