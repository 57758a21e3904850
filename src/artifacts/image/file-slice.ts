import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { LazaretError } from '#domain/error.ts';
import { throwIfCancelled } from './tree.ts';

const chunkBytes = 256 * 1024;

/** A regular file opened for reading, with its size at that moment. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/**
 * Opens a regular file. Devices, sockets and FIFOs are refused after opening without blocking, so that nothing can be put in
 * the file's place between the look and the open.
 */
export async function openRegularFile(path: string): Promise<OpenFile> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new LazaretError('invalid-input', `${path} is not a regular file`);
    return { handle, size: status.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads up to `length` bytes at an offset; fewer at the end of the file. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The bytes from `start` up to `end` of an open file; error `corrupt` where the file has become shorter. */
export async function* fileChunks(handle: FileHandle, start: number, end: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let offset = start; offset < end; ) {
    throwIfCancelled(signal);
    const chunk = await readAt(handle, offset, Math.min(chunkBytes, end - offset));
    if (chunk.length === 0) throw new LazaretError('corrupt', 'the file became shorter while it was read');
    offset += chunk.length;
    yield chunk;
  }
}

/** A stream of bytes over a generator of them. */
export function byteStream(chunks: AsyncGenerator<Buffer>): Readable {
  return Readable.from(chunks, { objectMode: false, highWaterMark: chunkBytes });
}
