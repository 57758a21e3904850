import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { testFolder } from '../support/folder.ts';
import {
  buildImage,
  dockerArchive,
  file,
  gnuSparse,
  hardlink,
  type ImageSpec,
  type LayerSpec,
  layerTar,
  opaque,
  type TarEntry,
  whiteout,
  writeOciLayout,
} from '../support/images.ts';
import { descendants, killTree, lazaret, startLazaret } from '../support/lazaret.ts';

// Images made to harm or to hide, and machines that fail, met by the real command.

const marker = ['LAZARET', 'TEST', 'MALWARE'].join('-');
// In pieces, so that this file is not what it tests for.
const phpCall = ['system(', '$_GET'].join('');
const rules = `
rule Marked { meta: name = "Test.Trojan.Marked" severity = "high" strings: $a = "${marker}" condition: $a }
rule ElfHalf { meta: severity = "high" condition: uint32(0) == 0x464c457f and filesize < 4096 }
rule ZipHalf { meta: severity = "high" strings: $zip = { 50 4b 03 04 } $name = "evil-in-zip" condition: $zip and $name }
rule PdfHalf { meta: severity = "high" strings: $pdf = "%PDF-" condition: $pdf at 0 }
rule PhpHalf { meta: severity = "high" strings: $php = "<?php" $call = "${phpCall}" condition: $php and $call }
`;
// Looks at the bytes of a file of nothing but x again and again: seconds for a megabyte.
const slowRule = 'rule Slow { condition: filesize > 1MB and for all i in (1..filesize) : ( for all j in (1..60) : ( uint8(i + j) == 0x78 ) ) }';
const slowFile = (path: string, number = 0) => file(path, `${'x'.repeat(3_000_000)}${number}`);

interface Report {
  readonly complete: boolean;
  readonly findings: readonly {
    readonly path: string;
    readonly hidden: boolean;
    readonly name: string;
    readonly detections: readonly { readonly rule: string }[];
  }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly stats: Readonly<Record<string, number>>;
}

class Bench {
  readonly folder: string;
  readonly rules: string;
  readonly data: string;

  constructor(context: TestContext, text = rules) {
    this.folder = testFolder(context);
    this.rules = join(this.folder, 'rules.yar');
    this.data = join(this.folder, 'data');
    writeFileSync(this.rules, text);
  }

  args(target: string, more: readonly string[] = []): string[] {
    return ['scan', target, '--data', this.data, '--no-builtin-rules', '--rules', this.rules, '--format', 'json', ...more];
  }

  async scan(target: string, more: readonly string[] = []): Promise<{ readonly status: number | null; readonly report: Report; readonly stderr: string }> {
    const { status, stdout, stderr } = await lazaret(this.args(target, more));
    assert.notEqual(stdout, '', stderr);
    return { status, report: JSON.parse(stdout) as Report, stderr };
  }

  archive(spec: ImageSpec, name = 'image.tar'): string {
    const path = join(this.folder, name);
    writeFileSync(path, dockerArchive(buildImage(spec), { layout: 'blobs' }));
    return path;
  }

  async layout(spec: ImageSpec): Promise<{ readonly target: string; readonly blob: (index: number) => string }> {
    const built = buildImage(spec);
    const folder = join(this.folder, 'layout');
    await writeOciLayout(built, folder);
    return { target: `oci:${folder}`, blob: (index) => join(folder, 'blobs/sha256', built.layers[index]?.digest.slice(7) ?? '') };
  }
}

const layers = (...lists: readonly (readonly TarEntry[])[]): ImageSpec => ({ layers: lists.map((entries) => ({ entries, packing: 'gzip' })) });
const places = (report: Report) => report.findings.map(({ path, hidden }) => (hidden ? `${path} hidden` : path));
const reasons = (report: Report) => report.skipped.map(({ path, reason }) => `${path}: ${reason}`).join('\n');

/** A layer with one file of 2 GiB of zeros between two marked ones, packed to a few megabytes or less. */
function zerosLayer(pack: (bytes: Buffer) => Buffer): LayerSpec {
  const piece = 64 * 1024 * 1024;
  const count = 32;
  const tar = layerTar([file('first', marker), file('zeros', '', { claimedSize: piece * count })]);
  const zeros = pack(Buffer.alloc(piece));
  const blob = Buffer.concat([pack(tar.subarray(0, -1024)), ...Array.from({ length: count }, () => zeros), pack(layerTar([file('last', `${marker} 2`)]))]);
  return { tar: blob, packing: 'none', claimedDiffId: `sha256:${'0'.repeat(64)}` };
}

