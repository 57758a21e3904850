import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LazaretError } from '#domain/error.ts';
import { byteStream, fileChunks, type OpenFile, openRegularFile, readAt } from './file-slice.ts';
import { type FileTree, magicBytes, packingOf, throwIfCancelled } from './tree.ts';

/** A directory as a tree of files. Paths given to it must be clean: they come from checked digests and constants. */
export function directoryTree(root: string, name: string): FileTree {
  return {
    name,
    size: (path) => withFile(join(root, path), async (file) => file?.size),
    packing: (path) => withFile(join(root, path), async (file) => (file === undefined ? 'none' : packingOf(await readAt(file.handle, 0, magicBytes)))),
    read: (path, limit) =>
      withFile(join(root, path), async (file) => {
        if (file === undefined) return undefined;
        // One byte more than allowed shows a file that grows, or has no size of its own.
        const bytes = await readAt(file.handle, 0, Math.min(file.size, limit) + 1);
        if (bytes.length > limit) throw new LazaretError('limit', `${name}: ${path} is larger than the limit of ${limit} bytes for a manifest`);
        return bytes;
      }),
    open: async (path, signal): Promise<Readable> => {
      throwIfCancelled(signal);
      const missing = new LazaretError('not-found', `${name} holds no ${path}; the layout is incomplete, copy the image again`);
      if ((await withFile(join(root, path), async (file) => file?.size)) === undefined) throw missing;
      return byteStream(wholeFile(join(root, path), missing, signal));
    },
    close: async () => undefined,
  };
}

async function withFile<T>(path: string, use: (file: OpenFile | undefined) => Promise<T>): Promise<T> {
  const file = await tryOpen(path);
  try {
    return await use(file);
  } finally {
    await file?.handle.close();
  }
}

async function tryOpen(path: string): Promise<OpenFile | undefined> {
  try {
    return await openRegularFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof LazaretError) throw error;
    throw new LazaretError('unreachable', `${path} cannot be read (${code ?? String(error)})`, { cause: error });
  }
}

// Opened only when it is read: a stream that is never read would never close its file.
async function* wholeFile(path: string, missing: LazaretError, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await tryOpen(path);
  if (file === undefined) throw missing;
  try {
    yield* fileChunks(file.handle, 0, file.size, signal);
  } finally {
    await file.handle.close();
  }
}
