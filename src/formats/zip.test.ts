import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { endRecord, zipOf } from '../../test/support/archives.ts';
import { noise, openAll, roomy } from './contract.ts';
import { bytesSource, type OpenLimits, smallBytes } from './format.ts';
import { recognise } from './index.ts';
import { zip } from './zip.ts';

const hello = Buffer.from('hello');

async function open(bytes: Buffer, limits: Partial<OpenLimits> = {}): Promise<{ readonly files: readonly string[]; readonly skipped: readonly string[] }> {
  assert.equal(recognise(bytesSource(bytes)), zip);
  const { files, skipped } = await openAll(zip, bytesSource(bytes), { limits });
  return { files: files.map(({ path, size }) => `${path} ${size}`), skipped };
}

/** The same bytes with a number written over them. */
function patched(bytes: Buffer, at: number, value: number, width: 2 | 4): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUIntLE(value, at, width);
  return copy;
}

const central = (bytes: Buffer, nth = 0): number => {
  let at = -1;
  for (let count = 0; count <= nth; count += 1) at = bytes.indexOf('PK\u0001\u0002', at + 1, 'latin1');
  return at;
};

test('members are given however they are packed, directories not', async () => {
  const archive = zipOf([
    { path: 'stored', bytes: hello, method: 0 },
    { path: 'dir/', bytes: Buffer.alloc(0), method: 0 },
    { path: 'dir/deflate', bytes: hello },
    { path: 'zstd', bytes: hello, method: 93 },
    { path: 'xz', bytes: hello, method: 95 },
  ]);
  assert.deepEqual(await open(archive), { files: ['stored 5', 'dir/deflate 5', 'zstd 5', 'xz 5'], skipped: [] });
});

test('what is packed in a way that nobody here unpacks is told by its name', async () => {
  const methods = [1, 9, 14, 98, 99].map((method) => ({ path: `m${method}`, bytes: hello, method }));
  const { files, skipped } = await open(zipOf(methods));
  assert.deepEqual(files, []);
  assert.match(skipped.join('\n'), /m1: its packing method 1 is not supported\n.*deflate64.*\n.*lzma.*\n.*ppmd.*\n.*AES/);
});

test('an encrypted member is told; one that only says so is given', async () => {
  const secret = { path: 'secret', bytes: hello, flags: 1, packed: noise(17, 1) };
  assert.deepEqual(await open(zipOf([secret, { path: 'open', bytes: hello }])), { files: ['open 5'], skipped: ['secret: it is encrypted'] });
  assert.deepEqual(await open(zipOf([{ path: 'liar', bytes: hello, flags: 1 }])), { files: ['liar 5'], skipped: [] });
});

test('names cannot climb out, and stay what they are in other encodings', async () => {
  const paths = ['../../etc/passwd', '/abs/x', 'a/../b', './c', '..', '', 'nul\u0000x', Buffer.from([0x6e, 0xfe]), 'back\\slash', 'C:\\x'];
  const { files } = await open(zipOf(paths.map((path) => ({ path, bytes: hello }))));
  assert.deepEqual(
    files.map((file) => file.slice(0, -2)),
    ['etc/passwd', 'abs/x', 'b', 'c', 'unnamed', 'unnamed', 'nul\u0000x', 'n\u00fe', 'back\\slash', 'C:\\x'],
  );
});

test('a path over the limit is left out and told', async () => {
  const { files, skipped } = await open(
    zipOf([
      { path: 'p'.repeat(5000), bytes: hello },
      { path: 'b', bytes: hello },
    ]),
  );
  assert.deepEqual(files, ['b 5']);
  assert.match(skipped.join(), /a path of 5000 bytes is over the limit of 4096/);
});

