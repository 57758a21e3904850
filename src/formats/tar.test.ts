import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import type { FileEntry } from '#domain/file-entry.ts';
import { gnuSparse, layerTar, paxSparse, type TarEntry } from '../../test/support/images.ts';
import { TarReader, type TarSink } from './tar.ts';

interface Member {
  readonly entry: FileEntry;
  readonly ordinal: number;
  body: Buffer;
}

class Collector implements TarSink {
  readonly members: Member[] = [];
  readonly problems: string[] = [];
  wants = true;
  keeps = true;
  hasEnded = false;

  member(entry: FileEntry, ordinal: number): boolean {
    this.members.push({ entry, ordinal, body: Buffer.alloc(0) });
    return this.wants;
  }

  whole(bytes: Buffer): void {
    this.last().body = Buffer.from(bytes);
  }

  body(bytes: Buffer): void {
    if (this.keeps) this.last().body = Buffer.concat([this.last().body, bytes]);
  }

  bodyEnd(): void {
    this.hasEnded = true;
  }

  isFull(): boolean {
    return false;
  }

  problem(name: string, reason: string): void {
    this.problems.push(`${name}: ${reason}`);
  }

  last(): Member {
    return this.members.at(-1) as Member;
  }

  paths(): string[] {
    return this.members.map((member) => member.entry.path);
  }
}

const limits = { pathBytes: 4096, headerBytes: 1024 * 1024 };

function read(tar: Buffer, chunkSize = tar.length || 1): Collector {
  const sink = new Collector();
  const reader = new TarReader(sink, limits);
  for (let at = 0; at < tar.length; at += chunkSize) {
    for (let rest = tar.subarray(at, at + chunkSize); rest.length > 0 || reader.isBehind; ) rest = rest.subarray(reader.write(rest));
  }
  reader.end();
  return sink;
}

test('members come out the same however the tar is cut into chunks', () => {
  const tar = layerTar([
    { path: 'etc/', kind: 'directory' },
    { path: 'etc/passwd', content: 'x'.repeat(1300) },
    { path: 'etc/empty', content: '' },
    { path: `long/${'n'.repeat(300)}`, content: 'long', longNames: 'pax' },
    { path: `gnu/${'m'.repeat(300)}`, content: 'gnu', longNames: 'gnu' },
    { path: 'etc/link', kind: 'hardlink', link: 'etc/passwd' },
    { path: 'etc/soft', kind: 'symlink', link: '../passwd' },
  ]);
  const expected = read(tar).members;
  assert.equal(expected.length, 7);
  for (const size of [1, 7, 511, 512, 513, 1000]) assert.deepEqual(read(tar, size).members, expected, `chunks of ${size}`);
});

test('absolute names and names that climb stay below the root', () => {
  const sink = read(
    layerTar([
      { path: '/etc/a', content: '1' },
      { path: '../../b', content: '2' },
      { path: './c/./d//e', content: '3' },
      { path: 'x/../../y', content: '4' },
    ]),
  );
  assert.deepEqual(sink.paths(), ['etc/a', 'b', 'c/d/e', 'y']);
});

test('names with any byte survive as one character per byte', () => {
  const name = Buffer.from([0x61, 0xff, 0x80, 0x2f, 0xc3, 0xa4]);
  assert.deepEqual(read(layerTar([{ path: name, content: 'x' }])).paths(), ['a\xff\x80/\xc3\xa4']);
});

test('whiteouts and opaque markers are told from files', () => {
  const sink = read(
    layerTar([
      { path: 'a/.wh.b', content: '' },
      { path: 'a/.wh..wh..opq', content: '' },
      { path: 'a/.whb', content: '' },
    ]),
  );
  assert.deepEqual(
    sink.members.map((member) => member.entry.kind),
    ['whiteout', 'opaque', 'file'],
  );
});

test('links, devices and directories have no body whatever PAX says', () => {
  const sink = read(
    layerTar([
      { path: 'l', kind: 'symlink', link: 'x', pax: { size: '4096' } },
      { path: 'f', content: 'body' },
    ]),
  );
  assert.deepEqual(sink.paths(), ['l', 'f']);
  assert.equal(sink.last().body.toString(), 'body');
});

test('a PAX size overrides the header, as unpackers do', () => {
  const sink = read(
    layerTar([
      { path: 'f', content: 'eight by', claimedSize: 0, pax: { size: '8' } },
      { path: 'g', content: 'x' },
    ]),
  );
  assert.deepEqual(
    sink.members.map((member) => member.body.toString()),
    ['eight by', 'x'],
  );
});