test('a file of 2 GiB of zeros in a packed layer ends that layer, soon, and keeps what came before', { timeout: 120_000 }, async (t) => {
  for (const pack of [(bytes: Buffer) => gzipSync(bytes), (bytes: Buffer) => zstdCompressSync(bytes)]) {
    const bench = new Bench(t);
    const at = performance.now();
    const { status, report } = await bench.scan(bench.archive({ layers: [zerosLayer(pack), { entries: [file('upper', `${marker} 3`)], packing: 'gzip' }] }));
    assert.equal(status, 1);
    assert.deepEqual(places(report), ['/first', '/upper']);
    assert.match(reasons(report), /250 times its size/);
    assert.ok(performance.now() - at < 20_000);
  }
});

test('a sparse file of 2 GiB is over the limit for hashing and costs nothing', async (t) => {
  const bench = new Bench(t);
  const { status, report } = await bench.scan(
    bench.archive(layers([gnuSparse('holes', 2 ** 31, [{ offset: 2 ** 30, data: Buffer.from(marker) }]), file('next', marker)])),
  );
  assert.equal(status, 1);
  assert.deepEqual(places(report), ['/next']);
  assert.match(reasons(report), /^\/holes: 2147483648 bytes is over the limit/);
});

test('a size of 2^62 is an error that names the layer', async (t) => {
  const bench = new Bench(t);
  const huge = Buffer.from([0x80, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]);
  const spec = layers([file('huge', '', { patch: (header) => huge.copy(header, 124) })]);
  const { status, stderr } = await lazaret(bench.args(bench.archive(spec)));
  assert.equal(status, 2);
  assert.match(stderr, /layer sha256:[0-9a-f]{64}: the tar is damaged/);
});

test('hard links lead to what a container sees: through lower layers and chains, never through cycles or to markers', async (t) => {
  const bench = new Bench(t);
  const { report } = await bench.scan(
    bench.archive(
      layers(
        [file('lower', `${marker} 1`), file('gone', `${marker} 2`)],
        [
          hardlink('up', 'lower'),
          hardlink('chain1', 'up'),
          hardlink('chain2', 'chain1'),
          whiteout('gone'),
          hardlink('to-marker', '.wh.gone'),
          hardlink('a', 'b'),
          hardlink('b', 'a'),
          hardlink('self', 'self'),
          hardlink('early', 'late'),
          file('late', `${marker} 3`),
          hardlink('climb', '../../lower'),
        ],
        [hardlink('to-gone', 'gone'), whiteout('lower')],
      ),
    ),
  );
  assert.deepEqual(places(report), ['/chain1', '/chain2', '/climb', '/gone hidden', '/late', '/lower hidden', '/up']);
});

test('markers in odd places hide what they hide in a container and no more', async (t) => {
  const bench = new Bench(t);
  const below = [file('a/x', `${marker} 1`), file('b/x', `${marker} 2`), file('c/x', `${marker} 3`), file('d', `${marker} 4`)];
  const { report } = await bench.scan(
    bench.archive(
      layers(below, [
        opaque('a/x'),
        opaque('no/such'),
        file('.wh.', ''),
        file('b/.wh.', ''),
        file('b/.wh..', ''),
        file('b/.wh...', ''),
        opaque('b'),
        file('b/y', `${marker} 5`),
        file('c/.wh.x/evil', `${marker} 6`),
      ]),
    ),
  );
  assert.deepEqual(places(report), ['/a/x', '/b/x hidden', '/b/y', '/c/.wh.x/evil', '/c/x', '/d']);
  const root = await bench.scan(bench.archive(layers(below, [opaque(''), file('new', `${marker} 7`)]), 'root.tar'));
  assert.deepEqual(places(root.report), ['/a/x hidden', '/b/x hidden', '/c/x hidden', '/d hidden', '/new']);
});

