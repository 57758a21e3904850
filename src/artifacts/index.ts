import { stat } from 'node:fs/promises';
import { LazaretError } from '#domain/error.ts';
import { directorySource } from './filesystem/directory.ts';
import { imageArchive } from './image/archive.ts';
import type { Environment } from './image/credentials.ts';
import { ociLayout } from './image/oci-layout.ts';
import { registrySource } from './image/registry.ts';
import type { Artifact, ArtifactSource, OpenOptions } from './source.ts';

export { machinePlatform } from './image/platform.ts';

/** Every source, in the order they are asked: prefixes, then what lies on disk, then names. */
export function artifactSources(environment: Environment): readonly ArtifactSource[] {
  return [directorySource, ociLayout, imageArchive, registrySource(environment)];
}

/**
 * Opens what a person named: `dir:PATH`, `oci:DIR[:TAG]`, `FILE[#TAG]` or a registry reference.
 * @param environment where the Docker configuration is looked up; that of the process unless told
 * Errors: LazaretError with `not-found`, `invalid-input`, `unreachable`, `corrupt`, `limit` or `cancelled`.
 */
export async function openArtifact(target: string, options: OpenOptions, environment: Environment = process.env): Promise<Artifact> {
  if (target === '') throw new LazaretError('invalid-input', `nothing to scan was named; ${waysToName}`);
  if (options.signal.aborted) throw new LazaretError('cancelled', 'stopped on request', { cause: options.signal.reason });
  await refuseMistakes(target);
  for (const source of artifactSources(environment)) if (await source.matches(target)) return source.open(target, options);
  throw new LazaretError('invalid-input', `'${target.slice(0, 300)}' cannot be understood; ${waysToName}`);
}

const waysToName = 'give an image archive (a file), oci:DIR[:TAG], dir:PATH or a registry reference such as registry.example:5000/team/app:1.2';

/** A path that is missing or a directory would else be taken for a badly written registry reference. */
async function refuseMistakes(target: string): Promise<void> {
  if (target.includes('\0')) throw new LazaretError('invalid-input', 'a target holds no NUL');
  if (await isDirectory(target))
    throw new LazaretError('invalid-input', `${target} is a directory; write dir:${target} to scan its files, or oci:${target} for an OCI layout`);
  const looksLikePath = /^(?:\/|\.{1,2}\/|~)/.test(target) || /\.(?:tar|tgz|tar\.gz|tar\.zst|tzst)(?:#.*)?$/.test(target);
  if (looksLikePath && !(await exists(target.replace(/#[^#]*$/, ''))) && !(await exists(target)))
    throw new LazaretError('not-found', `there is no file ${target}`);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
