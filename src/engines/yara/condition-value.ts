import { everyKind, isForeignToText, type KindSet, kindBit, noKind } from './kinds.ts';

/** An expression, as far as it matters here. An expression without a value counts as false, so that `true` lies within `defined`. */
export interface Value {
  /** Kinds for which it may be true. */
  readonly true: KindSet;
  /** Kinds for which it may have a value. */
  readonly defined: KindSet;
  /** Kinds for which it is certainly true. */
  readonly surely: KindSet;
  readonly constant?: number;
  /** The bytes read, when it is `uint16(0)` and the like; the offset when it is constant. */
  readonly read?: { readonly size: number; readonly signed: boolean; readonly bigEndian: boolean; readonly offset: number | undefined };
  /** Kinds in which the pattern may be found, when it is a count of matches. */
  readonly count?: KindSet;
}

export const anything: Value = { true: everyKind, defined: everyKind, surely: noKind };

export function within(kinds: KindSet): Value {
  return { true: kinds, defined: everyKind, surely: noKind };
}

/** What a comparison proves. */
export function compare(left: Value, operator: string, right: Value): Value {
  const kinds = left.defined & right.defined;
  const [value, constant, turned] = right.constant === undefined ? [right, left.constant, true] : [left, right.constant, false];
  if (constant === undefined) return within(kinds);
  if (value.read !== undefined && (operator === '==' || operator === '!=')) return compareRead(value.read, operator, constant, kinds);
  const needsMatch = !turned && ((operator === '>' && constant >= 0) || ((operator === '>=' || operator === '==') && constant >= 1));
  return within(value.count !== undefined && needsMatch ? kinds & value.count : kinds);
}

function compareRead(read: NonNullable<Value['read']>, operator: '==' | '!=', constant: number, kinds: KindSet): Value {
  const bytes = bytesOf(read, constant);
  if (bytes === undefined) return within(kinds);
  const equal = kindsWith(read.offset, bytes);
  const certain = kindsThatHave(read.offset, bytes);
  return operator === '==' ? { true: kinds & equal, defined: everyKind, surely: certain } : within(kinds & ~certain);
}

// Undefined when no bytes give this number, and for numbers with the highest bit where that means a sign.
function bytesOf(read: NonNullable<Value['read']>, constant: number): number[] | undefined {
  const limit = 2 ** (8 * read.size - (read.signed ? 1 : 0));
  if (!Number.isInteger(constant) || constant < 0 || constant >= limit) return undefined;
  const bytes = Array.from({ length: read.size }, (_, index) => Math.floor(constant / 2 ** (8 * index)) % 256);
  return read.bigEndian ? bytes.reverse() : bytes;
}

const elfMagic = [0x7f, 0x45, 0x4c, 0x46] as const;
const peMagic = [0x4d, 0x5a] as const;

/** Kinds that can hold these bytes at the offset; undefined means anywhere. */
export function kindsWith(offset: number | undefined, bytes: readonly number[]): KindSet {
  let kinds: KindSet = everyKind;
  if (bytes.some(isForeignToText)) kinds &= ~kindBit.text;
  if (offset === undefined) return kinds;
  if (bytes.some((byte, index) => differs(elfMagic, offset + index, byte))) kinds &= ~kindBit.elf;
  if (bytes.some((byte, index) => differs(peMagic, offset + index, byte))) kinds &= ~kindBit.pe;
  if (offset === 0 && startsWith(bytes, peMagic)) kinds &= kindBit.pe;
  if (offset === 0 && startsWith(bytes, elfMagic)) kinds &= kindBit.elf;
  return kinds;
}

/** Kinds whose every content has these bytes at the offset. */
function kindsThatHave(offset: number | undefined, bytes: readonly number[]): KindSet {
  if (offset === undefined || bytes.length === 0) return noKind;
  const has = (magic: readonly number[]): boolean => bytes.every((byte, index) => magic[offset + index] === byte);
  return (has(elfMagic) ? kindBit.elf : noKind) | (has(peMagic) ? kindBit.pe : noKind);
}

function differs(magic: readonly number[], at: number, byte: number): boolean {
  return magic[at] !== undefined && magic[at] !== byte;
}

function startsWith(bytes: readonly number[], magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
