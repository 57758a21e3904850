import { controlClass, holdsAny } from '#lib/byte-class.ts';

/**
 * The kinds of content that packs are split by. They exclude each other, and every content is of exactly one:
 * elf begins with 7f 45 4c 46; pe begins with 4d 5a; text is anything else that is not empty and has no byte of
 * `isForeignToText`; other is the rest, with the empty content.
 */
export const routingKinds = ['elf', 'pe', 'text', 'other'] as const;
export type RoutingKind = (typeof routingKinds)[number];

/** A set of routing kinds, one bit a kind in the order of `routingKinds`. */
export type KindSet = number;

export const kindBit = { elf: 1, pe: 2, text: 4, other: 8 } as const satisfies Record<RoutingKind, KindSet>;
export const everyKind: KindSet = 15;
export const noKind: KindSet = 0;

/** The members of a set, in the order of `routingKinds`. */
export function kindsOf(set: KindSet): RoutingKind[] {
  return routingKinds.filter((kind) => (set & kindBit[kind]) !== 0);
}

/** Whether a content that holds this byte anywhere cannot be of kind text: control characters but tab, line feed, form feed, carriage return and escape. */
export function isForeignToText(byte: number): boolean {
  return byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d && byte !== 0x1b);
}

/** Bytes with which every content of a kind begins. */
export const magicOf: Readonly<Record<RoutingKind, readonly number[]>> = { elf: [0x7f, 0x45, 0x4c, 0x46], pe: [0x4d, 0x5a], text: [], other: [] };

/** Whether every content of the kind has these bytes at the offset. */
export function beginsWith(kind: RoutingKind, bytes: readonly number[], offset: number): boolean {
  return bytes.every((byte, index) => magicOf[kind][offset + index] === byte);
}

/** The kind of a content. Reads little further than the first byte that is foreign to text. */
export function routeOf(bytes: Buffer): RoutingKind {
  const first = bytes[0];
  if (first === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46) return 'elf';
  if (first === 0x4d && bytes[1] === 0x5a) return 'pe';
  if (first === undefined) return 'other';
  return holdsAny(bytes, foreign) ? 'other' : 'text';
}

const foreign = controlClass(isForeignToText);
