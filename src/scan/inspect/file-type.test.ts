import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { layerTar } from '../../../test/support/images.ts';
import { fileTypeOf } from './file-type.ts';

const bytes = (...values: readonly number[]) => Buffer.from([...values, 0, 0, 0, 0, 0, 0, 0, 0]);

test('a content is what its first bytes say', () => {
  const samples = {
    elf: [Buffer.from('\u007fELF\u0002')],
    pe: [Buffer.from('MZ\u0090\u0000')],
    macho: [bytes(0xcf, 0xfa, 0xed, 0xfe), bytes(0xfe, 0xed, 0xfa, 0xce), bytes(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2)],
    class: [bytes(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52)],
    archive: [
      Buffer.from('PK\u0003\u0004x'),
      gzipSync('x'),
      zstdCompressSync('x'),
      Buffer.from('!<arch>\n'),
      Buffer.from('Rar!\u001a\u0007'),
      Buffer.from('BZh91AY'),
      layerTar([{ path: 'f', content: 'x' }]),
    ],
    document: [Buffer.from('%PDF-1.7'), Buffer.from('{\\rtf1'), bytes(0xd0, 0xcf, 0x11, 0xe0)],
    image: [bytes(0x89, 0x50, 0x4e, 0x47), bytes(0xff, 0xd8, 0xff, 0xe0), Buffer.from('GIF89a')],
    script: [Buffer.from('#!/bin/sh\n'), Buffer.from('  <?php echo 1;'), Buffer.from('\n<% x %>'), Buffer.from('<?= 1 ?>')],
    text: [Buffer.from('hello'), Buffer.from('grün\n'), Buffer.from('a')],
    empty: [Buffer.alloc(0)],
    other: [Buffer.from([1, 2, 3]), Buffer.alloc(600), Buffer.from('text\u0000')],
  };
  for (const [type, contents] of Object.entries(samples))
    for (const content of contents) assert.equal(fileTypeOf(content), type, content.subarray(0, 16).toString('hex'));
});

test('a content shorter than every magic number is read no further than it goes', () => {
  assert.equal(fileTypeOf(Buffer.from('M')), 'text');
  assert.equal(fileTypeOf(Buffer.from('#!')), 'script');
  assert.equal(fileTypeOf(Buffer.from([0xca, 0xfe, 0xba, 0xbe])), 'macho');
  assert.equal(fileTypeOf(Buffer.from([0x7f])), 'other');
});

test('of a content that is two things the first bytes count', () => {
  assert.equal(fileTypeOf(Buffer.from('\u007fELF....Rar!\u001a\u0007')), 'elf');
  assert.equal(fileTypeOf(Buffer.from('%PDF-1.4\n<?php system(1);')), 'document');
});
