import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { constants, createZstdDecompress, zstdCompressSync } from 'node:zlib';
import { splitZstdFrames } from './zstd-frames.ts';

const text = Buffer.alloc(300_000, 'a line that repeats and repeats\n');

test('every frame of a concatenated zstd stream is read, however it is cut', async () => {
  const packed = Buffer.concat([
    frame(Buffer.from('first ')),
    skippable(7),
    frame(text),
    skippable(0),
    frame(Buffer.alloc(0)),
    frame(noise(200_000)),
    frame(Buffer.from('last')),
  ]);
  const expected = Buffer.concat([Buffer.from('first '), text, noise(200_000), Buffer.from('last')]);
  for (const size of [packed.length, 1, 3, 17, 1000, 65_536]) assert.deepEqual(await unpack(packed, size), expected, `cut every ${size} bytes`);
});

test('a frame with a checksum is followed by the next one', async () => {
  const checked = zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  assert.deepEqual(await unpack(Buffer.concat([checked, frame(Buffer.from('end'))]), 5000), Buffer.concat([text, Buffer.from('end')]));
});

test('a stream that breaks off inside a later frame is an error', async () => {
  const packed = Buffer.concat([frame(Buffer.from('whole')), frame(text).subarray(0, 20)]);
  await assert.rejects(unpack(packed, 1000));
});

test('bytes that are no frame are an error and not the end', async () => {
  await assert.rejects(unpack(Buffer.concat([frame(Buffer.from('whole')), Buffer.from('garbage behind the frame')]), 1000));
});

function frame(data: Buffer): Buffer {
  return zstdCompressSync(data);
}

function skippable(size: number): Buffer {
  const header = Buffer.alloc(8 + size, 0x5a);
  header.writeUInt32LE(0x184d2a53, 0);
  header.writeUInt32LE(size, 4);
  return header;
}

function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 1;
  for (let index = 0; index < size; index++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    bytes[index] = state >> 16;
  }
  return bytes;
}

async function unpack(packed: Buffer, cut: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < packed.length; offset += cut) pieces.push(packed.subarray(offset, offset + cut));
  const out: Buffer[] = [];
  await pipeline(Readable.from(pieces), splitZstdFrames(), createZstdDecompress(), async (source) => {
    for await (const chunk of source) out.push(chunk as Buffer);
  });
  return Buffer.concat(out);
}
