import { createZstdDecompress } from 'node:zlib';
import { splitZstdFrames } from '#lib/zstd-frames.ts';
import { type Format, piecesOf } from './format.ts';
import { decode, decoderOptions, openPacked } from './unpack.ts';

/** A stream of zstd frames, skippable ones among them (RFC 8878). Windows over 128 MiB are refused by the decoder. */
export const zstd: Format = {
  name: 'zstd',
  recognise: (head) => head.length >= 4 && head[1] === 0xb5 && head.readUInt32LE(0) === 0xfd2fb528,
  open: (source, limits) => openPacked(unzstd(piecesOf(source)), source, limits),
};

/** Unpacks zstd. @throws LazaretError 'corrupt' when it is damaged or cut off. */
export function unzstd(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  return decode(pieces, splitZstdFrames(), createZstdDecompress(decoderOptions));
}
