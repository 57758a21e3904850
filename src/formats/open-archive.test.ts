import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { zipOf as zip } from '../../test/support/archives.ts';
import { type ArchiveLimits, openArchive } from './open-archive.ts';

const usual: ArchiveLimits = { layers: 5, files: 100, bytes: 10_000_000, entries: 1000 };

async function open(
  bytes: Buffer,
  over: Partial<ArchiveLimits> = {},
): Promise<{ readonly files: Record<string, string>; readonly skipped: readonly string[] }> {
  const files: Record<string, string> = {};
  const skipped: string[] = [];
  for await (const member of openArchive(bytes, { ...usual, ...over })) {
    if ('skipped' in member) skipped.push(member.skipped);
    else files[member.path] = member.bytes.length < 100 ? member.bytes.toString() : `${member.bytes.length} bytes`;
  }
  return { files, skipped };
}

const hello = Buffer.from('hello');

test('files of a zip are given however they are packed, directories not', async () => {
  const archive = zip([
    { path: 'a.txt', bytes: hello, method: 0 },
    { path: 'dir/', bytes: Buffer.alloc(0), method: 0 },
    { path: 'dir/中.txt', bytes: hello, method: 8 },
    { path: 'z.txt', bytes: hello, method: 93 },
    { path: 'empty', bytes: Buffer.alloc(0), method: 0 },
  ]);
  const wanted = { files: { 'a.txt': 'hello', 'dir/中.txt': 'hello', 'z.txt': 'hello', empty: '' }, skipped: [] };
  assert.deepEqual(await open(archive), wanted);
});

test('archives inside archives are opened, with paths that tell where', async () => {
  const jar = zip([{ path: 'C.class', bytes: hello }]);
  const war = zip([{ path: 'WEB-INF/lib/b.jar', bytes: jar }]);
  const { files } = await open(zip([{ path: 'a.war.gz', bytes: gzipSync(war) }]));
  assert.equal(files['a.war.gz!/WEB-INF/lib/b.jar!/C.class'], 'hello');
  // Of a file without a name, the levels that have no names either are passed over.
  assert.equal((await open(gzipSync(war))).files['WEB-INF/lib/b.jar!/C.class'], 'hello');
});

test('what cannot be opened is told with its reason', async () => {
  const sound = { path: 'x', bytes: hello, method: 0 } as const;
  assert.match((await open(zip([{ ...sound, flags: 1, crc: 1 }]))).skipped.join(), /x: it is encrypted/);
  assert.match((await open(zip([{ ...sound, crc: 1 }]))).skipped.join(), /checksum/);
  assert.match((await open(zip([sound]).subarray(0, -30))).skipped.join(), /central directory/);
  assert.match((await open(gzipSync(hello).subarray(0, 15))).skipped.join(), /the packed data is cut off/);
  assert.match(
    (await open(zip([{ path: 'big', bytes: Buffer.alloc(2000) }]), { bytes: 1000 })).skipped.join(),
    /big: the archive unpacks to more than 1000 bytes/,
  );
  assert.match((await open(zip([{ path: 'big', bytes: Buffer.alloc(2000) }]), { fileBytes: 1000 })).skipped.join(), /big: it is over the limit of 1000 bytes/);
  assert.match((await open(gzipSync(Buffer.alloc(100_000)), { bytes: 1000 })).skipped.join(), /unpacks to more than 1000 bytes/);
  assert.match((await open(zip([sound, { ...sound, path: 'y' }]), { files: 1 })).skipped.join(), /more than 1 files/);
  assert.match((await open(zip([sound, { ...sound, path: 'y' }]), { entries: 1 })).skipped.join(), /more than 1 entries/);
  const deep = [1, 2, 3].reduce((inner) => zip([{ path: 'in.zip', bytes: inner }]), zip([sound]));
  assert.match((await open(deep, { layers: 2 })).skipped.join(), /more than 2 archives deep/);
  assert.deepEqual(await open(hello), { files: {}, skipped: [] });
});

test('a member that is said to be encrypted and is not is given, since programs that do not ask run it', async () => {
  assert.deepEqual(await open(zip([{ path: 'x', bytes: hello, method: 8, flags: 1 }])), { files: { x: 'hello' }, skipped: [] });
});

