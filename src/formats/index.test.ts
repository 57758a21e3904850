import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { arOf, tarOf, xzOf, zipOf } from '../../test/support/archives.ts';
import { findTool, requireTool } from '../../test/support/tools.ts';
import { bzip2, unbzip2 } from './bzip2.ts';
import { noise, testFormat } from './contract.ts';
import { deb } from './deb.ts';
import { bytesSource } from './format.ts';
import { gzip } from './gzip.ts';
import { formats, recognise } from './index.ts';
import { tar } from './tar-archive.ts';
import { xz } from './xz.ts';
import { zip } from './zip.ts';
import { zstd } from './zstd.ts';

// What it is, is told by the name of the first member.
testFormat({ format: deb, make: arOf, isStream: false, names: ['debian-binary', 'control.tar', 'data.tar', '_gpgorigin'] });
testFormat({ format: tar, make: tarOf, isStream: false });
testFormat({ format: zip, make: zipOf, isStream: false });
testFormat({ format: gzip, make: ([one]) => gzipSync(one?.bytes ?? Buffer.alloc(0)), isStream: true });
testFormat({ format: zstd, make: ([one]) => zstdCompressSync(one?.bytes ?? Buffer.alloc(0)), isStream: true });
testFormat({ format: xz, make: ([one]) => xzOf(one?.bytes ?? Buffer.alloc(0)), isStream: true });

const packsBzip2 = findTool('bzip2') !== undefined;
if (packsBzip2)
  testFormat({
    format: bzip2,
    make: ([one]) => execFileSync('bzip2', ['-c'], { input: one?.bytes ?? Buffer.alloc(0), maxBuffer: 1e8 }),
    isStream: true,
  });

test('bzip2 gives what another program has packed, however it was', (t) => {
  if (!requireTool(t, 'bzip2')) return;
  const runs = [4, 5, 258, 259, 260, 600].map((length, at) => Buffer.alloc(length, 65 + (at % 2)));
  const bodies = [
    Buffer.alloc(0),
    Buffer.from('a'),
    Buffer.concat(runs),
    Buffer.alloc(3_000_000),
    noise(300_000, 1),
    Buffer.from('some words '.repeat(90_000)),
  ];
  for (const body of bodies)
    for (const level of ['-1', '-9']) {
      const packed = execFileSync('bzip2', ['-c', level], { input: body, maxBuffer: 1e8 });
      const pieces = [...unbzip2([packed.subarray(0, 7), packed.subarray(7), packed])].map((piece) => Buffer.from(piece));
      assert.ok(Buffer.concat(pieces).equals(Buffer.concat([body, body])), `${body.length} bytes, ${level}`);
    }
});

test('the suite runs for every kind that is opened', () => {
  const opened = formats.filter(({ open }) => open !== undefined).map(({ name }) => name);
  assert.deepEqual(opened, ['gzip', 'xz', 'zstd', 'deb', 'bzip2', 'tar', 'zip']);
});

const telling: readonly (readonly [string, Buffer, string | undefined])[] = [
  ['7-Zip', Buffer.from('377abcaf271c0004', 'hex'), '7z'],
  ['RAR 4', Buffer.from('526172211a0700cf', 'hex'), 'rar'],
  ['RAR 5', Buffer.from('526172211a070100', 'hex'), 'rar'],
  ['bzip2', Buffer.concat([Buffer.from('BZh9'), Buffer.from('314159265359', 'hex')]), 'bzip2'],
  ['an empty zip', zipOf([]), 'zip'],
  ['a zip behind a script', Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), zipOf([{ path: 'a', bytes: Buffer.from('a') }])]), 'zip'],
  ['a zip with a long comment', zipOf([{ path: 'a', bytes: Buffer.from('a') }], { comment: 'c'.repeat(65_535) }), 'zip'],
  ['zstd behind a skippable frame', Buffer.concat([Buffer.from('5e2a4d180400000000000000', 'hex'), zstdCompressSync('a')]), 'zstd'],
  ['a skippable frame alone', Buffer.from('5e2a4d180400000000000000', 'hex'), undefined],
  ['a text that speaks of BZh9', Buffer.from('BZh9 is how it begins'), undefined],
  ['a static library', arOf([{ path: 'a.o/', bytes: Buffer.from('x') }]), undefined],
  ['an end record in a text', Buffer.concat([Buffer.from('text PK\u0005\u0006'), Buffer.alloc(30, 'x')]), undefined],
  ['zeros', Buffer.alloc(2000), undefined],
  ['nothing', Buffer.alloc(0), undefined],
  ['three bytes', Buffer.from('1f8b08', 'hex'), undefined],
  ['text', Buffer.from('text '.repeat(300)), undefined],
];
for (const [what, bytes, name] of telling) test(`${what} is ${name ?? 'no archive'}`, () => assert.equal(recognise(bytesSource(bytes))?.name, name));
