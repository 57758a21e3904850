import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { LazaretError } from '#domain/error.ts';
import { decompress, packingOf } from './decompress.ts';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(bytes: Buffer, size = bytes.length || 1): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of decompress(cut(bytes, size))) parts.push(part);
  return Buffer.concat(parts);
}

const content = Buffer.concat([randomBytes(20_000), Buffer.alloc(2_000_000, 'a')]);

for (const [name, packed] of [
  ['plain bytes', content],
  ['gzip', gzipSync(content)],
  ['gzip with several members', Buffer.concat([gzipSync(content.subarray(0, 1000)), gzipSync(content.subarray(1000))])],
  ['zstd', zstdCompressSync(content)],
  [
    'zstd with several frames',
    Buffer.concat([zstdCompressSync(content.subarray(0, 1000)), zstdCompressSync(content.subarray(1000, 2000)), zstdCompressSync(content.subarray(2000))]),
  ],
] as const) {
  test(`${name} are unpacked by their bytes, however they are cut`, async () => {
    for (const size of [3, 4093, packed.length]) {
      if (size === 3 && packed.length > 1_000_000) continue;
      assert.ok((await unpack(packed, size)).equals(content), `chunks of ${size}`);
    }
  });
}

test('an empty stream is empty', async () => {
  assert.equal((await unpack(Buffer.alloc(0))).length, 0);
});

test('damaged, cut and foreign streams are corrupt', async () => {
  const corrupt = (error: unknown) => error instanceof LazaretError && error.code === 'corrupt';
  const gzip = gzipSync(content);
  const damaged = Buffer.from(gzip);
  damaged[5000] = (damaged[5000] ?? 0) ^ 0xff;
  await assert.rejects(unpack(damaged), corrupt);
  await assert.rejects(unpack(gzip.subarray(0, 5000)), corrupt);
  await assert.rejects(unpack(zstdCompressSync(content).subarray(0, 5000)), corrupt);
  await assert.rejects(unpack(Buffer.concat([gzip, Buffer.from('trailing')])), corrupt);
  await assert.rejects(unpack(Buffer.concat([zstdCompressSync(content), Buffer.from('trailing')])), corrupt);
  await assert.rejects(unpack(Buffer.from('BZh91AY&SY')), corrupt);
});

test('an error of the source reaches the reader as it is', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield gzipSync(content).subarray(0, 1000);
    throw new LazaretError('unreachable', 'the peer went away');
  }
  const read = async () => {
    for await (const _ of decompress(broken()));
  };
  await assert.rejects(read, /the peer went away/);
});

test('the form is told by the first bytes alone', () => {
  assert.equal(packingOf(gzipSync('x')), 'gzip');
  assert.equal(packingOf(zstdCompressSync('x')), 'zstd');
  assert.equal(packingOf(Buffer.from('etc/passwd')), 'none');
});
