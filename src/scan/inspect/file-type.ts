import type { FileType } from '#domain/file-entry.ts';
import { controlClass, holdsAny } from '#lib/byte-class.ts';

/** What a content is by its bytes. */
export function fileTypeOf(bytes: Buffer): FileType {
  if (bytes.length === 0) return 'empty';
  if (bytes.length >= 4) {
    const magic = bytes.readUInt32BE(0);
    const known = magics.get(magic) ?? magics.get((magic & 0xffffff00) >>> 0) ?? magics.get((magic & 0xffff0000) >>> 0);
    if (known !== undefined) return known;
    if (magic === 0xcafebabe) return bytes.length >= 8 && bytes.readUInt16BE(6) >= 45 ? 'class' : 'macho';
    if (bytes.length > 262 && bytes.toString('latin1', 257, 262) === 'ustar') return 'archive';
  }
  if (bytes[0] === 0x23 && bytes[1] === 0x21) return 'script';
  return isText(bytes) ? textTypeOf(bytes) : 'other';
}

// First four bytes, or fewer followed by zeros in the mask. Numbers from the formats' own specifications.
const magics: ReadonlyMap<number, FileType> = new Map<number, FileType>([
  [0x7f454c46, 'elf'],
  [0x4d5a0000, 'pe'],
  [0xfeedface, 'macho'],
  [0xfeedfacf, 'macho'],
  [0xcefaedfe, 'macho'],
  [0xcffaedfe, 'macho'],
  [0x504b0304, 'archive'],
  [0x504b0506, 'archive'],
  [0x1f8b0000, 'archive'],
  [0x28b52ffd, 'archive'],
  [0xfd377a58, 'archive'],
  [0x425a6800, 'archive'],
  [0x52617221, 'archive'],
  [0x377abcaf, 'archive'],
  [0x213c6172, 'archive'],
  [0x25504446, 'document'],
  [0xd0cf11e0, 'document'],
  [0x7b5c7274, 'document'],
  [0x89504e47, 'image'],
  [0xffd8ff00, 'image'],
  [0x47494638, 'image'],
]);

/** A quarter of a MiB tells text from binary; a content that turns binary only later is rare and its type is only shown. */
const textProbe = 256 * 1024;

const notText = controlClass((byte) => byte < 0x09 || byte === 0x7f || (byte > 0x0d && byte < 0x20 && byte !== 0x1b));

function isText(bytes: Buffer): boolean {
  return !holdsAny(bytes, notText, textProbe);
}

// Server pages have no interpreter line.
function textTypeOf(bytes: Buffer): FileType {
  const head = bytes.toString('latin1', 0, 512).trimStart().toLowerCase();
  return head.startsWith('<?php') || head.startsWith('<%') || head.startsWith('<?=') ? 'script' : 'text';
}
