import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { LazaretError } from '#domain/error.ts';
import { FreshBytes } from '#lib/collect-garbage.ts';
import { splitZstdFrames } from '#lib/zstd-frames.ts';
import { asCorrupt } from './unpack.ts';

/** How a blob is packed, told by its first bytes alone: what a media type says may be a lie. */
export type Packing = 'gzip' | 'zstd' | 'none' | 'unsupported';

// RFC 1952 section 2.3.1; RFC 8878 sections 3.1.1 and 3.1.2 (skippable frames 184D2A50 to 5F).
export function packingOf(head: Buffer): Packing {
  if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.length >= 4) {
    const magic = head.readUInt32LE(0);
    if (magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50) return 'zstd';
    if (head.subarray(0, 6).equals(xzMagic) || head.subarray(0, 3).equals(bzip2Magic)) return 'unsupported';
  }
  return 'none';
}

const xzMagic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const bzip2Magic = Buffer.from('BZh');

// Larger than usual: 0.8 s of processor instead of 1.2 s to gunzip 340 MB. Still larger ones cost more in fresh memory than they save.
const chunkSize = 256 * 1024;

/** Unpacked bytes after which the buffers that held them are freed. */
const collectedBytes = 16 * 1024 * 1024;

/**
 * Unpacks a stream of gzip (all members), zstd (all frames) or plain bytes.
 * @throws LazaretError 'corrupt' when the stream is damaged, cut off or packed in a form we do not read.
 */
export async function* decompress(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = source[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let length = 0;
  let ended = false;
  while (length < 6 && !ended) {
    const next = await input.next();
    if (next.done === true) ended = true;
    else {
      head.push(next.value);
      length += next.value.length;
    }
  }
  const whole = replay(head, input);
  const packing = packingOf(Buffer.concat(head));
  if (packing === 'unsupported') throw new LazaretError('corrupt', 'packed with xz or bzip2, which image layers do not use; pack it with gzip or zstd');
  if (packing === 'none') yield* whole;
  else if (packing === 'gzip') yield* through(whole, createGunzip({ chunkSize }));
  // Node's decoder stops after the first frame unless each chunk holds one; layers made for lazy pulling hold a frame per file.
  else yield* through(whole, splitZstdFrames(), createZstdDecompress({ chunkSize }));
}

async function* replay(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

// Errors of every stage reach the reader through the last one, which `pipeline` destroys with them.
async function* through(source: AsyncIterable<Buffer>, ...stages: readonly Transform[]): AsyncGenerator<Buffer> {
  const last = stages.at(-1) as Transform;
  pipeline([Readable.from(source, { objectMode: false, highWaterMark: chunkSize }), ...stages], () => undefined);
  try {
    const fresh = new FreshBytes(collectedBytes);
    for await (const chunk of last) {
      yield chunk as Buffer;
      fresh.made((chunk as Buffer).length);
    }
  } catch (error) {
    throw asCorrupt(error);
  }
}
