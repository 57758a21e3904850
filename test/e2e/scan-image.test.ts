import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testFolder } from '../support/folder.ts';
import {
  buildImage,
  device,
  directory,
  dockerArchive,
  fifo,
  file,
  hardlink,
  type ImageSpec,
  layerTar,
  opaque,
  symlink,
  type TarEntry,
  whiteout,
  writeOciLayout,
} from '../support/images.ts';
import { descendants, lazaret, startLazaret } from '../support/lazaret.ts';

// Scans of whole images by the real command, with rules of their own.

const marker = ['LAZARET', 'TEST', 'MALWARE'].join('-');
const rules = `
rule Marked : marked { meta: name = "Test.Trojan.Marked" severity = "high" author = "Lazaret" strings: $a = "${marker}" condition: $a }
rule Noticed { meta: severity = "notice" strings: $a = "${marker}-NOTICE" condition: $a and filesize < 64 }
`;

interface Finding {
  readonly path: string;
  readonly hidden: boolean;
  readonly layer: string;
  readonly name: string;
  readonly sha256: string;
}

interface Report {
  readonly complete: boolean;
  readonly findings: readonly Finding[];
  readonly skipped: readonly { readonly path: string; readonly layer: string; readonly reason: string }[];
  readonly stats: Readonly<Record<string, number>>;
  readonly image: Readonly<Record<string, unknown>>;
}

class Bench {
  readonly folder: string;
  readonly rules: string;

  constructor(context: TestContext) {
    this.folder = testFolder(context);
    this.rules = join(this.folder, 'rules.yar');
    writeFileSync(this.rules, rules);
  }

  args(target: string, more: readonly string[] = []): string[] {
    return ['scan', target, '--data', join(this.folder, 'data'), '--no-builtin-rules', '--rules', this.rules, '--format', 'json', ...more];
  }

  async scan(target: string, more: readonly string[] = []): Promise<{ readonly status: number | null; readonly report: Report; readonly stderr: string }> {
    const { status, stdout, stderr } = await lazaret(this.args(target, more));
    assert.notEqual(stdout, '', stderr);
    return { status, report: JSON.parse(stdout) as Report, stderr };
  }

  /** A docker archive of the image. */
  archive(spec: ImageSpec, name = 'image.tar'): string {
    const path = join(this.folder, name);
    writeFileSync(path, dockerArchive(buildImage(spec), { layout: 'blobs' }));
    return path;
  }
}

const layers = (...lists: readonly (readonly TarEntry[])[]): ImageSpec => ({ layers: lists.map((entries) => ({ entries, packing: 'gzip' })) });
const places = (report: Report) => report.findings.map(({ path, hidden }) => (hidden ? `${path} hidden` : path));

test('a clean image gives 0, one with malware 1, and severity moves the bound', async (t) => {
  const bench = new Bench(t);
  const clean = await bench.scan(bench.archive(layers([file('etc/hosts', 'localhost')])));
  assert.equal(clean.status, 0);
  assert.equal(clean.report.complete, true);
  const infected = bench.archive(layers([file('usr/bin/x', marker)]), 'infected.tar');
  assert.equal((await bench.scan(infected)).status, 1);
  assert.equal((await bench.scan(infected, ['--severity', 'critical'])).status, 0);
});

