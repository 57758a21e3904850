import { createHash } from 'node:crypto';
import { type RuleSample, whole } from './piece.ts';

export interface ElfShape {
  /** ELF type: 1 relocatable, 2 executable (default), 3 shared. */
  readonly type?: 1 | 2 | 3;
  /** Strings of the data part, each ended by a zero byte; `¦` marks are removed. */
  readonly strings?: readonly string[];
  /** Raw bytes after the strings. */
  readonly bytes?: Buffer;
  /** Flags of segments that load the whole file: 7 is readable, writable and executable. */
  readonly segments?: readonly number[];
  /** Dynamic symbols, which bring section headers with them. */
  readonly symbols?: readonly { readonly name: string; readonly defined: boolean }[];
  /** Section headers without symbols. */
  readonly sections?: boolean;
}

const headerBytes = 64;
const segmentBytes = 56;
const sectionBytes = 64;
const symbolBytes = 24;

/**
 * A little-endian 64-bit ELF file that no kernel starts: its machine and entry point are zero. It has no section headers
 * unless asked for. Layout: header, segments, strings, bytes, then symbols and section headers.
 */
export function elf(shape: ElfShape): Buffer {
  const flags = shape.segments ?? [];
  const data = Buffer.concat([...(shape.strings ?? []).map((text) => Buffer.from(`${whole(text)}\0`, 'latin1')), shape.bytes ?? Buffer.alloc(0)]);
  const dataEnd = headerBytes + flags.length * segmentBytes + data.length;
  const tail = sectionTail(shape, dataEnd);
  const size = dataEnd + tail.bytes.length;
  return Buffer.concat([header(shape.type ?? 2, flags.length, tail), ...flags.map((flag) => segment(flag, size)), data, tail.bytes]);
}

/** A pair of ELF files. */
export function elfPair(rule: string, path: string, positive: ElfShape, nearMiss: ElfShape): RuleSample {
  return { rule, path, positive: () => elf(positive), nearMiss: () => elf(nearMiss) };
}

/** Bytes that look random (entropy near 8) and are the same on every call. */
export function noise(length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) => createHash('sha256').update(`noise ${index}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

interface Tail {
  readonly bytes: Buffer;
  /** File offset of the section headers, 0 for none. */
  readonly offset: number;
  readonly count: number;
}

function header(type: number, segments: number, tail: Tail): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(segments > 0 ? headerBytes : 0), 32);
  bytes.writeBigUInt64LE(BigInt(tail.offset), 40);
  bytes.writeUInt16LE(headerBytes, 52);
  bytes.writeUInt16LE(segmentBytes, 54);
  bytes.writeUInt16LE(segments, 56);
  bytes.writeUInt16LE(sectionBytes, 58);
  bytes.writeUInt16LE(tail.count, 60);
  return bytes;
}

function segment(flags: number, size: number): Buffer {
  const bytes = Buffer.alloc(segmentBytes);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE(flags, 4);
  bytes.writeBigUInt64LE(0x400000n, 16);
  bytes.writeBigUInt64LE(BigInt(size), 32);
  bytes.writeBigUInt64LE(BigInt(size), 40);
  return bytes;
}

// Sections: the empty first one, the symbols (kind 11), their names (kind 3).
function sectionTail(shape: ElfShape, start: number): Tail {
  if (shape.symbols === undefined && shape.sections !== true) return { bytes: Buffer.alloc(0), offset: 0, count: 0 };
  const symbols = shape.symbols ?? [];
  const names = Buffer.from(`\0${symbols.map(({ name }) => `${name}\0`).join('')}`, 'latin1');
  const table = Buffer.alloc((symbols.length + 1) * symbolBytes);
  let nameOffset = 1;
  symbols.forEach(({ name, defined }, index) => {
    const at = (index + 1) * symbolBytes;
    table.writeUInt32LE(nameOffset, at);
    table.writeUInt8(0x12, at + 4);
    table.writeUInt16LE(defined ? 1 : 0, at + 6);
    nameOffset += name.length + 1;
  });
  const namesStart = start + table.length;
  const sections = [section(0, 0, 0), section(11, start, table.length, { link: 2, entry: symbolBytes }), section(3, namesStart, names.length)];
  return { bytes: Buffer.concat([table, names, ...sections]), offset: namesStart + names.length, count: sections.length };
}

function section(kind: number, offset: number, size: number, extra = { link: 0, entry: 0 }): Buffer {
  const bytes = Buffer.alloc(sectionBytes);
  bytes.writeUInt32LE(kind, 4);
  bytes.writeBigUInt64LE(BigInt(offset), 24);
  bytes.writeBigUInt64LE(BigInt(size), 32);
  bytes.writeUInt32LE(extra.link, 40);
  bytes.writeUInt32LE(kind === 11 ? 1 : 0, 44);
  bytes.writeBigUInt64LE(1n, 48);
  bytes.writeBigUInt64LE(BigInt(extra.entry), 56);
  return bytes;
}