test('sizes behind the data, as programs write them that do not know them before, are read', async () => {
  const packed = deflateRawSync(hello);
  const bytes = zipOf([{ path: 'a', bytes: hello, flags: 8 }]);
  // The local header says nothing; a descriptor follows the data.
  const start = 30 + 1;
  const descriptor = Buffer.concat([Buffer.from('504b0708', 'hex'), bytes.subarray(14, 26)]);
  const moved = Buffer.concat([
    bytes.subarray(0, 14),
    Buffer.alloc(12),
    bytes.subarray(26, start + packed.length),
    descriptor,
    bytes.subarray(start + packed.length),
  ]);
  const end = moved.length - 22;
  assert.deepEqual(await open(patched(moved, end + 16, moved.readUInt32LE(end + 16) + descriptor.length, 4)), { files: ['a 5'], skipped: [] });
  // And without any directory.
  const cut = await open(moved.subarray(0, start + packed.length + descriptor.length));
  assert.deepEqual(cut.files, ['a 5']);
  assert.match(cut.skipped.join(), /no central directory/);
});

test('an archive behind a program is read, whether its own count begins with the file or with itself', async () => {
  const program = Buffer.concat([Buffer.from('#!/bin/sh\n'), noise(2000, 3)]);
  for (const offset of [0, program.length])
    assert.deepEqual(await open(Buffer.concat([program, zipOf([{ path: 'a', bytes: hello }], { offset })])), { files: ['a 5'], skipped: [] });
});

test('members that the directory does not name are given, since other programs see them', async () => {
  const archive = zipOf([
    { path: 'shown', bytes: hello },
    { path: 'hidden', bytes: Buffer.from('hidden one'), isHidden: true },
    { path: 'stored', bytes: Buffer.from('stored'), isHidden: true, method: 0 },
    { path: 'last', bytes: hello },
  ]);
  assert.deepEqual(await open(archive), { files: ['shown 5', 'last 5', 'hidden 10', 'stored 6'], skipped: [] });
});

test('two archives one after the other, with two directories, are both seen', async () => {
  const both = Buffer.concat([zipOf([{ path: 'first', bytes: hello }]), zipOf([{ path: 'second', bytes: hello }])]);
  assert.deepEqual(await open(both), { files: ['second 5', 'first 5'], skipped: [] });
});

test('a member whose local header tells another story is given as both tell it', async () => {
  const bytes = zipOf([{ path: 'a', bytes: hello, method: 0 }]);
  // Readers of local headers see the five bytes, those of the directory four.
  const shorter = patched(patched(bytes, central(bytes) + 20, 4, 4), central(bytes) + 24, 4, 4);
  const { files, skipped } = await open(shorter);
  assert.deepEqual(files, ['a 4', 'a 5']);
  assert.match(skipped.join(), /checksum/);
});

test('entries that share one body give each their file, within the bounds of the archive', async () => {
  const body = { path: 'a', bytes: Buffer.alloc(smallBytes - 1) };
  const bytes = zipOf([body]);
  const entry = bytes.subarray(central(bytes), -22);
  const count = 3000;
  const directory = Buffer.concat(Array.from({ length: count }, () => entry));
  const bomb = Buffer.concat([bytes.subarray(0, central(bytes)), directory, endRecord({ count, size: directory.length, offset: central(bytes) })]);
  const at = performance.now();
  const { files, skipped } = await open(bomb, { ratio: 100, graceBytes: 10 * 1024 * 1024 });
  assert.ok(files.length >= 2 && files.length <= 1 + (bomb.length * 100) / (smallBytes - 1));
  assert.match(skipped.join(), /unpacks to more than 100 times its size/);
  assert.ok(performance.now() - at < 5000);
});

test('numbers that lead nowhere cost their member and no other', async () => {
  const bytes = zipOf([
    { path: 'a', bytes: hello },
    { path: 'b', bytes: hello },
  ]);
  const [a, b] = [central(bytes), central(bytes, 1)];
  const far = await open(patched(bytes, a + 42, 0xfffffff0, 4));
  assert.deepEqual(far.files, ['b 5', 'a 5']);
  assert.match(far.skipped.join(), /a: its header is damaged/);
  const long = await open(patched(bytes, b + 20, 0x7fffffff, 4));
  assert.ok(long.files.includes('a 5'));
  assert.match(long.skipped.join(), /b: it is cut off/);
  const lost = await open(patched(bytes, b, 0, 4));
  assert.match(lost.skipped.join(), /central directory of the zip is damaged/);
  assert.deepEqual(lost.files, ['a 5', 'b 5']);
});