test('findings stand at their place in the flattened image, and what later layers take away is hidden', async (t) => {
  const bench = new Bench(t);
  const spec = layers(
    [
      directory('opt'),
      file('opt/kept', `${marker} 1`),
      file('opt/deleted', `${marker} 2`),
      file('opt/overwritten', `${marker} 3`),
      file('gone/deep/inside', `${marker} 4`),
      file('opaque/below', `${marker} 5`),
      file('became/file/below', `${marker} 6`),
      file('twice', `${marker} 7`),
      file('twice', 'clean now'),
      file('real', `${marker} 8`),
      hardlink('link', 'real'),
      symlink('soft', 'real'),
    ],
    [
      whiteout('opt/deleted'),
      file('opt/overwritten', 'clean'),
      whiteout('gone'),
      opaque('opaque'),
      file('opaque/new', `${marker} 9`),
      file('became', 'a file'),
      whiteout('real'),
    ],
  );
  const { report, status } = await bench.scan(bench.archive(spec));
  assert.equal(status, 1);
  assert.deepEqual(places(report), [
    '/became/file/below hidden',
    '/gone/deep/inside hidden',
    '/link',
    '/opaque/below hidden',
    '/opaque/new',
    '/opt/deleted hidden',
    '/opt/kept',
    '/opt/overwritten hidden',
    '/real hidden',
    '/twice hidden',
  ]);
  const built = buildImage(spec);
  assert.equal(report.findings.find((finding) => finding.path === '/opaque/new')?.layer, built.layers[1]?.diffId);
  assert.equal(report.findings.find((finding) => finding.path === '/opt/kept')?.layer, built.layers[0]?.diffId);
  assert.equal(report.image['id'], built.configDigest);
});

test('hostile entries are read without harm: devices, FIFOs, link loops, climbing and foreign names, a whiteout of the root', async (t) => {
  const bench = new Bench(t);
  const { report } = await bench.scan(
    bench.archive(
      layers(
        [
          file('../../etc/climbed', `${marker} a`),
          file('/abs', `${marker} b`),
          file(Buffer.from([0x66, 0xff, 0xfe]), `${marker} c`),
          file(`n/${'ü'.repeat(120)}`, `${marker} d`),
          file('esc\u001b[31m', `${marker} e`),
        ],
        [
          device('dev/zero'),
          fifo('pipe'),
          symlink('loop', 'loop'),
          hardlink('self', 'self'),
          hardlink('to-nothing', 'no/such'),
          hardlink('to-whiteout', 'n/.wh.x'),
          whiteout('.'),
        ],
      ),
    ),
  );
  assert.deepEqual(places(report), ['/abs', '/esc\\x1b[31m', '/etc/climbed', '/f\\xff\\xfe', `/n/${'ü'.repeat(120)}`]);
});

test('a layer is read by its bytes, whatever its media type says', async (t) => {
  const bench = new Bench(t);
  const lying = 'application/vnd.oci.image.layer.v1.tar+gzip';
  const folder = join(bench.folder, 'layout');
  const entries = [file('a', marker)];
  await writeOciLayout(
    buildImage({
      layers: [
        { entries, packing: 'zstd', mediaType: lying },
        { entries: [file('b', marker)], packing: 'none', mediaType: lying },
      ],
    }),
    folder,
  );
  assert.deepEqual(places((await bench.scan(`oci:${folder}`)).report), ['/a', '/b']);
});

test('a layer whose bytes do not have its digest ends the scan with an error that names it', async (t) => {
  const bench = new Bench(t);
  const wrong = `sha256:${'0'.repeat(64)}`;
  const spec: ImageSpec = {
    layers: [
      { entries: [file('first', marker)], packing: 'gzip' },
      { entries: [file('x', 'y')], packing: 'gzip', claimedDiffId: wrong },
    ],
  };
  const image = buildImage(spec);
  const folder = join(bench.folder, 'layout');
  await writeOciLayout(image, folder);
  const { status, report, stderr } = await bench.scan(`oci:${folder}`);
  assert.equal(status, 1, 'malware found before the error wins');
  assert.equal(report.complete, false);
  assert.ok(stderr.includes(image.layers[1]?.digest ?? 'none'), stderr);
  const damaged = buildImage(layers([file('x', 'y')]));
  await writeOciLayout(damaged, `${folder}2`);
  const blob = damaged.layers[0]?.digest.slice(7) ?? '';
  writeFileSync(join(`${folder}2`, 'blobs/sha256', blob), Buffer.from('not the blob'));
  const second = await lazaret(bench.args(`oci:${folder}2`));
  assert.equal(second.status, 2);
  assert.ok(second.stderr.includes(blob), second.stderr);
});