test('a header with a wrong checksum, a tar that is cut off and a negative size are corrupt', () => {
  const tar = layerTar([{ path: 'f', content: 'x'.repeat(2000) }]);
  const damaged = Buffer.from(tar);
  damaged[3] = 0x41;
  const corrupt = (error: unknown) => error instanceof LazaretError && error.code === 'corrupt';
  assert.throws(() => read(damaged), corrupt);
  assert.throws(() => read(tar.subarray(0, 1000)), corrupt);
  assert.throws(() => read(tar.subarray(0, 700)), corrupt);
  const negative = layerTar([{ path: 'f', content: '', patch: (header) => header.fill(0xff, 124, 136) }]);
  assert.throws(() => read(negative), corrupt);
});

test('a tar without its end, and without the padding of its last member, is whole: some writers leave them out', () => {
  const tar = layerTar([
    { path: 'f', content: 'x' },
    { path: 'g', content: 'short' },
  ]);
  const sink = read(tar.subarray(0, 512 * 3 + 5));
  assert.deepEqual(sink.paths(), ['f', 'g']);
  assert.equal(sink.last().body.toString(), 'short');
});

test('bytes after the end of the tar are told, zeros are not', () => {
  const tar = layerTar([{ path: 'f', content: 'x' }]);
  assert.deepEqual(read(Buffer.concat([tar, Buffer.alloc(4096)])).problems, []);
  assert.match(read(Buffer.concat([tar, Buffer.alloc(1024), Buffer.from('more')])).problems.join(), /after the end/);
});

test('a header over the limit is left out and told, and the member is still read', () => {
  const sink = read(layerTar([{ path: 'f', content: 'x', pax: { comment: 'c'.repeat(2 * 1024 * 1024) } }]));
  assert.match(sink.problems.join(), /over the limit/);
  assert.equal(sink.last().body.toString(), 'x');
});

test('a path over the limit is told and its body passed over', () => {
  const sink = read(
    layerTar([
      { path: 'p'.repeat(5000), content: 'x' },
      { path: 'q', content: 'y' },
    ]),
  );
  assert.match(sink.problems.join(), /5000 bytes/);
  assert.deepEqual(sink.paths(), ['q']);
});

