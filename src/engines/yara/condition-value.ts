import type { ExternalVariable } from './backend.ts';
import { allOf, anyOf, type Gate, ofKinds } from './gate.ts';
import { beginsWith, everyKind, isForeignToText, type KindSet, kindBit, magicOf, noKind } from './kinds.ts';
import { isComparison, type NumberTree } from './number-tree.ts';

/** An expression, as far as it matters here. An expression without a value counts as false, so that `true` lies within `defined`. */
export interface Value {
  /** Kinds for which it may be true. */
  readonly true: KindSet;
  /** Kinds for which it may have a value. */
  readonly defined: KindSet;
  /** Kinds for which it is certainly true. */
  readonly surely: KindSet;
  /** What must hold for it to be true, and to have a value, besides the kind. */
  readonly gate: Gate;
  readonly definedGate: Gate;
  readonly constant?: number;
  /** How it is computed, where it is a number computed from the content's bytes and size alone. */
  readonly number?: NumberTree;
  /** The bytes read, when it is `uint16(0)` and the like; the offset when it is constant. */
  readonly read?: { readonly size: number; readonly signed: boolean; readonly bigEndian: boolean; readonly offset: number | undefined };
  /** Where the pattern may be found, when it is a count of matches. */
  readonly count?: { readonly kinds: KindSet; readonly gate: Gate };
  /** True when it is the size of the content. */
  readonly isSize?: boolean;
  /** The external variable that it is. */
  readonly variable?: ExternalVariable;
  /** Texts of which each text that this one equals, or matches, holds one; in lower case. */
  readonly texts?: readonly string[];
}

export const anything: Value = { true: everyKind, defined: everyKind, surely: noKind, gate: true, definedGate: true };

/** Something that always has a value, true at most for some kinds and where a gate is open. */
export function within(kinds: KindSet, gate: Gate = true): Value {
  return { ...anything, true: kinds, gate };
}

/** A number without further facts, that is there at most for some kinds and where a gate is open. */
export function numberWithin(kinds: KindSet, gate: Gate = true): Value {
  return { true: kinds, defined: kinds, surely: noKind, gate, definedGate: gate };
}

export function withNumber(value: Value, number: NumberTree | undefined): Value {
  return number === undefined ? value : { ...value, number };
}

/** All that must hold for a value to be true. */
export function gateOf(value: Value): Gate {
  return allOf([ofKinds(value.true), value.gate]);
}

/** What a comparison proves. */
export function compare(left: Value, operator: string, right: Value): Value {
  const both = within(
    left.defined & right.defined,
    allOf([left.definedGate, right.definedGate, variableGate(left, operator, right), countGate(left, operator, right), numberGate(left, operator, right)]),
  );
  const [value, constant, isTurned] = right.constant === undefined ? [right, left.constant, true] : [left, right.constant, false];
  if (constant === undefined) return both;
  const test = isTurned ? (turned[operator] ?? operator) : operator;
  if (value.read !== undefined && (test === '==' || test === '!=')) return compareRead(value.read, test, constant, both);
  if (value.isSize === true) return { ...both, gate: allOf([both.gate, sizeGate(test, constant)]) };
  const needsMatch = (test === '>' && constant >= 0) || ((test === '>=' || test === '==') && constant >= 1);
  if (value.count === undefined || !needsMatch) return both;
  return within(both.true & value.count.kinds, allOf([both.gate, value.count.gate]));
}

function variableGate(left: Value, operator: string, right: Value): Gate {
  if (left.variable === undefined || right.texts === undefined || !holding.has(operator)) return true;
  const { variable } = left;
  return anyOf(right.texts.map((holds) => ({ variable, holds })));
}