test('the second scan reads no layer, not even one that is gone, and says the same', async (t) => {
  const bench = new Bench(t);
  const folder = join(bench.folder, 'layout');
  const image = buildImage(layers([file('a', marker)], [file('b', 'clean'), file('etc/os-release', 'PRETTY_NAME="Test OS"')]));
  await writeOciLayout(image, folder);
  const first = await bench.scan(`oci:${folder}`);
  for (const layer of image.layers) rmSync(join(folder, 'blobs/sha256', layer.digest.slice(7)));
  const second = await bench.scan(`oci:${folder}`);
  assert.equal(second.status, 1);
  assert.equal(second.report.stats['cachedLayers'], 2);
  assert.equal(second.report.stats['inspectedContents'], 0);
  assert.deepEqual(second.report.findings, first.report.findings);
});

test('a changed rule pack inspects again, a changed hash list judges known contents without reading them', async (t) => {
  const bench = new Bench(t);
  const early = join(bench.folder, 'early.txt');
  writeFileSync(early, `${'0'.repeat(32)};Nothing\n`);
  const folder = join(bench.folder, 'layout');
  const image = buildImage(layers([file('a', marker), file('b', 'bad one')]));
  await writeOciLayout(image, folder);
  await bench.scan(`oci:${folder}`);
  const first = await bench.scan(`oci:${folder}`, ['--hashes', early]);
  assert.equal(first.report.stats['cachedLayers'], 0, 'the first list of all needs digests that were not made');
  const list = join(bench.folder, 'bad.txt');
  const found = (await bench.scan(`oci:${folder}`)).report.findings[0]?.sha256 ?? '';
  const { createHash } = await import('node:crypto');
  writeFileSync(list, `${createHash('md5').update('bad one').digest('hex')};Bad One\n`);
  for (const layer of image.layers) rmSync(join(folder, 'blobs/sha256', layer.digest.slice(7)));
  const judged = await bench.scan(`oci:${folder}`, ['--hashes', list]);
  assert.deepEqual(places(judged.report), ['/a', '/b']);
  assert.equal(judged.report.stats['cachedLayers'], 1);
  const good = join(bench.folder, 'good.sfp');
  writeFileSync(good, `${found}:*:Known.Good\n`);
  assert.deepEqual(places((await bench.scan(`oci:${folder}`, ['--hashes', good])).report), []);
  writeFileSync(bench.rules, rules.replace('rule Marked', 'rule Renamed'));
  assert.equal((await lazaret(bench.args(`oci:${folder}`))).status, 2, 'the layer must be read again, and is gone');
});

test('the same inputs give the same report but for the time it took', async (t) => {
  const bench = new Bench(t);
  const target = bench.archive(layers([file('a', `${marker} 1`), file('b', `${marker} 1`), file('c', `${marker}-NOTICE`)], [whiteout('b')]));
  const texts = await Promise.all(
    [1, 2].map(
      async (run) =>
        (await lazaret(['scan', target, '--data', join(bench.folder, `data${run}`), '--no-builtin-rules', '--rules', bench.rules, '--format', 'json'])).stdout,
    ),
  );
  assert.equal(texts[0]?.replace(/"durationMs": \d+/, ''), texts[1]?.replace(/"durationMs": \d+/, ''));
});