test('entries that share their data count each, so that a small archive does not unpack to a large one', async () => {
  const bytes = zip([{ path: 'a', bytes: Buffer.alloc(4000, 1), method: 0 }]);
  const start = bytes.indexOf(Buffer.from('504b0102', 'hex'));
  const entry = bytes.subarray(start, bytes.length - 22);
  const end = Buffer.from(bytes.subarray(bytes.length - 22));
  end.writeUInt16LE(3, 10);
  end.writeUInt32LE(entry.length * 3, 12);
  const bomb = Buffer.concat([bytes.subarray(0, start), entry, entry, entry, end]);
  assert.deepEqual((await open(bomb)).skipped, []);
  assert.match((await open(bomb, { bytes: 9000 })).skipped.join(), /unpacks to more than 9000 bytes/);
});

test('a zip with a program before it is opened', async () => {
  const archive = Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(500, 65), zip([{ path: 'a', bytes: hello }])]);
  assert.deepEqual((await open(archive)).files, { a: 'hello' });
});

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'lazaret-archive-'));
  context.after(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, 'hello.txt'), hello);
  return path;
}

test('tars of the system, also in gzip and xz, and Debian packages are opened', async (context) => {
  const cwd = folder(context);
  const run = (command: string, ...args: readonly string[]): Buffer => execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  run('tar', '--format=ustar', '-cf', 'a.tar', 'hello.txt');
  const tar = readFileSync(join(cwd, 'a.tar'));
  assert.deepEqual((await open(tar)).files, { 'hello.txt': 'hello' });
  assert.equal((await open(gzipSync(tar))).files['hello.txt'], 'hello');
  const header = (name: string, size: number): Buffer =>
    Buffer.from(`${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(size).padEnd(10)}\`\n`);
  const data = gzipSync(tar);
  const deb = Buffer.concat([Buffer.from('!<arch>\n'), header('debian-binary', 4), Buffer.from('2.0\n'), header('data.tar.gz', data.length), data]);
  assert.equal((await open(deb)).files['data.tar.gz!/hello.txt'], 'hello');
  // `hello`, packed by the reference encoder of xz.
  const xz = Buffer.from('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAsTe52+XaHpsAAR0FuC2Arx+2830BAAAAAARZWg==', 'base64');
  assert.deepEqual(await open(xz), { files: { content: 'hello' }, skipped: [] });
  assert.match((await open(xz.subarray(0, 40))).skipped.join(), /the packed data is cut off/);
});

test('no mangled archive crashes, hangs or grows without bound', async () => {
  const sound = [
    zip([
      { path: 'a', bytes: Buffer.alloc(3000, 7) },
      { path: 'b', bytes: zip([{ path: 'c', bytes: hello }]) },
    ]),
    gzipSync(zip([{ path: 'a', bytes: hello }])),
  ];
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.nat(1), flips, fc.nat(), async (which, edits, cut) => {
      const bytes = Buffer.from(sound[which] ?? hello);
      for (const [at, value] of edits) bytes.writeUInt8(value, at % bytes.length);
      let unpacked = 0;
      for await (const member of openArchive(bytes.subarray(0, bytes.length - (cut % 40)), usual)) unpacked += 'bytes' in member ? member.bytes.length : 0;
      return unpacked <= 2 * usual.bytes;
    }),
    { numRuns: 500 },
  );
});

test('what lies deeper counts to what all archives may unpack to', async () => {
  const inner = zip([{ path: 'zeros', bytes: Buffer.alloc(6000) }]);
  const outer = zip([1, 2, 3].map((number) => ({ path: `${number}.zip`, bytes: inner })));
  const { files, skipped } = await open(outer, { bytes: 10_000 });
  assert.deepEqual(Object.keys(files), ['1.zip', '1.zip!/zeros', '2.zip', '2.zip!/zeros']);
  assert.match(skipped.join(), /unpack(s)? to more than/);
});

test('the opening ends when its time is over', async () => {
  let asked = 0;
  const isLate = (): boolean => {
    asked += 1;
    return asked > 20;
  };
  const many = zip(Array.from({ length: 50 }, (_, at) => ({ path: `${at}`, bytes: hello })));
  const { files, skipped } = await open(many, { isLate });
  assert.ok(Object.keys(files).length < 50);
  assert.match(skipped.join(), /took too long/);
});
