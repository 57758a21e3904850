import { createZstdDecompress } from 'node:zlib';
import { splitZstdFrames } from '#lib/zstd-frames.ts';
import { type ByteSource, type Format, piecesOf } from './format.ts';
import { decode, decoderOptions, openPacked } from './unpack.ts';

/** A stream of zstd frames, skippable ones among them (RFC 8878). Windows over 128 MiB are refused by the decoder. */
export const zstd: Format = {
  name: 'zstd',
  recognise: (head, source) => head.length >= 4 && isFrame(head, source),
  open: (source, limits) => openPacked(unzstd(piecesOf(source)), source, limits),
};

const frame = 0xfd2fb528;
const skippable = 0x184d2a50;

// Some writers put a skippable frame before the first one. Its magic numbers are sixteen, which differ in four bits.
function isFrame(head: Buffer, source: ByteSource): boolean {
  const magic = head.readUInt32LE(0);
  if (magic === frame) return true;
  if ((magic & 0xfffffff0) >>> 0 !== skippable || head.length < 8) return false;
  const next = source.read(8 + head.readUInt32LE(4), 4);
  return next.length === 4 && next.readUInt32LE(0) === frame;
}

/** Unpacks zstd. @throws LazaretError 'corrupt' when it is damaged or cut off. */
export function unzstd(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  return decode(pieces, splitZstdFrames(), createZstdDecompress(decoderOptions));
}