test('names with NUL, with foreign bytes and without end are told apart and shown as they are', async (t) => {
  const bench = new Bench(t);
  const long = 'p'.repeat(100_000);
  const { report } = await bench.scan(
    bench.archive(
      layers([
        file('x', `${marker} 1`, { pax: { path: 'nul\u0000one' } }),
        file('y', `${marker} 2`, { pax: { path: 'nul\u0000two' } }),
        file(Buffer.from([0x6e, 0xfe]), `${marker} 3`),
        file(Buffer.from([0x6e, 0xff]), `${marker} 4`),
        file(long, `${marker} 5`),
        file(`d/${'n'.repeat(4000)}`, `${marker} 6`),
      ]),
    ),
  );
  assert.deepEqual(places(report), [`/d/${'n'.repeat(4000)}`, '/nul\\x00one', '/nul\\x00two', '/n\\xfe', '/n\\xff']);
  assert.match(reasons(report), /^\/p{256}: a path of 100000 bytes is over the limit of 4096 bytes$/);
});

test('100,001 hard links are one too many, which is told', { timeout: 120_000 }, async (t) => {
  const bench = new Bench(t);
  const links = Array.from({ length: 100_001 }, (_, n) => hardlink(`l/${n}`, 'f'));
  const target = bench.archive(layers([file('f', 'clean'), ...links, file('last', marker)]));
  for (const run of [1, 2]) {
    const { report } = await bench.scan(target);
    assert.deepEqual(places(report), ['/last'], `run ${run}`);
    assert.match(reasons(report), /more than 100000 hard links/);
  }
});

test('bytes after the end of a tar are told; after the end of gzip or zstd they are damage', async (t) => {
  const bench = new Bench(t);
  const tar = layerTar([file('a', marker)]);
  const behind = await bench.scan(bench.archive({ layers: [{ tar: Buffer.concat([tar, Buffer.from(`${marker} behind`)]), packing: 'gzip' }] }));
  assert.deepEqual(places(behind.report), ['/a']);
  assert.match(reasons(behind.report), /after the end of the tar/);
  for (const pack of [gzipSync, zstdCompressSync]) {
    const blob = Buffer.concat([pack(tar), Buffer.from('behind')]);
    const { target } = await bench.layout({ layers: [{ tar: blob, packing: 'none', claimedDiffId: `sha256:${'1'.repeat(64)}` }] });
    const { status, stderr, report } = await bench.scan(target);
    assert.notEqual(status, 0);
    assert.match(stderr, /layer sha256:.*the packed data is damaged/);
    assert.equal(report.complete, false);
  }
});

test('of a file that is two things the rules for either half hit, and a marker of an archive changes no program', async (t) => {
  const bench = new Bench(t);
  const elf = Buffer.concat([Buffer.from('\u007fELF\u0002\u0001\u0001'), Buffer.alloc(57)]);
  const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(22), Buffer.from('evil-in-zip')]);
  const { report } = await bench.scan(
    bench.archive(
      layers([
        file('elf-zip', Buffer.concat([elf, zip])),
        file('pdf-php', `%PDF-1.7\n%\u00ff\n<?php ${phpCall}["c"]); ?>`),
        file('elf-rar', Buffer.concat([elf, Buffer.from('Rar!\u001a\u0007\u0000'), Buffer.from(marker)])),
        file('pdf-php-binary', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(8), Buffer.from(`<?php ${phpCall}["c"]); ?>`)])),
      ]),
    ),
  );
  const rulesAt = new Map(report.findings.map(({ path, detections }) => [path, detections.map((one) => one.rule).toSorted()]));
  assert.deepEqual(Object.fromEntries(rulesAt), {
    '/elf-rar': ['ElfHalf', 'Marked'],
    '/elf-zip': ['ElfHalf', 'ZipHalf'],
    '/pdf-php': ['PdfHalf', 'PhpHalf'],
    '/pdf-php-binary': ['PdfHalf', 'PhpHalf'],
  });
});

test('a layer kept elsewhere is skipped with that reason and never fetched', async (t) => {
  const bench = new Bench(t);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { readonly port: number };
  const foreign: LayerSpec = {
    entries: [file('x', marker)],
    packing: 'gzip',
    urls: [`http://127.0.0.1:${port}/layer`],
    mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  };
  const { target, blob } = await bench.layout({ layers: [foreign, { entries: [file('own', marker)], packing: 'gzip' }] });
  rmSync(blob(0));
  const { status, report } = await bench.scan(target);
  assert.equal(status, 1);
  assert.deepEqual(places(report), ['/own']);
  assert.equal(report.complete, false);
  assert.equal(report.skipped.length, 1);
  assert.deepEqual(asked, []);
});