test('what is wrong with a body is told, and what it gives is given', async () => {
  const text = Buffer.from(Array.from({ length: 2000 }, (_, at) => `line ${at}`).join('\n'));
  const packed = deflateRawSync(text);
  const wrong = await open(zipOf([{ path: 'sum', bytes: hello, crc: 1 }]));
  assert.deepEqual([wrong.files, wrong.skipped], [['sum 5'], ['sum: its checksum does not match; what was unpacked was judged']]);
  const half = await open(zipOf([{ path: 'half', bytes: text, packed: packed.subarray(0, packed.length / 2) }]));
  assert.match(half.files.join(), /^half [1-9]\d{3,}$/);
  assert.match(half.skipped.join(), /half: its packed data is damaged/);
  const none = await open(zipOf([{ path: 'none', bytes: text, packed: Buffer.alloc(500, 0xff) }]));
  assert.deepEqual(none.files, []);
  assert.match(none.skipped.join(), /none: its packed data is damaged/);
});

test('a thousand megabytes of zeros end where the archive may not unpack further', async () => {
  const zeros = deflateRawSync(Buffer.alloc(100 * 1024 * 1024), { level: 9 });
  const member = (path: string) => ({ path, bytes: Buffer.alloc(0), packed: zeros, crc: 0, size: 0xfffffff });
  const { files, skipped } = await open(zipOf([member('a'), member('b')]), { ratio: 100, graceBytes: 1024 * 1024, bytes: 400 * 1024 * 1024 });
  assert.ok(files.every((file) => Number(file.split(' ')[1]) <= 2 * 100 * zeros.length + 100_000));
  assert.match(skipped.join(), /unpacks to more than 100 times its size/);
});

test('a flood of what looks like headers is left when the time is over', async () => {
  // Each header is followed by valid data of many megabytes that end in damage, and lies inside that of the one before.
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(8, 6);
  header.writeUInt16LE(8, 8);
  const block = (bytes: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head.writeUInt16LE(bytes.length, 1);
    head.writeUInt16LE(0xffff - bytes.length, 3);
    return Buffer.concat([head, bytes]);
  };
  const flood = Buffer.concat([header, ...Array.from({ length: 20_000 }, () => block(Buffer.concat([Buffer.alloc(100), header]))), Buffer.from([7])]);
  const since = performance.now();
  const { skipped } = await openAll(zip, bytesSource(flood), { limits: { ...roomy, entries: 1e6, isLate: () => performance.now() - since > 300 } });
  assert.ok(performance.now() - since < 3000);
  assert.match(skipped.join(), /took too long/);
});

test('64-bit numbers are read', async () => {
  const packed = deflateRawSync(hello);
  const name = Buffer.from('wide');
  const extra = Buffer.alloc(4 + 24);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(hello.length), 4);
  extra.writeBigUInt64LE(BigInt(packed.length), 12);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(45, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(crc32(hello), 10);
  fields.writeUInt32LE(0xffffffff, 14);
  fields.writeUInt32LE(0xffffffff, 18);
  fields.writeUInt16LE(name.length, 22);
  fields.writeUInt16LE(extra.length, 24);
  const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fields, name, extra, packed]);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(0xffffffff, 10);
  const directory = Buffer.concat([Buffer.from('504b01022d00', 'hex'), fields, tail, name, extra]);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(1n, 24);
  record.writeBigUInt64LE(1n, 32);
  record.writeBigUInt64LE(BigInt(directory.length), 40);
  record.writeBigUInt64LE(BigInt(local.length), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(local.length + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = endRecord({ count: 0xffff, size: 0xffffffff, offset: 0xffffffff });
  assert.deepEqual(await open(Buffer.concat([local, directory, record, locator, end])), { files: ['wide 5'], skipped: [] });
});
