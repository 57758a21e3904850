/** Bytes of a tar header and of the unit every member is padded to. */
export const tarBlock = 512;

/** One tar header as stored; PAX and GNU extensions are separate members, applied by the reader. Texts are raw bytes as latin1. */
export interface TarHeader {
  /** Name with the ustar prefix put before it. */
  readonly name: string;
  /** Bytes of data stored after the header. Zero for links, directories and devices, whatever the header says. */
  readonly size: number;
  /** The size field itself, for readers that must know what the header claimed. */
  readonly statedSize: number;
  /** The type flag as one character; the NUL of old archives is '0'. */
  readonly type: string;
  readonly linkname: string;
  /** Permission bits, with set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970; 0 where the field cannot be read. */
  readonly mtime: number;
  readonly devmajor: number;
  readonly devminor: number;
  readonly dialect: 'v7' | 'ustar' | 'gnu';
}

const sizeless = new Set(['1', '2', '3', '4', '5', '6']);

/**
 * Reads one 512-byte header. Gives undefined for anything that is not a header: a wrong checksum, a size that is not a
 * number, is negative or is larger than 2^53 - 1. Other fields that cannot be read count as 0. Base-256 numbers are understood.
 */
export function parseTarHeader(block: Buffer, offset = 0): TarHeader | undefined {
  if (block.length < offset + tarBlock || !hasValidChecksum(block, offset)) return undefined;
  const size = readNumber(block, offset + 124, 12);
  if (size === undefined || size < 0) return undefined;
  const type = block[offset + 156] === 0 ? '0' : String.fromCharCode(block[offset + 156] ?? 0);
  const dialect = dialectOf(block, offset);
  return {
    name: nameOf(block, offset, dialect),
    size: hasData(type) ? size : 0,
    statedSize: size,
    type,
    linkname: readText(block, offset + 157, 100),
    mode: (readNumber(block, offset + 100, 8) ?? 0) & 0o7777,
    uid: readNumber(block, offset + 108, 8) ?? 0,
    gid: readNumber(block, offset + 116, 8) ?? 0,
    mtime: readNumber(block, offset + 136, 12) ?? 0,
    devmajor: dialect === 'v7' ? 0 : (readNumber(block, offset + 329, 8) ?? 0),
    devminor: dialect === 'v7' ? 0 : (readNumber(block, offset + 337, 8) ?? 0),
    dialect,
  };
}

/** Whether a block is all zeros, as the two that end an archive are. */
export function isZeroBlock(block: Buffer, offset = 0): boolean {
  for (let index = offset; index < offset + tarBlock; index++) if (block[index] !== 0) return false;
  return true;
}

/** Whether members of this type have data after the header; links, directories and devices have none, whatever size they claim. */
export function hasData(type: string): boolean {
  return !sizeless.has(type);
}

/** Bytes that a member's data takes with its padding. */
export function paddedSize(size: number): number {
  return Math.ceil(size / tarBlock) * tarBlock;
}

/**
 * The records of a PAX header, last one of a key wins, texts as raw bytes in latin1. Gives undefined when a record's length is
 * wrong, as everything after it would be guesswork.
 */
export function parsePaxRecords(data: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  let offset = 0;
  while (offset < data.length && data[offset] !== 0) {
    const space = data.indexOf(0x20, offset);
    // Lengths above 20 digits are no lengths; the bound keeps a long run of digits from being copied.
    if (space < 0 || space === offset || space - offset > 20) return undefined;
    const digits = data.toString('latin1', offset, space);
    const end = offset + Number(digits);
    if (!/^[0-9]+$/.test(digits) || end > data.length || end <= space + 1 || data[end - 1] !== 0x0a) return undefined;
    const equals = data.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) return undefined;
    records.set(data.toString('latin1', space + 1, equals), data.toString('latin1', equals + 1, end - 1));
    offset = end;
  }
  return records;
}

/** A whole, non-negative decimal number as PAX writes sizes; undefined for anything else. */
export function parsePaxSize(text: string): number | undefined {
  if (!/^[0-9]{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

function hasValidChecksum(block: Buffer, offset: number): boolean {
  const stated = readNumber(block, offset + 148, 8);
  if (stated === undefined) return false;
  let unsigned = 0;
  let signed = 0;
  for (let index = 0; index < tarBlock; index++) {
    const byte = index >= 148 && index < 156 ? 0x20 : (block[offset + index] ?? 0);
    unsigned += byte;
    // Some old writers summed signed characters.
    signed += byte > 127 ? byte - 256 : byte;
  }
  return stated === unsigned || stated === signed;
}

function dialectOf(block: Buffer, offset: number): TarHeader['dialect'] {
  const magic = block.toString('latin1', offset + 257, offset + 265);
  if (magic === 'ustar  \0') return 'gnu';
  return magic.startsWith('ustar') ? 'ustar' : 'v7';
}

function nameOf(block: Buffer, offset: number, dialect: TarHeader['dialect']): string {
  const name = readText(block, offset, 100);
  if (dialect !== 'ustar') return name;
  const prefix = readText(block, offset + 345, 155);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readText(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('latin1', start, end < 0 || end > start + length ? start + length : end);
}

/** Octal digits framed by spaces and NULs, or GNU's base-256 with the top bit of the first byte set. Empty fields are 0. */
function readNumber(block: Buffer, start: number, length: number): number | undefined {
  if (((block[start] ?? 0) & 0x80) !== 0) return readBase256(block, start, length);
  let index = start;
  const end = start + length;
  while (index < end && block[index] === 0x20) index++;
  let value = 0;
  for (; index < end; index++) {
    const digit = (block[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  for (; index < end; index++) if (block[index] !== 0 && block[index] !== 0x20) return undefined;
  return value;
}

function readBase256(block: Buffer, start: number, length: number): number | undefined {
  const negative = ((block[start] ?? 0) & 0x40) !== 0;
  let value = BigInt((block[start] ?? 0) & 0x3f);
  for (let index = start + 1; index < start + length; index++) value = (value << 8n) | BigInt(block[index] ?? 0);
  if (negative) value -= 1n << BigInt(8 * length - 2);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