test('what goes over a limit is skipped with its reason and the scan is incomplete', async (t) => {
  const bench = new Bench(t);
  const target = bench.archive(
    layers([
      file('large', Buffer.concat([Buffer.alloc(6_000_000), Buffer.from(marker)])),
      file('small', marker),
      ...[1, 2, 3].map((n) => hardlink(`l${n}`, 'small')),
    ]),
  );
  const sized = await bench.scan(target, ['--limit', 'inspectBytes=5000000']);
  assert.deepEqual(
    sized.report.skipped.map((one) => one.path),
    ['/large'],
  );
  assert.match(sized.report.skipped[0]?.reason ?? '', /5000000/);
  assert.equal(sized.report.complete, false);
  assert.equal((await bench.scan(target)).report.findings.length, 5, 'with the usual limits the large one is found');
  const tiny = await bench.scan(target, ['--limit', 'inspectBytes=5']);
  assert.deepEqual(
    tiny.report.skipped.map((one) => one.path),
    ['/large', '/small'],
    'a limit below the size of a batch holds too',
  );
  const few = await bench.scan(target, ['--limit', 'imageEntries=2', '--limit', 'hashBytes=5999999']);
  assert.match(few.report.skipped.map((one) => one.reason).join(), /entries/);
});

test('a layer that unpacks to far more than its size is given up', async (t) => {
  const bench = new Bench(t);
  const bomb = layers([file('first', marker), file('bomb', Buffer.alloc(40_000_000))]);
  const { status, report } = await bench.scan(bench.archive(bomb), ['--limit', 'layerRatio=100']);
  assert.equal(status, 1);
  assert.match(report.skipped.map((one) => one.reason).join(), /100 times its size/);
});

test('large files, files across chunks and many small ones are all found', async (t) => {
  const bench = new Bench(t);
  const entries: TarEntry[] = [];
  for (let index = 0; index < 3000; index += 1) entries.push(file(`many/${index}`, index % 1000 === 7 ? `${marker} ${index}` : `clean ${index}`));
  entries.push(
    file('large/9M', Buffer.concat([randomBytes(9_000_000), Buffer.from(marker)])),
    file('large/2M', Buffer.concat([randomBytes(2_500_000), Buffer.from(marker)])),
    file('empty', ''),
  );
  const { report } = await bench.scan(bench.archive(layers(entries)));
  assert.deepEqual(places(report), ['/large/2M', '/large/9M', '/many/1007', '/many/2007', '/many/7']);
  assert.equal(report.stats['files'], 3003);
});

test('Ctrl-C stops within a second, says so, and what was inspected is kept', async (t) => {
  const bench = new Bench(t);
  const target = bench.archive({
    layers: [0, 1, 2, 3, 4, 5].map(() => ({ entries: Array.from({ length: 40 }, (_, n) => file(`f${n}`, randomBytes(1_000_000))), packing: 'none' as const })),
  });
  const slow = join(bench.folder, 'slow.yar');
  writeFileSync(slow, 'rule Slow { condition: for any i in (1..filesize) : ( for all j in (1..40) : ( uint8(i + j) == 1 ) ) }');
  const running = startLazaret([...bench.args(target), '--rules', slow]);
  for (let waited = 0; waited < 100 && descendants(running.child.pid ?? 0, 'inspector').length === 0; waited += 1) await sleep(50);
  await sleep(1500);
  const at = performance.now();
  running.child.kill('SIGINT');
  const { status, stderr, stdout } = await running.ended;
  const took = performance.now() - at;
  assert.equal(status, 2, stderr);
  assert.ok(took < 1000, `took ${took} ms`);
  assert.match(stderr, /stopped by SIGINT/);
  assert.match(stderr, /kept/);
  assert.equal((JSON.parse(stdout) as Report).complete, false);
});

