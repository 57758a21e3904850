import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, type Gunzip, gunzipSync, type InflateRaw, inflateRawSync } from 'node:zlib';

import { LazaretError } from '#domain/error.ts';
import { type ByteSource, type Found, type OpenLimits, pieceBytes, Room } from './format.ts';

/** Options of Node's decoders for streams. */
export const decoderOptions = { chunkSize: pieceBytes } as const;

/** Runs bytes through Node's decoders. @throws LazaretError 'corrupt' when they are damaged or cut off. */
export async function* decode(pieces: Iterable<Buffer>, ...stages: readonly Transform[]): AsyncGenerator<Buffer> {
  const last = stages.at(-1) as Transform;
  // Errors of every stage reach the reader through the last one, which `pipeline` destroys with them.
  pipeline([Readable.from(pieces, { objectMode: false, highWaterMark: pieceBytes }), ...stages], () => undefined);
  try {
    for await (const chunk of last) yield chunk as Buffer;
  } catch (error) {
    throw asCorrupt(error);
  }
}

/** What `unpackAtOnce` may give. */
interface AtOnce {
  /** Bytes it may unpack to. */
  readonly most: number;
  /** Bytes it is said to unpack to. */
  readonly expected?: number | undefined;
}

/** Unpacks small data in one piece, and tells how many packed bytes it took. @throws as Node's decoders do. */
export function unpackAtOnce(decoder: 'deflate' | 'gzip', packed: Buffer, { most, expected }: AtOnce): { readonly bytes: Buffer; readonly taken: number } {
  // One byte more than comes, since a full piece makes the decoder ask for another one. What is said may be a lie.
  const likely = Math.min(Math.max(expected ?? usualChunk, packed.length), most, packed.length * deflateRatio);
  const chunkSize = Math.max(leastChunk, likely + 1);
  const options = { maxOutputLength: most, chunkSize, info: true };
  const unpack = decoder === 'deflate' ? inflateRawSync : gunzipSync;
  const { buffer, engine } = unpack(packed, options) as unknown as { buffer: Buffer; engine: (Gunzip | InflateRaw) & { _outBuffer?: unknown } };
  // Decoders live until the whole heap is marked, and each would hold its piece so long: tens of megabytes for an archive of small members.
  engine._outBuffer = undefined;
  return { bytes: buffer, taken: engine.bytesWritten };
}

/** The least that Node's decoders take, and what they take unless told. */
const leastChunk = 64;
const usualChunk = 16 * 1024;
/** Deflate packs no better than this. */
const deflateRatio = 1032;

/**
 * What damaged or cut-off deflate data gives before the damage, which the decoders for streams keep to themselves. Up to `most` bytes; finds the
 * place by halving, so that it is for small data only.
 */
export function salvage(packed: Buffer, most: number): Buffer {
  let sound = Buffer.alloc(0);
  for (let from = 0, to = packed.length; from < to; ) {
    const middle = Math.ceil((from + to) / 2);
    try {
      sound = inflateRawSync(packed.subarray(0, middle), { maxOutputLength: most, finishFlush: constants.Z_SYNC_FLUSH });
      from = middle;
    } catch {
      to = middle - 1;
    }
  }
  return sound;
}

/** An error of Node's decoders as one of ours; others as they are. */
export function asCorrupt(error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string' || !(code.startsWith('Z_') || code.startsWith('ZSTD_') || code === 'ERR_ZSTD' || code.startsWith('ERR_ZLIB'))) return error;
  const what = code === 'Z_BUF_ERROR' ? 'is cut off' : 'is damaged';
  return new LazaretError('corrupt', `the packed data ${what} (${code})`, { cause: error });
}

/** Whether a decoder stopped because its output would be larger than told. */
export function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

/** Gives bytes on as long as there is room and they are sound; then tells why it stopped. */
export async function* bounded(pieces: AsyncIterable<Buffer>, room: Room, onTrouble: (reason: string) => void): AsyncGenerator<Buffer> {
  try {
    for await (const piece of pieces) {
      const { left } = room;
      if (!room.take(piece.length)) {
        if (left > 0) yield piece.subarray(0, left);
        return onTrouble(room.reason);
      }
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof LazaretError)) throw error;
    onTrouble(error.message);
  }
}

/** Opens a packed stream, which holds one nameless file. */
export async function* openPacked(pieces: AsyncIterable<Buffer>, source: ByteSource, limits: OpenLimits, said?: string): AsyncGenerator<Found> {
  let trouble: string | undefined;
  const stream = bounded(pieces, new Room(limits, source.size), (reason) => {
    trouble = reason;
  });
  yield { path: '', size: undefined, stream, ...(said === undefined ? {} : { said }) };
  if (trouble !== undefined) yield { path: '', skipped: trouble };
}
