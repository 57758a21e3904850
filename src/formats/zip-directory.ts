import type { ByteSource } from './format.ts';

// Records of a zip (APPNOTE 6.3.10, sections 4.3.7 to 4.3.16). Numbers are little-endian.
const end64Signature = 0x06064b50;
const locator64Signature = 0x07064b50;
const centralSignature = 0x02014b50;
export const localSignature = 0x04034b50;
const endSize = 22;
const end64Size = 56;
const locator64Size = 20;
const centralSize = 46;
export const localSize = 30;
const longestComment = 0xffff;
/** The value that says that the number stands in the ZIP64 extra field. */
const wide = 0xffffffff;

/** A member, as a record of either kind tells it. */
export interface ZipEntry {
  /** Bytes of the name, one character per byte. */
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where in the file its local header begins. */
  readonly offset: number;
}

export interface ZipDirectory {
  readonly start: number;
  readonly end: number;
  /** Where in the file the archive's own count of bytes begins: after a program that unpacks itself, for instance. */
  readonly shift: number;
}

const nothing: readonly ZipDirectory[] = [];

/**
 * The central directory, which is what programs that read a zip go by; undefined without one. It is looked for from the end, and counts only
 * where an entry stands at its start.
 */
export function findDirectory(source: ByteSource): ZipDirectory | undefined {
  const tailSize = Math.min(source.size, endSize + longestComment);
  if (tailSize < endSize) return undefined;
  const tail = Buffer.from(source.read(source.size - tailSize, tailSize));
  const from = source.size - tail.length;
  for (
    let at = tail.lastIndexOf('PK\x05\x06', tail.length - endSize, 'latin1');
    at >= 0;
    at = at === 0 ? -1 : tail.lastIndexOf('PK\x05\x06', at - 1, 'latin1')
  ) {
    const found = [...wideDirectories(source, from + at), ...plainDirectory(tail, at, from)].find((one) => isDirectory(source, one));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether an end record stands in the last bytes: a cheap look that contents which are no zip do not pass. */
export function endsAsZip(source: ByteSource): boolean {
  if (source.size < endSize) return false;
  const size = Math.min(source.size, endSize + longestComment);
  return source.read(source.size - size, size).includes('PK\x05\x06', 0, 'latin1');
}

function plainDirectory(tail: Buffer, at: number, from: number): readonly ZipDirectory[] {
  const start = from + at - tail.readUInt32LE(at + 12);
  const shift = start - tail.readUInt32LE(at + 16);
  return start >= 0 && shift >= 0 ? [{ start, end: from + at, shift }] : nothing;
}

// The record stands before its locator; where something stands between, the locator tells where.
function wideDirectories(source: ByteSource, end: number): readonly ZipDirectory[] {
  const locator = Buffer.from(source.read(Math.max(0, end - locator64Size), locator64Size));
  if (end < locator64Size + end64Size || locator.length < locator64Size || locator.readUInt32LE(0) !== locator64Signature) return nothing;
  return [end - locator64Size - end64Size, number64(locator, 8)].flatMap((at) => {
    const record = at >= 0 && at + end64Size <= source.size ? Buffer.from(source.read(at, end64Size)) : Buffer.alloc(0);
    if (record.length < end64Size || record.readUInt32LE(0) !== end64Signature) return [];
    const start = at - number64(record, 40);
    const shift = start - number64(record, 48);
    return start >= 0 && shift >= 0 ? [{ start, end: at, shift }] : [];
  });
}

function isDirectory(source: ByteSource, { start, end }: ZipDirectory): boolean {
  if (start === end) return true;
  const head = source.read(start, 4);
  return head.length === 4 && head.readUInt32LE(0) === centralSignature;
}

/** The entries of a central directory, then undefined where it is damaged. Their number is what stands there, whatever the end record says. */
export function* readDirectory(source: ByteSource, { start, end, shift }: ZipDirectory): Generator<ZipEntry | undefined> {
  let window = Buffer.alloc(0);
  let from = start;
  for (let at = start; at < end; ) {
    if (at + mostOfEntry > from + window.length && from + window.length < end) {
      window = Buffer.from(source.read(at, Math.min(windowBytes, end - at)));
      from = at;
    }
    const read = readEntry(window, at - from);
    if (read === undefined) return void (yield undefined);
    yield { ...read.entry, offset: read.entry.offset + shift };
    at = from + read.next;
  }
}

const windowBytes = 512 * 1024;
/** The longest entry: name, extra field and comment have 16-bit lengths. */
const mostOfEntry = centralSize + 3 * 0xffff;

function readEntry(bytes: Buffer, at: number): { readonly entry: ZipEntry; readonly next: number } | undefined {
  if (at + centralSize > bytes.length || bytes.readUInt32LE(at) !== centralSignature) return undefined;
  const nameEnd = at + centralSize + bytes.readUInt16LE(at + 28);
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
  if (extraEnd > bytes.length) return undefined;
  const numbers = wideNumbers(bytes.subarray(nameEnd, extraEnd));
  const take = (value: number): number => (value === wide ? (numbers.shift() ?? value) : value);
  const size = take(bytes.readUInt32LE(at + 24));
  const packed = take(bytes.readUInt32LE(at + 20));
  const offset = take(bytes.readUInt32LE(at + 42));
  const path = bytes.toString('latin1', at + centralSize, nameEnd);
  const entry = { path, flags: bytes.readUInt16LE(at + 8), method: bytes.readUInt16LE(at + 10), crc: bytes.readUInt32LE(at + 16), packed, size, offset };
  return { entry, next: extraEnd + bytes.readUInt16LE(at + 32) };
}

/** The local header at a place, and where the data behind it begins; undefined where there is none. */
export function readLocal(source: ByteSource, offset: number): { readonly entry: ZipEntry; readonly start: number } | undefined {
  if (!Number.isSafeInteger(offset) || offset < 0) return undefined;
  const fixed = source.read(offset, localSize);
  if (fixed.length < localSize || fixed.readUInt32LE(0) !== localSignature) return undefined;
  const head = Buffer.from(fixed);
  const nameLength = head.readUInt16LE(26);
  const start = offset + localSize + nameLength + head.readUInt16LE(28);
  const rest = Buffer.from(source.read(offset + localSize, start - offset - localSize));
  const numbers = wideNumbers(rest.subarray(nameLength));
  const take = (value: number): number => (value === wide ? (numbers.shift() ?? value) : value);
  const size = take(head.readUInt32LE(22));
  const packed = take(head.readUInt32LE(18));
  const path = rest.toString('latin1', 0, nameLength);
  return { entry: { path, flags: head.readUInt16LE(6), method: head.readUInt16LE(8), crc: head.readUInt32LE(14), packed, size, offset }, start };
}

// The 64-bit numbers of the ZIP64 extra field, in the order in which they stand.
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