test('an inspector that is killed costs at most the file it was at', async (t) => {
  const bench = new Bench(t);
  const entries = Array.from({ length: 60 }, (_, n) => file(`f${n}`, Buffer.concat([randomBytes(1_000_000), Buffer.from(n % 10 === 0 ? marker : '')])));
  const target = bench.archive(layers(entries));
  const slow = join(bench.folder, 'slow.yar');
  writeFileSync(
    slow,
    // Twelve bytes, which random ones do not have by chance.
    'rule Slow { condition: for any i in (1..filesize) : ( uint32(i) == 0x04030201 and uint32(i + 4) == 0x08070605 and uint32(i + 8) == 0x0c0b0a09 ) }',
  );
  const running = startLazaret([...bench.args(target), '--rules', slow]);
  let killed = 0;
  for (let waited = 0; waited < 200 && killed === 0; waited += 1) {
    await sleep(50);
    for (const pid of descendants(running.child.pid ?? 0, 'inspector')) {
      process.kill(pid, 'SIGKILL');
      killed += 1;
    }
  }
  const { stdout, stderr } = await running.ended;
  const report = JSON.parse(stdout) as Report;
  assert.ok(killed > 0, 'no inspector was seen');
  assert.ok(report.skipped.length <= killed, JSON.stringify(report.skipped) + stderr);
  const lost = new Set(report.skipped.map((one) => one.path));
  assert.deepEqual(
    report.findings.map((finding) => finding.path),
    [0, 10, 20, 30, 40, 50].map((n) => `/f${n}`).filter((path) => !lost.has(path)),
  );
});

test('two scans of the same image at once both say the truth', async (t) => {
  const bench = new Bench(t);
  const target = bench.archive(layers([file('a', marker), ...Array.from({ length: 500 }, (_, n) => file(`n/${n}`, `clean ${n}`))]));
  for (const { status, report } of await Promise.all([bench.scan(target), bench.scan(target), bench.scan(target)])) {
    assert.equal(status, 1);
    assert.deepEqual(places(report), ['/a']);
  }
});

test('a directory is scanned where it lies, without following links', async (t) => {
  const bench = new Bench(t);
  const root = join(bench.folder, 'tree');
  mkdirSync(join(root, 'sub'), { recursive: true });
  writeFileSync(join(root, 'sub/x'), marker);
  writeFileSync(join(bench.folder, 'outside'), marker);
  symlinkSync('../outside', join(root, 'link'));
  symlinkSync('.', join(root, 'loop'));
  const { status, report } = await bench.scan(`dir:${root}`);
  assert.equal(status, 1);
  assert.deepEqual(places(report), ['/sub/x']);
  assert.equal(report.findings[0]?.layer, '');
});

test('a report goes to a file whole, and errors of the command line say the way out', async (t) => {
  const bench = new Bench(t);
  const output = join(bench.folder, 'report.json');
  const target = bench.archive(layers([file('a', marker)]));
  assert.equal((await lazaret([...bench.args(target), '--output', output])).status, 1);
  assert.equal((JSON.parse(await readFile(output, 'utf8')) as Report).findings.length, 1);
  const missing = await lazaret(bench.args(join(bench.folder, 'no-such.tar')));
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /no-such\.tar/);
  const limit = await lazaret([...bench.args(target), '--limit', 'nonsense=1']);
  assert.equal(limit.status, 2);
  assert.match(limit.stderr, /inspectBytes/);
});

test('a report takes the place of no link and of no pipe', async (t) => {
  const bench = new Bench(t);
  const target = bench.archive(layers([file('a', marker)]));
  const real = join(bench.folder, 'real.json');
  const link = join(bench.folder, 'link.json');
  writeFileSync(real, 'old');
  symlinkSync('real.json', link);
  assert.equal((await lazaret([...bench.args(target), '--output', link])).status, 1);
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal((JSON.parse(await readFile(real, 'utf8')) as Report).findings.length, 1);
  const pipe = join(bench.folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [{ status }, text] = await Promise.all([lazaret([...bench.args(target), '--output', pipe]), readFile(pipe, 'utf8')]);
  assert.equal(status, 1);
  assert.equal((JSON.parse(text) as Report).findings.length, 1);
  assert.ok(lstatSync(pipe).isFIFO());
});

test('an empty layer and a tar with nothing but its end are whole', async (t) => {
  const bench = new Bench(t);
  const { report } = await bench.scan(
    bench.archive({
      layers: [
        { tar: Buffer.alloc(0), packing: 'gzip' },
        { tar: layerTar([]), packing: 'gzip' },
      ],
    }),
  );
  assert.equal(report.complete, true);
});