test('a file on which a rule takes too long is skipped with the reason, the others are found, and it is tried again', { timeout: 60_000 }, async (t) => {
  const bench = new Bench(t, rules + slowRule);
  const target = bench.archive({ layers: [{ entries: [file('a', marker), slowFile('slow'), file('z', `${marker} 2`)], packing: 'none' }] });
  for (const run of [1, 2]) {
    const { status, report } = await bench.scan(target, ['--limit', 'engineSeconds=1']);
    assert.equal(status, 1);
    assert.deepEqual(places(report), ['/a', '/z'], `run ${run}`);
    assert.match(reasons(report), /^\/slow: rules.*: timed out after 1 s$/);
  }
});

test('a layer that goes or shrinks while the one before it is read costs that layer or ends the scan with its name', { timeout: 60_000 }, async (t) => {
  for (const harm of ['gone', 'shorter'] as const) {
    const bench = new Bench(t, rules + slowRule);
    const { target, blob } = await bench.layout({
      layers: [
        { entries: [file('a', marker), slowFile('slow')], packing: 'gzip' },
        { entries: [file('b', randomBytes(300_000))], packing: 'gzip' },
      ],
    });
    const running = startLazaret(bench.args(target, ['--limit', 'engineSeconds=3']));
    for (let waited = 0; waited < 100 && descendants(running.child.pid ?? 0, 'inspector').length === 0; waited += 1) await sleep(20);
    if (harm === 'gone') rmSync(blob(1));
    else truncateSync(blob(1), 1000);
    const { status, stdout, stderr } = await running.ended;
    const report = JSON.parse(stdout) as Report;
    assert.equal(status, 1);
    assert.deepEqual(places(report), ['/a']);
    assert.equal(report.complete, false);
    assert.match(harm === 'gone' ? reasons(report) : stderr, harm === 'gone' ? /holds no blobs/ : /layer sha256:.*(cut off|damaged)/);
  }
});

test('a scan out of time says so and gives 2, and one that is asked to end does too', { timeout: 60_000 }, async (t) => {
  const bench = new Bench(t, rules + slowRule);
  const target = bench.archive({ layers: [{ entries: Array.from({ length: 30 }, (_, n) => slowFile(`slow${n}`, n)), packing: 'none' }] });
  const timed = await bench.scan(target, ['--timeout', '2s']);
  assert.equal(timed.status, 2);
  assert.match(timed.stderr, /did not end within its time/);
  assert.match(timed.stderr, /kept/);
  assert.equal(timed.report.complete, false);
  const running = startLazaret(bench.args(target));
  for (let waited = 0; waited < 100 && descendants(running.child.pid ?? 0, 'inspector').length === 0; waited += 1) await sleep(20);
  await sleep(500);
  const at = performance.now();
  running.child.kill('SIGTERM');
  const { status, stderr } = await running.ended;
  assert.equal(status, 2);
  assert.match(stderr, /SIGTERM/);
  assert.ok(performance.now() - at < 1500, `took ${performance.now() - at} ms`);
});

test('of two scans of an image at once, one killed half way, the other says the truth, and so does the next', { timeout: 90_000 }, async (t) => {
  const bench = new Bench(
    t,
    `${rules} rule Slowish { condition: filesize > 100KB and for any i in (1..filesize) : ( uint8(i) == 1 and uint8(i + 1) == 2 and uint8(i + 2) == 3 and uint8(i + 3) == 4 ) }`,
  );
  const entries = Array.from({ length: 30 }, (_, n) => file(`f${n}`, Buffer.concat([randomBytes(1_000_000), Buffer.from(n % 10 === 0 ? marker : '')])));
  const target = bench.archive(layers(entries));
  const first = startLazaret(bench.args(target));
  const second = startLazaret(bench.args(target));
  await sleep(2500);
  killTree(first.child.pid ?? 0);
  await first.ended;
  const { stdout } = await second.ended;
  const expected = ['/f0', '/f10', '/f20'];
  assert.deepEqual(places(JSON.parse(stdout) as Report), expected);
  const third = await bench.scan(target);
  assert.deepEqual(places(third.report), expected);
  assert.deepEqual([third.report.complete, third.report.stats['cachedLayers']], [true, 1]);
});

