import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { formatOf } from './file-format.ts';
import { fileTypeOf } from './inspect/file-type.ts';

function format(bytes: Buffer): string {
  return formatOf(bytes, fileTypeOf(bytes));
}

function pe(magic: number): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.write('MZ');
  bytes.writeUInt32LE(128, 60);
  bytes.write('PE', 128);
  bytes.writeUInt16LE(magic, 128 + 24);
  return bytes;
}

test('programs are told by their width', () => {
  assert.equal(format(Buffer.from('7f454c4602', 'hex')), 'elf64');
  assert.equal(format(Buffer.from('7f454c4601', 'hex')), 'elf32');
  assert.deepEqual([format(pe(0x10b)), format(pe(0x20b))], ['pe32', 'pe32+']);
  const far = pe(0x20b);
  far.writeUInt32LE(0xfffffff0, 60);
  assert.deepEqual([format(far), format(Buffer.from('MZ..'))], ['mz', 'mz']);
});

test('archives, documents and images are told by their first bytes', () => {
  assert.equal(format(gzipSync('x')), 'gzip');
  assert.equal(format(Buffer.from('504b030400', 'hex')), 'zip');
  assert.equal(format(Buffer.from('!<arch>\ndebian-binary   ')), 'deb');
  assert.equal(format(Buffer.from('!<arch>\nx')), 'ar');
  assert.equal(format(Buffer.concat([Buffer.alloc(257, 'x'), Buffer.from('ustar\u000000')])), 'tar');
  assert.equal(format(Buffer.from('%PDF-1.7')), 'pdf');
  assert.equal(format(Buffer.from('ffd8ffe0', 'hex')), 'jpeg');
});

test('scripts are told by what runs them', () => {
  for (const [text, expected] of [
    ['#!/bin/bash\n', 'bash'],
    ['#!/usr/bin/env python3.12\n', 'python'],
    ['#!/usr/bin/env -S node --x\n', 'node'],
    ['#! /bin/sh -e', 'sh'],
    ['<?php echo 1;', 'php'],
    ['<%@ page import="java.io.*" %>', 'jsp'],
    ['<% ev' + 'al request("a") %>', 'asp'],
    ['#!', ''],
  ] as const)
    assert.equal(format(Buffer.from(text)), expected);
  assert.equal(format(Buffer.from('plain text')), '');
});
