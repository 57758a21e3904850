import type { FileType } from '#domain/file-entry.ts';

/** Bytes from the start of a content that are enough to tell its format. */
export const formatHead = 64 * 1024;

/**
 * The format of a content more exactly than its type: `zip`, `gzip`, `elf64`, `pe32+`, `php`, `sh`; '' when its first bytes tell no more.
 * Numbers from the formats' own specifications.
 */
export function formatOf(head: Buffer, fileType: FileType): string {
  switch (fileType) {
    case 'elf':
      return head[4] === 2 ? 'elf64' : 'elf32';
    case 'pe':
      return peFormat(head);
    case 'macho':
      return 'macho';
    case 'class':
      return 'class';
    case 'archive':
    case 'document':
    case 'image':
      return formatBySignature(head);
    case 'script':
      return scriptFormat(head);
    default:
      return '';
  }
}

const signatures: readonly (readonly [format: string, hex: string])[] = [
  ['zip', '504b0304'],
  ['zip', '504b0506'],
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['xz', 'fd377a58'],
  ['bzip2', '425a68'],
  ['rar', '52617221'],
  ['7z', '377abcaf'],
  ['deb', '213c617263683e0a64656269616e2d'],
  ['ar', '213c6172'],
  ['pdf', '25504446'],
  ['ole', 'd0cf11e0'],
  ['rtf', '7b5c7274'],
  ['png', '89504e47'],
  ['jpeg', 'ffd8ff'],
  ['gif', '47494638'],
];

function formatBySignature(head: Buffer): string {
  const hex = head.toString('hex', 0, 16);
  const found = signatures.find(([, signature]) => hex.startsWith(signature))?.[0];
  if (found !== undefined) return found;
  return head.toString('latin1', 257, 262) === 'ustar' ? 'tar' : '';
}

// A file that begins as a DOS program and has no PE header is one.
function peFormat(head: Buffer): string {
  const at = head.length >= 64 ? head.readUInt32LE(60) : 0;
  if (at === 0 || at + 26 > head.length || head.readUInt32BE(at) !== 0x50450000) return 'mz';
  return head.readUInt16LE(at + 24) === 0x20b ? 'pe32+' : 'pe32';
}

function scriptFormat(head: Buffer): string {
  const text = head.toString('latin1', 0, 512).trimStart();
  const start = text.toLowerCase();
  if (start.startsWith('<?php') || start.startsWith('<?=')) return 'php';
  if (start.startsWith('<%')) return start.includes('page import') || start.includes('java') ? 'jsp' : 'asp';
  const program = /^#!\s*(?:\S*\/env\s+(?:-S\s+)?)?(?:\S*\/)?([\w.+-]+)/.exec(text)?.[1] ?? '';
  return program
    .replace(/[\d.]+$/, '')
    .toLowerCase()
    .slice(0, 32);
}
