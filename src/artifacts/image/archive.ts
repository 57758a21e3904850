import { stat } from 'node:fs/promises';
import { LazaretError } from '#domain/error.ts';
import type { ArtifactSource, ImageArtifact, OpenOptions } from '../source.ts';
import { openArchiveTree } from './archive-tree.ts';
import { openDockerTree } from './docker-archive.ts';
import { openOciTree } from './oci-layout.ts';
import type { FileTree } from './tree.ts';

/**
 * `FILE[#TAG]`: an image in a tar, plain or packed as a whole with gzip or zstd. Whether it is a `docker save` or an OCI
 * archive is known only by its members, so that one source opens both and the artifact says which it was.
 */
export const imageArchive: ArtifactSource = {
  kind: 'docker-archive',
  matches: async (reference) => (await splitReference(reference)) !== undefined,
  open: async (reference, options) => {
    const found = await splitReference(reference);
    if (found === undefined) throw new LazaretError('not-found', `there is no file ${reference}`);
    const tree = await openTree(found.path, options);
    try {
      return await openImage(tree, found.tag, options);
    } catch (error) {
      await tree.close();
      throw error;
    }
  },
};

async function openTree(path: string, options: OpenOptions): Promise<FileTree> {
  try {
    return await openArchiveTree(path, options.manifestBytes, options.signal);
  } catch (error) {
    if (error instanceof LazaretError) throw error;
    throw new LazaretError('unreachable', `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, { cause: error });
  }
}

async function openImage(tree: FileTree, tag: string, options: OpenOptions): Promise<ImageArtifact> {
  const manifest = await tree.read('manifest.json', options.manifestBytes, options.signal);
  // Archives by newer Docker hold both; manifest.json is the one with people's tags.
  if (manifest !== undefined) return openDockerTree(tree, manifest, tag, options);
  if ((await tree.size('index.json')) !== undefined) return openOciTree('oci-archive', tree, tag, options);
  if ((await tree.size('repositories')) !== undefined)
    throw new LazaretError('invalid-input', `${tree.name} was saved by a Docker before 1.10; load it and save it again`);
  throw new LazaretError(
    'invalid-input',
    `${tree.name} is a tar but no image archive: it has neither manifest.json nor index.json; to scan a directory write dir:PATH`,
  );
}

/** A file of the whole name wins over a tag behind the last `#`. */
async function splitReference(reference: string): Promise<{ path: string; tag: string } | undefined> {
  if (await isFileLike(reference)) return { path: reference, tag: '' };
  const hash = reference.lastIndexOf('#');
  if (hash <= 0 || !(await isFileLike(reference.slice(0, hash)))) return undefined;
  return { path: reference.slice(0, hash), tag: reference.slice(hash + 1) };
}

async function isFileLike(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