// ------------------------------------------------------------ disks that are full

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
const mounting = { skip: canMount ? false : 'needs mount namespaces', timeout: 90_000 };

/** Runs a shell script in a mount namespace of its own. `$1` to `$n` are the arguments. */
async function inNamespace(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn('unshare', ['-rm', 'sh', '-c', script, 'sh', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  const status = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  return { status, ...output };
}

const launcher = fileURLToPath(new URL('../../bin/lazaret', import.meta.url));
const command = (args: readonly string[]) => [process.execPath, '--disable-warning=ExperimentalWarning', launcher, ...args];

test('a full disk is an error that says so; with room again the next scan is whole', mounting, async (t) => {
  const bench = new Bench(t);
  const target = bench.archive(
    layers([file('bad', marker), ...Array.from({ length: 60_000 }, (_, n) => file(`directory/${n}/${'n'.repeat(60)}`, `content ${n}`))]),
  );
  mkdirSync(bench.data);
  const script =
    'data="$1"; shift; mount -t tmpfs -o size=6m tmpfs "$data" || exit 99; "$@"; echo "status $?" >&2; mount -o remount,size=400m "$data"; "$@" --format json > /dev/null; echo "then $?" >&2; "$@" | grep -c "\\"complete\\": true"';
  const { stdout, stderr } = await inNamespace(script, [bench.data, ...command(bench.args(target))]);
  assert.match(stderr, /no space left/, stderr);
  assert.match(stderr, /status [12]\n/);
  assert.match(stderr, /then 1\n/);
  assert.match(stdout, /^1$/m);
});

test('a data directory that cannot be written is an error that names it', mounting, async (t) => {
  const bench = new Bench(t);
  const target = bench.archive(layers([file('a', marker)]));
  mkdirSync(bench.data);
  const { status, stderr } = await inNamespace('data="$1"; shift; mount -t tmpfs -o ro tmpfs "$data" || exit 99; exec "$@"', [
    bench.data,
    ...command(bench.args(target)),
  ]);
  assert.equal(status, 2);
  assert.ok(stderr.includes(bench.data), stderr);
  assert.match(stderr, /cannot be written|read-only/);
});

test('without room in memory the temporary directory serves; without room there either that is the error', mounting, async (t) => {
  const bench = new Bench(t);
  const target = bench.archive(layers([file('a', marker), ...[1, 2, 3].map((n) => file(`large${n}`, randomBytes(9_000_000)))]));
  const small = 'small="$1"; shift; mount -t tmpfs -o size=1m tmpfs /dev/shm || exit 99; mount -t tmpfs -o size=$SIZE tmpfs "$small" || exit 99; exec "$@"';
  const temporary = join(bench.folder, 'temporary');
  mkdirSync(temporary);
  const args = [temporary, ...command(bench.args(target))];
  const enough = await inNamespace(small, args, { TMPDIR: temporary, SIZE: '200m' });
  assert.equal(enough.status, 1, enough.stderr);
  assert.equal((JSON.parse(enough.stdout) as Report).complete, true);
  rmSync(bench.data, { recursive: true });
  const tooLittle = await inNamespace(small, args, { TMPDIR: temporary, SIZE: '2m' });
  assert.ok(tooLittle.stderr.includes(`cannot write a temporary file in ${temporary}`), tooLittle.stderr);
  assert.match(tooLittle.stderr, /TMPDIR/);
  assert.notEqual(tooLittle.status, 0);
});

test('a directory whose names climb, twist and end badly is walked where it is', async (t) => {
  const bench = new Bench(t);
  const root = join(bench.folder, 'tree');
  mkdirSync(join(root, 'd'), { recursive: true });
  writeFileSync(Buffer.concat([Buffer.from(`${root}/d/n`), Buffer.from([0xff])]), `${marker} 1`);
  writeFileSync(join(root, 'd/new\nline'), `${marker} 2`);
  spawnSync('mkfifo', [join(root, 'fifo')]);
  const { report } = await bench.scan(`dir:${root}`);
  assert.deepEqual(places(report), ['/d/new\\x0aline', '/d/n\\xff']);
  assert.equal(report.complete, true);
});
