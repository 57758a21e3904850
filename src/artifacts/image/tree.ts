import type { Readable } from 'node:stream';
import { LazaretError } from '#domain/error.ts';

/** How a stored file is packed, by its first bytes. */
export type Packing = 'none' | 'gzip' | 'zstd';

/** Named files that an image is read from: a directory or an archive. Paths are clean and relative. */
export interface FileTree {
  /** What people called it, for messages. */
  readonly name: string;
  /** Size in bytes of a regular file; undefined where there is none of that name. */
  size(path: string): Promise<number | undefined>;
  packing(path: string): Promise<Packing>;
  /** A whole small file; undefined where there is none, error `limit` where it is larger than `limit` bytes. */
  read(path: string, limit: number, signal: AbortSignal): Promise<Buffer | undefined>;
  /** A file's bytes; error `not-found` where there is none. */
  open(path: string, signal: AbortSignal): Promise<Readable>;
  close(): Promise<void>;
}

/** Bytes enough for `packingOf`. */
export const magicBytes = 4;

/** What the first bytes of a file say. */
export function packingOf(head: Buffer): Packing {
  if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  // RFC 8878: a data frame, or one of the sixteen skippable frames that some writers put first.
  if (head.length >= 4 && (head.readUInt32LE(0) === 0xfd2fb528 || (head.readUInt32LE(0) & 0xfffffff0) >>> 0 === 0x184d2a50)) return 'zstd';
  return 'none';
}

/** Throws the error of a cancelled scan where the signal is set. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new LazaretError('cancelled', 'stopped on request', { cause: signal.reason });
}
