import { ReadableStream } from 'node:stream/web';
import xzDecompress from 'xz-decompress';
import { LazaretError } from '#domain/error.ts';
import { type Format, piecesOf } from './format.ts';
import { openPacked } from './unpack.ts';

/**
 * A stream of xz (the .xz file format 1.2.0). Its decoder is WebAssembly with a memory of its own: dictionaries up to 64 MiB, LZMA2 alone,
 * checks none, CRC32 and CRC64. One stream is decoded at a time.
 */
export const xz: Format = {
  name: 'xz',
  recognise: (head) => head.length >= 6 && head[0] === 0xfd && head.readUInt32BE(0) === 0xfd377a58 && head[4] === 0x5a && head[5] === 0,
  open: (source, limits) => openPacked(unxz(piecesOf(source)), source, limits),
};

/** Unpacks xz. @throws LazaretError 'corrupt' when it is damaged or cut off, or needs what the decoder does not have. */
export async function* unxz(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  const input = pieces[Symbol.iterator]();
  const packed = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = input.next();
        if (next.done === true) controller.close();
        // The decoder keeps what it was given; a source only lends.
        else controller.enqueue(Uint8Array.from(next.value));
      },
    },
    { highWaterMark: 0 },
  );
  const reader = new xzDecompress.XzReadableStream(packed).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value.length > 0) yield Buffer.from(value.buffer, value.byteOffset, value.length);
    }
  } catch (error) {
    throw new LazaretError('corrupt', reasonOf(error), { cause: error });
  } finally {
    // Frees the decoder for the next one, also when nobody wants the rest.
    await reader.cancel().catch(() => undefined);
  }
}

// The numbers are those of xz-embedded (xz.h).
function reasonOf(error: unknown): string {
  const number = /error code (\d+)/.exec(String(error))?.[1];
  if (number === '3' || number === '4') return 'the packed data needs a dictionary of more than 64 MiB';
  if (number === '6') return 'the packed data uses a filter or a check that is not known';
  return number === undefined || number === '8' ? 'the packed data is cut off' : 'the packed data is damaged';
}
