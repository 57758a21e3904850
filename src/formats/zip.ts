import { crc32, inflateRawSync, zstdDecompressSync } from 'node:zlib';

/** A member of a zip, or why it could not be opened. */
export type ZipMember = { readonly path: string; readonly bytes: Buffer } | { readonly path: string; readonly skipped: string };

export interface ZipLimits {
  /** Entries of the central directory that are read. */
  readonly entries: number;
  /** Unpacked bytes that the next member may have; asked before each. */
  readonly room: () => number;
}

// APPNOTE 6.3.10, sections 4.3.7 to 4.3.16.
const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locator64Signature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endSize = 22;
const longestComment = 0xffff;

interface Entry {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * The files of a zip, as its central directory lists them, which is what programs that run them go by; what stands before the archive (a program that unpacks itself) is passed over. Directories
 * are left out. Entries whose data overlap, a way to make a small bomb, are given once.
 */
export function* readZip(bytes: Buffer, limits: ZipLimits): Generator<ZipMember> {
  const directory = findDirectory(bytes);
  if (directory === undefined) {
    yield { path: '', skipped: 'the zip has no central directory: it is cut off or damaged' };
    return;
  }
  const taken: (readonly [number, number])[] = [];
  let at = directory.start;
  for (let index = 0; index < directory.entries; index += 1) {
    if (index >= limits.entries) return void (yield { path: '', skipped: `the zip has more than ${limits.entries} entries` });
    const entry = readEntry(bytes, at, directory.shift);
    if (entry === undefined) return void (yield { path: '', skipped: 'the central directory of the zip is damaged' });
    at = entry.next;
    if (entry.path.endsWith('/')) continue;
    yield readMember(bytes, entry, { taken, room: limits.room() });
  }
}

// The end record is looked for from the end. Offsets count from the archive's own start, which need not be the file's.
function findDirectory(bytes: Buffer): { readonly start: number; readonly entries: number; readonly shift: number } | undefined {
  for (let at = bytes.length - endSize; at >= Math.max(0, bytes.length - endSize - longestComment); at -= 1) {
    if (bytes.readUInt32LE(at) !== endSignature) continue;
    let entries = bytes.readUInt16LE(at + 10);
    let size = bytes.readUInt32LE(at + 12);
    let offset = bytes.readUInt32LE(at + 16);
    let end = at;
    const end64 = at >= 20 && bytes.readUInt32LE(at - 20) === locator64Signature ? at - 20 - 56 : -1;
    if (end64 >= 0 && bytes.readUInt32LE(end64) === end64Signature) {
      entries = number64(bytes, end64 + 32);
      size = number64(bytes, end64 + 40);
      offset = number64(bytes, end64 + 48);
      end = end64;
    }
    const start = end - size;
    if (start >= 0 && start >= offset) return { start, entries, shift: start - offset };
  }
  return undefined;
}

function readEntry(bytes: Buffer, at: number, shift: number): (Entry & { readonly next: number }) | undefined {
  if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== centralSignature) return undefined;
  const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
  if (extraEnd > bytes.length) return undefined;
  const wide = wideNumbers(bytes.subarray(nameEnd, extraEnd));
  const take = (value: number): number => (value === 0xffffffff ? (wide.shift() ?? value) : value);
  const size = take(bytes.readUInt32LE(at + 24));
  const packed = take(bytes.readUInt32LE(at + 20));
  const offset = take(bytes.readUInt32LE(at + 42));
  return {
    path: bytes.toString('utf8', at + 46, nameEnd),
    flags: bytes.readUInt16LE(at + 8),
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    packed,
    size,
    offset: offset + shift,
    next: extraEnd + bytes.readUInt16LE(at + 32),
  };
}

// The 64-bit sizes and offset of the ZIP64 extra field, in the order in which they stand.
function wideNumbers(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    const numbers: number[] = [];
    for (let place = at + 4; place + 8 <= end; place += 8) numbers.push(number64(extra, place));
    return numbers;
  }
  return [];
}

function number64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

function readMember(bytes: Buffer, entry: Entry, { taken, room }: { readonly taken: (readonly [number, number])[]; readonly room: number }): ZipMember {
  const { path, offset, packed } = entry;
  const skip = (skipped: string): ZipMember => ({ path, skipped });
  if ((entry.flags & 1) !== 0) return skip('it is encrypted');
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== localSignature)
    return skip('its header is damaged');
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  const end = start + packed;
  if (!Number.isSafeInteger(end) || end > bytes.length) return skip('it is cut off');
  if (packed > 0 && taken.some(([from, to]) => start < to && from < end)) return skip('its data lie in those of another entry');
  if (packed > 0) taken.push([start, end]);
  if (entry.size > room) return skip('it is over the limit of unpacked bytes');
  const content = unpack(bytes.subarray(start, end), entry.method, room);
  if (typeof content === 'string') return skip(content);
  return crc32(content) === entry.crc ? { path, bytes: content } : skip('its checksum does not match');
}

const methods = { stored: 0, deflate: 8, zstd: 93 } as const;

function unpack(packed: Buffer, method: number, room: number): Buffer | string {
  const options = { maxOutputLength: Math.max(1, room) };
  try {
    if (method === methods.stored) return packed;
    if (method === methods.deflate) return inflateRawSync(packed, options);
    if (method === methods.zstd) return zstdDecompressSync(packed, options);
    return `its packing method ${method} is not known`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'it is over the limit of unpacked bytes' : 'it is damaged';
  }
}
