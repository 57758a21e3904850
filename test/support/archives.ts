import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { file, layerTar } from './tar-entries.ts';

/** Archives for tests, made in memory and the same on every run: good ones, and any bad one. Nothing is checked. */

export interface ZipFile {
  readonly path: string | Buffer;
  readonly bytes: Buffer;
  /** Stored, deflate (unless told), zstd, xz, or one that nobody unpacks. */
  readonly method?: number;
  readonly flags?: number;
  /** Overrides the sum that is stated. */
  readonly crc?: number;
  /** Overrides the size that is stated. */
  readonly size?: number;
  /** Overrides the data. */
  readonly packed?: Buffer;
  /** The name in the local header, where it shall be another one. */
  readonly localPath?: string;
  /** Left out of the central directory. */
  readonly isHidden?: boolean;
}

/** A zip. `offset`: how far its own count of bytes is moved. */
export function zipOf(files: readonly ZipFile[], more: { readonly comment?: string; readonly offset?: number } = {}): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = more.offset ?? 0;
  for (const one of files) {
    const packed = one.packed ?? packedBy(one.method ?? 8, one.bytes);
    const local = Buffer.concat([
      Buffer.from('504b0304', 'hex'),
      fieldsOf(one, packed, one.localPath ?? one.path),
      Buffer.from(one.localPath ?? one.path),
      packed,
    ]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    if (one.isHidden !== true) central.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fieldsOf(one, packed, one.path), tail, Buffer.from(one.path)]));
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...parts, directory, endRecord({ count: central.length, size: directory.length, offset, comment: more.comment ?? '' })]);
}

function fieldsOf({ flags = 0, method = 8, bytes, crc = crc32(bytes), size = bytes.length }: ZipFile, packed: Buffer, path: string | Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(flags, 2);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(Buffer.from(path).length, 22);
  return fields;
}

function packedBy(method: number, bytes: Buffer): Buffer {
  if (method === 8) return deflateRawSync(bytes);
  if (method === 93) return zstdCompressSync(bytes);
  return method === 95 ? xzOf(bytes) : bytes;
}

/** The record at the end of a zip. */
export function endRecord({
  count,
  size,
  offset,
  comment = '',
}: {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  readonly comment?: string;
}): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, 0xffff), 8);
  end.writeUInt16LE(Math.min(count, 0xffff), 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([end, Buffer.from(comment)]);
}

export interface Named {
  readonly path: string;
  readonly bytes: Buffer;
}

export function tarOf(files: readonly Named[]): Buffer {
  return layerTar(files.map(({ path, bytes }) => file(path, bytes)));
}

/** A Debian package of parts as they are given. */
export function arOf(parts: readonly Named[]): Buffer {
  const members = parts.flatMap(({ path, bytes }) => [
    Buffer.from(`${path.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(bytes.length).padEnd(10)}\`\n`),
    bytes,
    Buffer.alloc(bytes.length % 2, '\n'),
  ]);
  return Buffer.concat([Buffer.from('!<arch>\n'), ...members]);
}

/** A Debian package that installs the files. */
export function debOf(files: readonly Named[], scripts: readonly Named[] = []): Buffer {
  return arOf([
    { path: 'debian-binary', bytes: Buffer.from('2.0\n') },
    { path: 'control.tar.gz', bytes: gzipSync(tarOf([{ path: 'control', bytes: Buffer.from('Package: sample\n') }, ...scripts])) },
    { path: 'data.tar.xz', bytes: xzOf(tarOf(files)) },
  ]);
}

/** A package of Alpine: a signature, the control part and the data, each a tar without its end but the last, and each a gzip of its own. */
export function apkOf(files: readonly Named[]): Buffer {
  const part = (entries: readonly Named[], isLast: boolean): Buffer => gzipSync(isLast ? tarOf(entries) : tarOf(entries).subarray(0, -1024));
  const signature = { path: '.SIGN.RSA.sample.rsa.pub', bytes: Buffer.alloc(256, 7) };
  return Buffer.concat([part([signature], false), part([{ path: '.PKGINFO', bytes: Buffer.from('pkgname = sample\n') }], false), part(files, true)]);
}

/** A stream of xz whose one block holds the bytes as they are (LZMA2 chunks that are not packed). */
export function xzOf(bytes: Buffer): Buffer {
  const flags = Buffer.from([0, 1]);
  const header = Buffer.concat([Buffer.from('fd377a585a00', 'hex'), flags, sumOf(flags)]);
  // Size of the header in fours, one filter: LZMA2 with one byte of properties, a dictionary of 8 MiB.
  const blockHeader = Buffer.from([2, 0, 0x21, 1, 22, 0, 0, 0]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 0x10000) {
    const chunk = bytes.subarray(at, at + 0x10000);
    const head = Buffer.from([at === 0 ? 1 : 2, 0, 0]);
    head.writeUInt16BE(chunk.length - 1, 1);
    chunks.push(head, chunk);
  }
  const body = Buffer.concat([blockHeader, sumOf(blockHeader), ...chunks, Buffer.from([0])]);
  const unpadded = body.length + 4;
  const index = padded(Buffer.concat([Buffer.from([0, 1]), varint(unpadded), varint(bytes.length)]));
  const size = Buffer.alloc(4);
  size.writeUInt32LE((index.length + 4) / 4 - 1);
  const footer = Buffer.concat([size, flags]);
  return Buffer.concat([header, padded(body), sumOf(bytes), index, sumOf(index), sumOf(footer), footer, Buffer.from('YZ')]);
}

function sumOf(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(bytes));
  return sum;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function varint(value: number): Buffer {
  const digits: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...digits, rest]);
    digits.push((rest % 128) | 0x80);
  }
}