// What gates of other forms say, or hardly ever closes, is left to these.
function numberGate(left: Value, operator: string, right: Value): Gate {
  if (left.number === undefined || right.number === undefined || !isComparison(operator)) return true;
  const isSimple = left.constant !== undefined || right.constant !== undefined;
  const [side] = left.constant === undefined ? [left] : [right];
  const isRead = side.read?.offset !== undefined && (operator === '==' || operator === '!=');
  if (isSimple && (isRead || side.isSize === true || side.constant !== undefined)) return true;
  return { compare: operator, left: left.number, right: right.number };
}

/** Comparisons that hold only where the left text has the right one in it. */
const holding: ReadonlySet<string> = new Set('== iequals contains icontains startswith istartswith endswith iendswith matches'.split(' '));

// What is more than a count, or than a size, is not nothing.
function countGate(left: Value, operator: string, right: Value): Gate {
  const [more, less] = operator === '<' ? [right, left] : [left, right];
  if ((operator !== '<' && operator !== '>') || more.count === undefined) return true;
  return less.count !== undefined || less.isSize === true ? more.count.gate : true;
}

const turned: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function sizeGate(operator: string, size: number): Gate {
  if (operator === '==') return { from: size, to: size };
  if (operator === '<') return { from: 0, to: Math.ceil(size) - 1 };
  if (operator === '<=') return { from: 0, to: Math.floor(size) };
  if (operator === '>') return { from: Math.floor(size) + 1, to: Number.MAX_SAFE_INTEGER };
  return operator === '>=' ? { from: Math.ceil(size), to: Number.MAX_SAFE_INTEGER } : true;
}

function compareRead(read: NonNullable<Value['read']>, operator: '==' | '!=', constant: number, both: Value): Value {
  const bytes = bytesOf(read, constant);
  if (bytes === undefined) return both;
  const certain = kindsThatHave(read.offset, bytes);
  if (operator === '!=') return within(both.true & ~certain, both.gate);
  const gate: Gate = read.offset === undefined ? true : { bytes, at: read.offset };
  return { ...within(both.true & kindsWith(read.offset, bytes), allOf([both.gate, gate])), surely: certain };
}

// Undefined when no bytes give this number, and for numbers with the highest bit where that means a sign.
function bytesOf(read: NonNullable<Value['read']>, constant: number): number[] | undefined {
  const limit = 2 ** (8 * read.size - (read.signed ? 1 : 0));
  if (!Number.isInteger(constant) || constant < 0 || constant >= limit) return undefined;
  const bytes = Array.from({ length: read.size }, (_, index) => Math.floor(constant / 2 ** (8 * index)) % 256);
  return read.bigEndian ? bytes.reverse() : bytes;
}

/** Kinds that can hold these bytes at the offset; undefined means anywhere. */
export function kindsWith(offset: number | undefined, bytes: readonly number[]): KindSet {
  let kinds: KindSet = everyKind;
  if (bytes.some(isForeignToText)) kinds &= ~kindBit.text;
  if (offset === undefined) return kinds;
  if (bytes.some((byte, index) => differs(magicOf.elf, offset + index, byte))) kinds &= ~kindBit.elf;
  if (bytes.some((byte, index) => differs(magicOf.pe, offset + index, byte))) kinds &= ~kindBit.pe;
  if (offset === 0 && startsWith(bytes, magicOf.pe)) kinds &= kindBit.pe;
  if (offset === 0 && startsWith(bytes, magicOf.elf)) kinds &= kindBit.elf;
  return kinds;
}

/** Kinds whose every content has these bytes at the offset. */
function kindsThatHave(offset: number | undefined, bytes: readonly number[]): KindSet {
  if (offset === undefined || bytes.length === 0) return noKind;
  return (beginsWith('elf', bytes, offset) ? kindBit.elf : noKind) | (beginsWith('pe', bytes, offset) ? kindBit.pe : noKind);
}

function differs(magic: readonly number[], at: number, byte: number): boolean {
  return magic[at] !== undefined && magic[at] !== byte;
}

function startsWith(bytes: readonly number[], magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
