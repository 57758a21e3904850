import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { keepRoom, roomEvery, toldOfDisk, writeAll } from './disk.ts';
import { algorithmOf, uploadFolder, uploadPath } from './upload-folder.ts';

export interface UploadTarget {
  readonly dataDir: string;
  /** See `uploadFileName`. */
  readonly fileName: string;
  /** What the bytes must be. */
  readonly hashKey: string;
  readonly maxBytes: number;
  /** Letters, digits and dashes that no other write has: the name of the unfinished file ends in it. */
  readonly writer: string;
  /** Bytes that must stay free on the disk, so that the store can go on writing; 256 MiB by default. */
  readonly keepFree?: number;
}

export type UploadEnd =
  | { readonly end: 'stored'; readonly size: number; readonly md5: string }
  | { readonly end: 'too-large' }
  | { readonly end: 'wrong-hash' };

/**
 * Writes bytes to the folder of uploads as they come. The file appears under its name only when all of it is there and is what its hash says;
 * whatever happens before leaves nothing behind. An earlier file of the same name is replaced in one step.
 * @throws LazaretError 'limit' when the disk is full, 'unreachable' when it cannot be written; whatever `pieces` throws.
 */
export async function storeUpload(target: UploadTarget, pieces: AsyncIterable<Buffer>): Promise<UploadEnd> {
  const part = uploadPath(target.dataDir, `${target.fileName}.${target.writer}${partSuffix}`);
  let file: FileHandle | undefined;
  try {
    await onDisk(() => mkdir(uploadFolder(target.dataDir), { recursive: true, mode: 0o700 }));
    await keepRoom(target);
    file = await onDisk(() => open(part, 'wx', 0o600));
    const written = await write(file, target, pieces);
    await file.close();
    file = undefined;
    if (written.end === 'stored') await onDisk(() => rename(part, uploadPath(target.dataDir, target.fileName)));
    else await rm(part, { force: true });
    return written;
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Ends the name of a file that is not whole yet. */
export const partSuffix = '.part';

async function write(file: FileHandle, target: UploadTarget, pieces: AsyncIterable<Buffer>): Promise<UploadEnd> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let size = 0;
  let looked = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > target.maxBytes) return { end: 'too-large' };
    md5.update(piece);
    sha256.update(piece);
    await onDisk(() => writeAll(file, piece));
    if (size - looked < roomEvery) continue;
    looked = size;
    await keepRoom(target);
  }
  const digests = { md5: md5.digest('hex'), sha256: sha256.digest('hex') };
  return digests[algorithmOf(target.hashKey)] === target.hashKey ? { end: 'stored', size, md5: digests.md5 } : { end: 'wrong-hash' };
}

function onDisk<T>(work: () => Promise<T>): Promise<T> {
  return toldOfDisk('an upload', work);
}
