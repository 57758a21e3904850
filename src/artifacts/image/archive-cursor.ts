import type { FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { LazaretError } from '#domain/error.ts';
import { splitZstdFrames } from '#lib/zstd-frames.ts';
import { byteStream, fileChunks, readAt } from './file-slice.ts';
import { throwIfCancelled } from './tree.ts';

/** A place in a tar that only moves on. */
export interface Cursor {
  /** Bytes of the tar that lie behind. */
  readonly position: number;
  /** The next bytes, fewer at the end. For small lengths: they are held in memory. */
  take(length: number, signal: AbortSignal): Promise<Buffer>;
  /** The next bytes without moving. */
  peek(length: number, signal: AbortSignal): Promise<Buffer>;
  /** Moves on, at most to the end. */
  skip(length: number, signal: AbortSignal): Promise<void>;
  destroy(): void;
}

const windowBytes = 16 * 1024;
const outputBytes = 256 * 1024;
/** Unpacked bytes of a whole packed archive. */
const maxUnpackedBytes = 64 * 1024 ** 3;
/** Unpacked to packed bytes, checked after the grace; deflate itself cannot pass 1,032. */
const maxRatio = 1000;
const ratioGraceBytes = 10 * 1024 ** 2;

/** A cursor over a plain tar, which reads no data that is skipped. */
export function plainCursor(handle: FileHandle, size: number): Cursor {
  let position = 0;
  let window: Buffer = Buffer.alloc(0);
  let windowStart = 0;
  const view = async (length: number): Promise<Buffer> => {
    const wanted = Math.min(length, size - position);
    if (position < windowStart || position + wanted > windowStart + window.length) {
      window = await readAt(handle, position, Math.max(wanted, Math.min(windowBytes, size - position)));
      windowStart = position;
    }
    return window.subarray(position - windowStart, position - windowStart + wanted);
  };
  return {
    get position() {
      return position;
    },
    peek: view,
    take: async (length) => {
      const bytes = await view(length);
      position += bytes.length;
      return bytes;
    },
    skip: async (length) => {
      position = Math.min(size, position + length);
    },
    destroy: () => undefined,
  };
}

/** A cursor over a packed tar. Errors: `corrupt` for a damaged stream, `limit` for one that unpacks to too much. */
export class UnpackingCursor implements Cursor {
  readonly #name: string;
  readonly #output: Readable;
  readonly #iterator: AsyncIterator<Buffer>;
  // A signal of its own: the cursor outlives the request that made it.
  readonly #stop = new AbortController();
  #packedBytes = 0;
  #unpackedBytes = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(name: string, handle: FileHandle, size: number, packing: 'gzip' | 'zstd') {
    this.#name = name;
    const source = byteStream(this.#counted(handle, size));
    const finished = (): void => undefined;
    this.#output =
      packing === 'gzip'
        ? pipeline(source, createGunzip({ chunkSize: outputBytes }), finished)
        : pipeline(source, splitZstdFrames(), createZstdDecompress({ chunkSize: outputBytes }), finished);
    this.#iterator = this.#output[Symbol.asyncIterator]();
  }

  get position(): number {
    return this.#unpackedBytes - this.#pendingBytes;
  }

  async peek(length: number, signal: AbortSignal): Promise<Buffer> {
    await this.#fill(length, signal);
    const all = this.#pending.length === 1 ? (this.#pending[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pending);
    this.#pending = all.length === 0 ? [] : [all];
    return all.subarray(0, length);
  }

  async take(length: number, signal: AbortSignal): Promise<Buffer> {
    const bytes = await this.peek(length, signal);
    this.#drop(bytes.length);
    return bytes;
  }

  async skip(length: number, signal: AbortSignal): Promise<void> {
    for await (const _ of this.chunks(length, signal));
  }

  /** The next `length` bytes in pieces, fewer at the end. */
  async *chunks(length: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      await this.#fill(1, signal);
      const first = this.#pending[0];
      if (first === undefined) return;
      const piece = first.length > left ? first.subarray(0, left) : first;
      this.#drop(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  destroy(): void {
    this.#stop.abort();
    this.#output.destroy();
  }

  async *#counted(handle: FileHandle, size: number): AsyncGenerator<Buffer> {
    for await (const chunk of fileChunks(handle, 0, size, this.#stop.signal)) {
      this.#packedBytes += chunk.length;
      yield chunk;
    }
  }

  #drop(length: number): void {
    const first = this.#pending[0] ?? Buffer.alloc(0);
    if (length >= first.length) this.#pending.shift();
    else this.#pending[0] = first.subarray(length);
    this.#pendingBytes -= length;
  }

  async #fill(length: number, signal: AbortSignal): Promise<void> {
    while (this.#pendingBytes < length) {
      throwIfCancelled(signal);
      const next = await this.#next();
      if (next === undefined) return;
      if (next.length === 0) continue;
      this.#pending.push(next);
      this.#pendingBytes += next.length;
      this.#unpackedBytes += next.length;
      this.#checkLimits();
    }
  }

  async #next(): Promise<Buffer | undefined> {
    try {
      const result = await this.#iterator.next();
      return result.done === true ? undefined : result.value;
    } catch (error) {
      if (error instanceof LazaretError) throw error;
      throw new LazaretError('corrupt', `${this.#name}: the packed stream is damaged or cut off (${messageOf(error)}); copy or save it again`, {
        cause: error,
      });
    }
  }

  #checkLimits(): void {
    if (this.#unpackedBytes > maxUnpackedBytes) throw new LazaretError('limit', `${this.#name} unpacks to more than ${maxUnpackedBytes} bytes`);
    if (this.#unpackedBytes > ratioGraceBytes && this.#unpackedBytes > this.#packedBytes * maxRatio) {
      throw new LazaretError('limit', `${this.#name} unpacks to more than ${maxRatio} times its size; unpack it yourself (gzip -d, zstd -d) if you trust it`);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
