import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { LazaretError } from '#domain/error.ts';
import type { ArtifactSource, DirectoryArtifact } from '../source.ts';

const prefix = 'dir:';

/** `dir:PATH`: a directory tree of this machine, such as an unpacked root file system. */
export const directorySource: ArtifactSource = {
  kind: 'directory',
  matches: async (reference) => reference.startsWith(prefix),
  open: async (reference, options): Promise<DirectoryArtifact> => {
    const path = reference.slice(prefix.length);
    const root = await realDirectory(path);
    return {
      kind: 'directory',
      root,
      image: {
        id: `sha256:${createHash('sha256').update(`${prefix}${root}`).digest('hex')}`,
        digest: '',
        reference: path,
        platform: options.platform,
        created: '',
        author: '',
        size: 0,
        layers: [],
      },
      close: async () => undefined,
    };
  },
};

async function realDirectory(path: string): Promise<string> {
  if (path === '') throw new LazaretError('invalid-input', 'dir: names no directory; write dir:PATH');
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new LazaretError('not-found', `there is no directory ${path}`, { cause: error });
    throw new LazaretError('unreachable', `the directory ${path} cannot be read (${code ?? String(error)})`, { cause: error });
  }
  throw new LazaretError('invalid-input', `${path} is no directory; give an image archive without dir:`);
}