for (const [name, options] of [
  ['old GNU', ['--format=gnu', '--sparse']],
  ['PAX 1.0', ['--format=posix', '--sparse', '--sparse-version=1.0']],
  ['PAX 0.1', ['--format=posix', '--sparse', '--sparse-version=0.1']],
] as const) {
  test(`sparse files in the ${name} form come out with their holes, as the system's tar writes them`, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lazaret-tar-'));
    try {
      mkdirSync(path.join(folder, 'in'));
      const parts = Buffer.alloc(400_000);
      for (let at = 0; at < 12; at += 1) parts.write(`part ${at}`, at * 32_768);
      writeFileSync(path.join(folder, 'in/sparse'), parts);
      truncateSync(path.join(folder, 'in/sparse'), 1_000_000);
      const made = spawnSync('tar', [...options, '--hole-detection=raw', '-cf', '-', '-C', path.join(folder, 'in'), 'sparse'], { maxBuffer: 1 << 24 });
      assert.equal(made.status, 0, made.stderr.toString());
      const sink = read(made.stdout, 1000);
      assert.deepEqual(sink.problems, []);
      assert.equal(sink.last().entry.path, 'sparse');
      assert.equal(sink.last().entry.size, 1_000_000);
      assert.ok(sink.last().body.equals(Buffer.concat([parts, Buffer.alloc(600_000)])));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test('a sparse map that makes no sense is told and the stored bytes are read as they are', () => {
  const sink = read(layerTar([{ path: 'f', content: 'stored', pax: { 'GNU.sparse.size': '99', 'GNU.sparse.map': '50,6,10,3' } }]));
  assert.match(sink.problems.join(), /makes no sense/);
  assert.equal(sink.last().body.toString(), 'stored');
});

// What readers of tar take differently, and layers are unpacked with one of them.
const body = (entries: readonly TarEntry[]): readonly string[] =>
  read(layerTar(entries)).members.map(({ entry, body: bytes }) => `${entry.kind} ${entry.path} ${bytes.toString('latin1')}`);

test('a long name of GNU wins over a path of PAX: a file cannot pass for a whiteout', () => {
  const hidden = { path: 'short', content: 'EVIL', pax: { path: 'bin/.wh.evil' } };
  const tar = layerTar([{ path: '././@LongLink', flag: 'L', content: 'bin/evil\0' }, hidden]);
  assert.deepEqual(
    read(tar).members.map(({ entry, body: bytes }) => `${entry.kind} ${entry.path} ${bytes.toString()}`),
    ['file bin/evil EVIL'],
  );
  const link = layerTar([
    { path: '././@LongLink', flag: 'K', content: 'target\0' },
    { path: 'l', kind: 'hardlink', link: 'x', pax: { linkpath: 'other' } },
  ]);
  assert.equal(read(link).last().entry.link, 'target');
});

test('a PAX record with an empty value says nothing', () => {
  assert.deepEqual(body([{ path: 'f', content: 'EVIL', pax: { path: '', size: '', linkpath: '' } }]), ['file f EVIL']);
});

test('a global PAX header changes no name and no size, and one that tries is told', () => {
  const global = (records: string) => ({ path: 'pax_global_header', flag: 'g', content: records });
  const tricky = read(layerTar([global('14 path=.wh.f\n9 size=0\n'), { path: 'f', content: 'EVIL' }, { path: 'g', content: 'x' }]));
  assert.deepEqual(
    tricky.members.map(({ entry, body: bytes }) => `${entry.kind} ${entry.path} ${bytes.toString()}`),
    ['file f EVIL', 'file g x'],
  );
  assert.match(tricky.problems.join(), /global PAX header/);
  assert.deepEqual(read(layerTar([global('23 comment=a commit id\n'), { path: 'f', content: 'x' }])).problems, []);
});

test('a file with a body whose name ends in a slash is a file, as unpackers make it; without a body it is a directory', () => {
  assert.deepEqual(
    body([
      { path: 'evil/', content: 'EVIL' },
      { path: 'd/', content: '' },
    ]),
    ['file evil EVIL', 'directory d '],
  );
  const legacy = read(layerTar([{ path: 'old/', content: 'dir', patch: (header) => header.fill(0, 156, 157) }]));
  assert.equal(legacy.last().entry.kind, 'directory');
  assert.match(legacy.problems.join(), /old: 3 bytes that a directory cannot have/);
});

test('a whiteout of nothing, of its own directory or of the one above is none', () => {
  assert.deepEqual(
    body([
      { path: '.wh.', content: 'a' },
      { path: 'd/.wh..', content: 'b' },
      { path: 'd/.wh...', content: 'c' },
      { path: 'd/.wh....', content: '' },
    ]),
    ['file .wh. a', 'file d/.wh.. b', 'file d/.wh... c', 'whiteout d/.wh.... '],
  );
});

test('a whiteout may have a body, which nobody sees', () => {
  assert.deepEqual(
    body([
      { path: 'a/.wh.b', content: 'x'.repeat(2000) },
      { path: 'c', content: 'y' },
    ]),
    ['whiteout a/.wh.b ', 'file c y'],
  );
});

test('members of types that layers do not have are told, and no header meant for them reaches the next', () => {
  const sink = read(
    layerTar([
      { path: 'part', flag: 'M', content: 'EVIL', pax: { path: 'elsewhere' } },
      { path: 'f', content: 'x' },
    ]),
  );
  assert.match(sink.problems.join(), /part: a member of type 'M'/);
  assert.deepEqual(sink.paths(), ['f']);
});

test('a NUL ends a name in a header and stays in one of PAX', () => {
  assert.deepEqual(
    read(
      layerTar([
        { path: 'a\0b', content: '1' },
        { path: 'x', content: '2', pax: { path: 'c\0d' } },
      ]),
    ).paths(),
    ['a', 'c\0d'],
  );
});

test('only the sparse versions that unpackers know are expanded', () => {
  const evil = '2\n0\n2\n4\n2\n'.padEnd(512, '\0') + 'EVIL';
  for (const version of [{ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '7' }, { 'GNU.sparse.major': '2', 'GNU.sparse.minor': '0' }, {}]) {
    const sink = read(layerTar([{ path: 'f', content: evil, pax: { ...version, 'GNU.sparse.realsize': '6', 'GNU.sparse.name': 'g' } }]));
    assert.deepEqual([sink.last().entry.path, sink.last().body.toString()], ['f', evil], JSON.stringify(version));
  }
  const known = read(
    layerTar([{ path: 'f', content: evil, pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '6', 'GNU.sparse.name': 'g' } }]),
  );
  assert.deepEqual([known.last().entry.path, known.last().body.toString()], ['g', 'EV\0\0IL']);
});

test('what was taken for a sparse map and is none is read as part of the file', () => {
  const major1 = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '6' };
  for (const content of [
    'EVIL',
    'EVIL'.repeat(1000),
    '',
    `9\n1\n${'EVIL'.repeat(200)}`,
    `1\n0\n5\n${'x'.repeat(505)}EVIL`,
    `1\n\n\n${'x'.repeat(600)}`,
    `${'9'.repeat(600)}EVIL`,
    '7\n'.repeat(700),
  ]) {
    for (const size of [100, 512, 1 << 20]) {
      const sink = read(
        layerTar([
          { path: 'f', content, pax: major1 },
          { path: 'g', content: 'next' },
        ]),
        size,
      );
      assert.equal(sink.members[0]?.body.toString(), content);
      assert.equal(sink.members[0]?.entry.size, content.length);
      assert.equal(sink.last().body.toString(), 'next');
      assert.match(sink.problems.join(), /makes no sense/);
    }
  }
});

test('a PAX size also says how much of an old GNU sparse file is stored', () => {
  const sparse = gnuSparse('s', 8, [{ offset: 4, data: Buffer.from('EVIL') }]);
  const sink = read(
    layerTar([
      { ...sparse, claimedSize: 0, pax: { size: '4' } },
      { path: 'g', content: 'next' },
    ]),
  );
  assert.deepEqual(
    sink.members.map((member) => member.body.toString()),
    ['\0\0\0\0EVIL', 'next'],
  );
});

test('sparse files that end in a hole or are nothing but one are whole, also at the very end of a tar', () => {
  for (const build of [gnuSparse, paxSparse]) {
    for (const pieces of [[], [{ offset: 0, data: Buffer.from('ab') }], [{ offset: 100, data: Buffer.alloc(512, 'x') }]]) {
      const tar = layerTar([build('s', 9_000_000, pieces)]);
      const expected = Buffer.alloc(9_000_000);
      for (const { offset, data } of pieces) data.copy(expected, offset);
      for (const end of [tar, tar.subarray(0, tar.length - 1024)]) {
        const sink = read(end);
        assert.deepEqual(sink.problems, []);
        assert.ok(sink.last().body.equals(expected), `${build.name} ${pieces.length}`);
        assert.ok(sink.hasEnded);
      }
    }
  }
});

test('a hole is given out in steps, so that its reader can stop', () => {
  const sink = new Collector();
  sink.keeps = false;
  const reader = new TarReader(sink, limits);
  const tar = layerTar([gnuSparse('s', 2 ** 40, [])]);
  assert.equal(reader.write(tar), 512);
  assert.ok(reader.isBehind);
  assert.ok(reader.holeBytes <= 8 * 1024 * 1024, `${reader.holeBytes} at once`);
  const before = reader.holeBytes;
  assert.equal(reader.write(tar.subarray(512)), 0);
  assert.ok(reader.holeBytes > before);
});

test('a map of many lines is read in a moment', { timeout: 10_000 }, () => {
  const count = 80_000;
  const map = `${count}\n${'0\n0\n'.repeat(count)}`;
  const content = map.padEnd(Math.ceil(map.length / 512) * 512, '\0');
  const at = performance.now();
  const sink = read(layerTar([{ path: 'f', content, pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '10' } }]));
  assert.equal(sink.last().body.length, 10);
  assert.ok(performance.now() - at < 2000, `took ${performance.now() - at} ms`);
});

test('sizes near and beyond what a number holds are corrupt or simply not there', () => {
  const corrupt = (error: unknown) => error instanceof LazaretError && error.code === 'corrupt';
  const base256 = (bytes: readonly number[]) => layerTar([{ path: 'f', content: '', patch: (header) => Buffer.from([0x80, ...bytes]).copy(header, 124) }]);
  assert.throws(() => read(base256([0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0])), corrupt, '2^62');
  assert.throws(() => read(base256([0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0])), corrupt, '2^52, and the tar is over');
  for (const size of ['-1', '1e3', '9'.repeat(30), '0x10', ' 4'])
    assert.throws(() => read(layerTar([{ path: 'f', content: '', pax: { size } }])), corrupt, size);
});

test('a problem tells no more than the start of a long path', () => {
  const sink = read(layerTar([{ path: 'p'.repeat(100_000), content: 'x' }]));
  assert.equal(sink.problems.length, 1);
  assert.ok((sink.problems[0] ?? '').length < 500);
});
