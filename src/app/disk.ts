import { type FileHandle, statfs } from 'node:fs/promises';
import { LazaretError } from '#domain/error.ts';

/** Bytes that stay free on the disk of the data, so that the store can go on writing. */
const defaultKeepFree = 256 * 1024 * 1024;
/** Bytes between two looks at the free space. */
export const roomEvery = 8 * 1024 * 1024;

const fullCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Does `work` with the disk. @throws LazaretError naming `what` is written: 'limit' when the disk is full, 'unreachable' when it cannot be written. */
export async function toldOfDisk<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LazaretError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const isFull = error instanceof Error && 'code' in error && fullCodes.includes(error.code);
    throw new LazaretError(isFull ? 'limit' : 'unreachable', `${what} could not be written: ${reason}`, { cause: error });
  }
}

/** @throws LazaretError 'limit' when the disk of a folder has less room than is to stay free (256 MiB). */
export async function keepRoom({ dataDir, keepFree = defaultKeepFree }: { readonly dataDir: string; readonly keepFree?: number }): Promise<void> {
  const disk = await toldOfDisk('a file', () => statfs(dataDir));
  if (disk.bavail * disk.bsize < keepFree) throw new LazaretError('limit', `the disk of ${dataDir} has less than ${keepFree} bytes left: free space on it`);
}

/** Writes all of `piece` where the file stands. */
export async function writeAll(file: FileHandle, piece: Buffer): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten;
}
