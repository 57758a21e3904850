import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { defaultAccount } from '#app/app.ts';
import { alibabaSdks } from '../support/alibaba-sdks.ts';
import { apkOf, debOf, tarOf, xzOf, zipOf } from '../support/archives.ts';
import { testFolder } from '../support/folder.ts';
import { openGround } from '../support/ground.ts';
import { buildImage, dockerArchive, file, hardlink, type ImageSpec, type TarEntry, type TestImage, whiteout, writeOciLayout } from '../support/images.ts';
import { lazaret } from '../support/lazaret.ts';
import { gzipOfItself } from '../support/quine.ts';
import { sdks } from '../support/tencent-sdks.ts';
import { requireTool } from '../support/tools.ts';

// What lies inside archives, found by the real command in images and directories.

const marker = ['LAZARET', 'TEST', 'MALWARE'].join('-');
const rules = `rule Marked { meta: name = "Test.Trojan.Marked" severity = "high" strings: $a = "${marker}" condition: $a and filesize < 200 }`;

interface Finding {
  readonly path: string;
  readonly hidden: boolean;
  readonly layer: string;
  readonly sha256: string;
  readonly md5: string;
  readonly size: number;
  readonly fileType: string;
}

interface Report {
  readonly complete: boolean;
  readonly findings: readonly Finding[];
  readonly skipped: readonly { readonly path: string; readonly layer: string; readonly reason: string }[];
  readonly stats: Readonly<Record<string, number>>;
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

  async scan(target: string, more: readonly string[] = []): Promise<{ readonly status: number | null; readonly report: Report }> {
    const { status, stdout, stderr } = await lazaret(this.args(target, more));
    assert.notEqual(stdout, '', stderr);
    return { status, report: JSON.parse(stdout) as Report };
  }

  image(...lists: readonly (readonly TarEntry[])[]): string {
    return this.named('lazaret/test:1', ...lists);
  }

  named(name: string, ...lists: readonly (readonly TarEntry[])[]): string {
    const path = join(this.folder, 'image.tar');
    writeFileSync(path, dockerArchive({ [name]: buildImage(layers(...lists)) }, { layout: 'blobs' }));
    return path;
  }

  async layout(
    name: string,
    ...lists: readonly (readonly TarEntry[])[]
  ): Promise<{ readonly target: string; readonly image: TestImage; readonly drop: () => void }> {
    const image = buildImage(layers(...lists));
    const folder = join(this.folder, name);
    await writeOciLayout(image, folder);
    const drop = (): void => {
      for (const layer of image.layers) rmSync(join(folder, 'blobs/sha256', layer.digest.slice(7)), { force: true });
    };
    return { target: `oci:${folder}`, image, drop };
  }
}

const layers = (...lists: readonly (readonly TarEntry[])[]): ImageSpec => ({ layers: lists.map((entries) => ({ entries, packing: 'gzip' })) });
const places = ({ findings }: Report): readonly string[] => findings.map(({ path, hidden }) => (hidden ? `${path} hidden` : path));
const reasons = ({ skipped }: Report): string => skipped.map(({ path, reason }) => `${path}: ${reason}`).join('\n');
/** A content of its own that the rule finds. */
const evil = (text: string): Buffer => Buffer.from(`${marker} ${text}`);
const one = (path: string, bytes: Buffer): { readonly path: string; readonly bytes: Buffer } => ({ path, bytes });

const jarInWar = (): Buffer =>
  zipOf([one('WEB-INF/lib/inner.jar', zipOf([one('com/example/Inner.class', evil('class'))])), one('index.html', Buffer.from('<p>'))]);

test('archives of every kind open in an image, one inside the other, whatever they are called', async (t) => {
  const bench = new Bench(t);
  const { status, report } = await bench.scan(
    bench.image([
      file('srv/app.tar.gz', gzipSync(tarOf([one('opt/app.war', jarInWar())]))),
      file('var/cache/a.deb', debOf([one('usr/bin/a', evil('deb'))], [one('postinst', evil('script'))])),
      file('var/cache/b.apk', apkOf([one('usr/bin/b', evil('apk'))])),
      file('root/c-1.0-py3-none-any.whl', zipOf([one('c/__init__.py', evil('wheel'))])),
      file('root/d.xz', xzOf(tarOf([one('d', evil('xz'))]))),
      file('root/e.tzst', zstdCompressSync(tarOf([one('e', evil('zstd'))]))),
      file('root/plain.gz', gzipSync(evil('gzip'))),
      file('usr/lib/libnothing.so.1', zipOf([one('hidden', evil('so'))])),
      file('root/noname', Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), zipOf([one('Main.class', evil('prefix'))])])),
      file('root/not.zip', 'only called so'),
    ]),
  );
  assert.equal(status, 1);
  assert.equal(report.complete, true, reasons(report));
  assert.deepEqual(places(report), [
    '/root/c-1.0-py3-none-any.whl!/c/__init__.py',
    '/root/d.xz!/d',
    '/root/e.tzst!/e',
    '/root/noname!/Main.class',
    '/root/plain.gz!/plain',
    '/srv/app.tar.gz!/opt/app.war!/WEB-INF/lib/inner.jar!/com/example/Inner.class',
    '/usr/lib/libnothing.so.1!/hidden',
    '/var/cache/a.deb!/control.tar.gz!/postinst',
    '/var/cache/a.deb!/data.tar.xz!/usr/bin/a',
    '/var/cache/b.apk!/usr/bin/b',
  ]);
  const [wheel] = report.findings;
  const bytes = evil('wheel');
  assert.deepEqual([wheel?.sha256, wheel?.md5, wheel?.size, wheel?.fileType], [hash('sha256', bytes), hash('md5', bytes), bytes.length, 'text']);
  assert.match(wheel?.layer ?? '', /^sha256:/);
});

test('what other programs pack opens in a directory', async (t) => {
  const tools = ['tar', 'xz', 'zstd', 'bzip2', 'dpkg-deb', 'zip'].map((name) => requireTool(t, name));
  if (tools.includes(false)) return;
  const bench = new Bench(t);
  const [root, work] = [join(bench.folder, 'root'), join(bench.folder, 'work')];
  for (const folder of [root, join(work, 'package/DEBIAN'), join(work, 'package/usr/bin'), join(work, 'wheel/w')]) mkdirSync(folder, { recursive: true });
  const run = (command: string, ...args: readonly string[]): Buffer => execFileSync(command, args, { cwd: work, stdio: ['ignore', 'pipe', 'ignore'] });
  writeFileSync(join(work, 'package/DEBIAN/control'), 'Package: evil\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: x\n');
  writeFileSync(join(work, 'package/usr/bin/evil'), evil('package'));
  for (const packing of ['xz', 'zstd', 'gzip', 'none']) run('dpkg-deb', `-Z${packing}`, '--build', 'package', join(root, `${packing}.deb`));
  writeFileSync(join(work, 'x'), evil('file'));
  for (const [flag, name] of [
    ['-J', 'a.tar.xz'],
    ['-z', 'b.tgz'],
    ['--zstd', 'c.tar.zst'],
    ['-j', 'd.tbz2'],
    ['--format=v7', 'v7.tar'],
    ['--format=pax', 'pax.tar'],
  ] as const)
    run('tar', flag, '-cf', join(root, name), 'x');
  writeFileSync(join(root, 'two.xz'), Buffer.concat([run('xz', '-9c', 'x'), run('xz', '--check=crc64', '-c', 'x')]));
  writeFileSync(join(work, 'wheel/w/__init__.py'), evil('wheel'));
  run('zip', '-qr', join(root, 'w-1-py3-none-any.whl'), 'wheel');
  // As Alpine's own tool makes them: a tar without its end, then another one, each packed by itself.
  writeFileSync(join(work, '.PKGINFO'), 'pkgname = evil\n');
  const control = run('tar', '-cf', '-', '.PKGINFO').subarray(0, 1024);
  writeFileSync(join(root, 'e.apk'), Buffer.concat([gzipSync(control), gzipSync(run('tar', '-cf', '-', 'x'))]));
  const { report } = await bench.scan(`dir:${root}`);
  assert.equal(report.complete, true, reasons(report));
  assert.deepEqual(
    places(report).filter((path) => path.includes('!/')),
    [
      '/a.tar.xz!/x',
      '/b.tgz!/x',
      '/c.tar.zst!/x',
      '/d.tbz2!/x',
      '/e.apk!/x',
      '/gzip.deb!/data.tar.gz!/usr/bin/evil',
      '/none.deb!/data.tar!/usr/bin/evil',
      '/pax.tar!/x',
      '/two.xz!/two',
      '/v7.tar!/x',
      '/w-1-py3-none-any.whl!/wheel/w/__init__.py',
      '/xz.deb!/data.tar.xz!/usr/bin/evil',
      '/zstd.deb!/data.tar.zst!/usr/bin/evil',
    ],
  );
});

test('an archive that a later layer takes away hides what lies in it, and a hard link to it shows it again', async (t) => {
  const bench = new Bench(t);
  const jar = (text: string): Buffer => zipOf([one('x', evil(text))]);
  const { report } = await bench.scan(
    bench.image(
      [file('gone.jar', jar('1')), file('over.jar', jar('2')), file('kept.jar', jar('3')), file('linked.jar', jar('4'))],
      [whiteout('gone.jar'), file('over.jar', jar('5')), hardlink('link.jar', 'linked.jar'), whiteout('linked.jar')],
    ),
  );
  assert.deepEqual(places(report), ['/gone.jar!/x hidden', '/kept.jar!/x', '/link.jar!/x', '/linked.jar!/x hidden', '/over.jar!/x hidden', '/over.jar!/x']);
  assert.equal(report.complete, true);
});

test('a content is the same wherever it lies: it is judged once, and an archive is opened once', async (t) => {
  const bench = new Bench(t);
  const jar = zipOf([one('x', evil('same'))]);
  const first = await bench.layout('first', [
    file('a.jar', jar),
    file('b/c.jar', jar),
    file('plain', evil('same')),
    file('d.war', zipOf([one('in.jar', jar)])),
  ]);
  const { report } = await bench.scan(first.target);
  assert.deepEqual(places(report), ['/a.jar!/x', '/b/c.jar!/x', '/d.war!/in.jar!/x', '/plain']);
  assert.equal(new Set(report.findings.map(({ sha256 }) => sha256)).size, 1);
  assert.equal(report.stats['openedArchives'], 2, 'the jar and the war');
  // The layer is known: it is not even read.
  first.drop();
  const again = await bench.scan(first.target);
  assert.deepEqual(again.report.findings, report.findings);
  assert.deepEqual([again.report.stats['openedArchives'], again.report.stats['cachedLayers']], [0, 1]);
  // Another layer with an archive that is known.
  const second = await bench.layout('second', [file('other/place.jar', jar), file('new', 'new')]);
  const other = await bench.scan(second.target);
  assert.deepEqual(places(other.report), ['/other/place.jar!/x']);
  assert.deepEqual([other.report.stats['openedArchives'], other.report.stats['cachedLayers']], [0, 0]);
});

test('changed rules judge what lies in archives anew; a hash list does so without the layer', async (t) => {
  const bench = new Bench(t);
  const early = join(bench.folder, 'early.txt');
  const late = join(bench.folder, 'late.txt');
  writeFileSync(early, `${'0'.repeat(32)};Nothing\n`);
  writeFileSync(late, `${hash('md5', 'quiet one')};Quiet.One\n`);
  const { target, drop } = await bench.layout('image', [
    file('a.tgz', gzipSync(tarOf([one('in.jar', zipOf([one('q', Buffer.from('quiet one')), one('x', evil('a'))]))]))),
  ]);
  const before = await bench.scan(target, ['--hashes', early]);
  assert.deepEqual(places(before.report), ['/a.tgz!/in.jar!/x']);
  writeFileSync(bench.rules, rules.replace(marker, 'quiet'));
  const changed = await bench.scan(target, ['--hashes', early]);
  assert.deepEqual(places(changed.report), ['/a.tgz!/in.jar!/q']);
  writeFileSync(bench.rules, rules);
  drop();
  const listed = await bench.scan(target, ['--hashes', late]);
  assert.deepEqual(places(listed.report), ['/a.tgz!/in.jar!/q', '/a.tgz!/in.jar!/x']);
  assert.deepEqual([listed.report.stats['cachedLayers'], listed.report.stats['openedArchives']], [1, 0]);
});

test('rules that read the path are told the one inside the archive', async (t) => {
  const bench = new Bench(t);
  writeFileSync(bench.rules, `rule Named { meta: severity = "high" condition: filename == "evil.sh" and filepath contains "inner" and extension == ".sh" }`);
  const zip = zipOf([one('inner/evil.sh', Buffer.from('same')), one('other/evil.sh', Buffer.from('same')), one('inner/good.sh', Buffer.from('same'))]);
  const target = bench.image([file('a.zip', zip), file('b.zip', zip)]);
  for (const run of ['first', 'second']) assert.deepEqual(places((await bench.scan(target)).report), ['/a.zip!/inner/evil.sh', '/b.zip!/inner/evil.sh'], run);
});

test('findings inside archives stand in the table and in SARIF', async (t) => {
  const bench = new Bench(t);
  const target = bench.image([file('opt/a b.war', jarInWar())]);
  const at = '/opt/a b.war!/WEB-INF/lib/inner.jar!/com/example/Inner.class';
  const table = await lazaret([...bench.args(target), '--format', 'table']);
  assert.match(table.stdout, new RegExp(`high +Test\\.Trojan\\.Marked .*${at}`));
  assert.match(table.stdout, /, 2 archives opened/);
  const sarif = await lazaret([...bench.args(target), '--format', 'sarif']);
  const { runs } = JSON.parse(sarif.stdout) as { runs: { results: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[] }[] };
  const uri = runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri ?? '';
  assert.equal(`/${decodeURIComponent(uri)}`.replace(/^\/+/, '/'), at);
});

test('every limit of archives is told with its reason, and the scan is incomplete', async (t) => {
  const bench = new Bench(t);
  let made = 0;
  // Each with contents of its own: what is known is not opened, and costs nothing.
  const zip = (count: number): Buffer => {
    made += 1;
    return zipOf(Array.from({ length: count }, (_, at) => one(`f${at}`, Buffer.from(`content ${made} ${at}`))));
  };
  const nest = (depth: number): Buffer => (depth === 0 ? evil('deep') : zipOf([one(`d${depth}`, nest(depth - 1))]));
  const zeros = zipOf([one('zeros', Buffer.alloc(12 * 1024 * 1024))]);
  const cases: readonly (readonly [string, readonly TarEntry[], RegExp])[] = [
    ['archiveDepth=3', [file('n', nest(5))], /^\/n!\/d5!\/d4!\/d3: it lies more than 3 archives deep and was not opened$/m],
    ['archiveEntries=5', [file('z', zip(6))], /^\/z: the archive has more than 5 entries$/m],
    [
      'archiveBytes=1000',
      [file('z', zipOf([one('a', Buffer.alloc(600)), one('b', Buffer.alloc(600))]))],
      /^\/z.*: the archive unpacks to more than 1000 bytes/m,
    ],
    ['archiveRatio=100', [file('z', zeros)], /^\/z.*: the archive unpacks to more than 100 times its size/m],
    ['archiveSeconds=0', [file('z', zip(3))], /^\/z: opening it took longer than 0 s/m],
    ['nestedBytes=20', [file('z', zip(5))], /^: the archives in the image unpack to more than 20 bytes; the rest of them was not opened$/m],
    ['nestedEntries=3', [file('z', zip(5))], /^: the archives in the image hold more than 3 entries; the rest of them was not opened$/m],
    ['nestedFindings=2', [file('z', zipOf([1, 2, 3].map((at) => one(`f${at}`, evil(String(at))))))], /^: there are more than 2 findings inside archives/m],
    ['hashBytes=500', [file('z', zipOf([one('large', Buffer.alloc(600))]))], /^\/z!\/large: .*over the limit of 500 bytes for hashing$/m],
    [
      'inspectBytes=500',
      [file('z', zipOf([one('large', Buffer.alloc(600))]))],
      /^\/z!\/large: .*over the limit of 500 bytes for engines; it was only hashed$/m,
    ],
  ];
  for (const [limit, entries, wanted] of cases) {
    const target = bench.image(entries);
    // The same once more, from what is known.
    for (const run of ['first', 'second']) {
      const { status, report } = await bench.scan(target, ['--limit', limit]);
      assert.match(reasons(report), wanted, `${limit}, ${run} scan`);
      assert.equal(report.complete, false, limit);
      assert.equal(status, report.findings.length > 0 ? 1 : 2, limit);
    }
    assert.ok((await bench.scan(target)).report.complete || limit.startsWith('archiveRatio'), `${limit}: without it all is seen`);
  }
  const refused = await lazaret(bench.args(bench.image([]), ['--limit', 'archiveDepth=18']));
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /archiveDepth can be at most 17/);
});

test('what cannot be opened is told, member by member', async (t) => {
  const bench = new Bench(t);
  const { status, report } = await bench.scan(
    bench.image([
      file('a.7z', Buffer.concat([Buffer.from('377abcaf271c0004', 'hex'), Buffer.alloc(100)])),
      file('b.rar', Buffer.concat([Buffer.from('526172211a070100', 'hex'), Buffer.alloc(100)])),
      file(
        'd.zip',
        zipOf([
          { path: 'secret', bytes: evil('secret'), flags: 1, packed: Buffer.alloc(40, 9) },
          one('open', evil('open')),
          { path: 'odd', bytes: evil('odd'), method: 98 },
        ]),
      ),
      file('e.zip', zipOf([one('x', evil('cut')), one('y', Buffer.from('y'.repeat(500)))]).subarray(0, -70)),
      file('f.gz', gzipSync(Buffer.from(`${evil('torn').toString()}${'torn '.repeat(10)}`)).subarray(0, -12)),
      file('g.gz', Buffer.concat([gzipSync(evil('more')), Buffer.from('something after')])),
    ]),
  );
  assert.equal(status, 1);
  assert.deepEqual(places(report), ['/d.zip!/open', '/e.zip!/x', '/f.gz!/f', '/g.gz!/g']);
  const told = reasons(report);
  for (const wanted of [
    /^\/a\.7z: 7z archives are not opened$/m,
    /^\/b\.rar: rar archives are not opened$/m,
    /^\/d\.zip!\/secret: it is encrypted$/m,
    /^\/d\.zip!\/odd: its packing method 98 \(ppmd\) is not supported$/m,
    /^\/e\.zip: the zip has no central directory: it is cut off or damaged$/m,
    /^\/f\.gz.*: the packed data is cut off/m,
    /^\/g\.gz.*: 15 bytes after the end of the packed data were not looked at$/m,
  ])
    assert.match(told, wanted);
});

test('an archive that holds itself, and bombs, end soon', { timeout: 120_000 }, async (t) => {
  const bench = new Bench(t);
  const itself = gzipOfItself();
  const ten = (inner: Buffer): Buffer => zipOf(Array.from({ length: 10 }, (_, at) => one(`${at}.zip`, inner)));
  // Ten archives in each of ten, seven times: sixty gigabytes that are six contents.
  const nested = [1, 2, 3, 4, 5, 6].reduce(ten, zipOf([one('zeros', Buffer.alloc(6 * 1024 * 1024))]));
  const zeros = Buffer.alloc(64 * 1024 * 1024);
  const started = performance.now();
  const { status, report } = await bench.scan(
    bench.image([
      file('itself.gz', itself),
      file('nested.zip', nested),
      file('flat.gz', Buffer.concat([gzipSync(zeros), gzipSync(zeros)])),
      file('flat.zst', Buffer.concat([zstdCompressSync(zeros), zstdCompressSync(zeros)])),
      file('after', evil('after')),
    ]),
  );
  assert.equal(status, 1);
  assert.deepEqual(places(report), ['/after']);
  const told = reasons(report);
  assert.match(told, /^\/itself\.gz.*: it holds itself, and is not opened again$/m);
  assert.match(told, /^\/flat\.gz.*: the archive unpacks to more than 100 times its size/m);
  assert.match(told, /^\/flat\.zst.*: the archive unpacks to more than 100 times its size/m);
  assert.ok((report.stats['openedArchives'] ?? 0) <= 11, String(report.stats['openedArchives']));
  assert.ok(performance.now() - started < 30_000);
});

test('a member that an engine gives up on costs that member, and is tried again', async (t) => {
  const bench = new Bench(t);
  const slow = 'rule Slow { condition: filesize > 1MB and for all i in (1..filesize) : ( for all j in (1..60) : ( uint8(i + j) == 0x78 ) ) }';
  writeFileSync(bench.rules, `${rules}\n${slow}`);
  const target = bench.image([file('a.zip', zipOf([one('slow', Buffer.from('x'.repeat(3_000_000))), one('x', evil('beside'))]))]);
  for (const run of ['first', 'second']) {
    const { report } = await bench.scan(target, ['--limit', 'engineSeconds=1']);
    assert.deepEqual(places(report), ['/a.zip!/x'], run);
    assert.match(reasons(report), /^\/a\.zip!\/slow: .*timed out after 1 s$/m, run);
  }
});

test('names inside archives cannot climb out, and foreign bytes are shown', async (t) => {
  const bench = new Bench(t);
  const { report } = await bench.scan(
    bench.image([
      file(
        'opt/n.zip',
        zipOf([
          one('../../etc/x', evil('1')),
          one('/abs', evil('2')),
          { path: Buffer.from([0x6e, 0xfe]), bytes: evil('3') },
          { path: 'é\n', bytes: evil('4') },
        ]),
      ),
    ]),
  );
  assert.deepEqual(places(report), ['/opt/n.zip!/abs', '/opt/n.zip!/etc/x', '/opt/n.zip!/n\\xfe', '/opt/n.zip!/é\\x0a']);
});

test('nothing is left behind in the temporary directory', async (t) => {
  const bench = new Bench(t);
  const folder = join(bench.folder, 'temporary');
  mkdirSync(folder);
  const large = Buffer.concat([evil('large'), Buffer.alloc(9 * 1024 * 1024, 'x')]);
  const { stdout } = await lazaret(
    bench.args(
      bench.image([
        file(
          'big.zip',
          zipOf([
            { path: 'x', bytes: evil('x') },
            { path: 'large', bytes: large, method: 0 },
          ]),
        ),
      ]),
    ),
    { TMPDIR: folder },
  );
  assert.deepEqual(places(JSON.parse(stdout) as Report), ['/big.zip!/x']);
  assert.deepEqual(readdirSync(folder), []);
});

test('both clouds tell where in which archive a file lies, and how many images have it', { timeout: 60_000 }, async (t) => {
  const { server, app, key, dataDir } = await openGround(t);
  const bench = new Bench(t);
  const jar = zipOf([one('x/Evil.class', evil('cloud'))]);
  const scan = async (name: string, ...entries: readonly TarEntry[]): Promise<void> => {
    const { status } = await lazaret([...bench.args(bench.named(name, entries)), '--data', dataDir]);
    assert.equal(status, 1, name);
  };
  await scan('team/first:1', file('opt/a.war', zipOf([one('lib/in.jar', jar)])));
  await scan('team/second:1', file('srv/b.jar', jar), file('srv/plain', evil('cloud')));
  const images = await app.store.images.list({ accountId: defaultAccount, offset: 0, limit: 10, by: 'lastSeen', order: 'asc' });
  const ids = images.rows.map(({ image }) => image.id);
  assert.equal(ids.length, 2);
  const [tencentSdk, alibabaSdk] = [sdks[0], alibabaSdks[0]];
  assert.ok(tencentSdk && alibabaSdk);
  const tencent = tencentSdk.connect({ endpoint: server.endpoint, key, profile: { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' } });
  const paths: unknown[] = [];
  for (const ImageID of ids) {
    const { List } = (await tencent('DescribeAssetImageVirusList', { ImageID })) as { readonly List: readonly { readonly Path: string }[] };
    paths.push(List.map(({ Path }) => Path).sort());
  }
  assert.deepEqual(paths, [['/opt/a.war!/lib/in.jar!/x/Evil.class'], ['/srv/b.jar!/x/Evil.class', '/srv/plain']]);
  const alibaba = alibabaSdk.connect({ endpoint: server.endpoint, protocol: 'http', key });
  const page = { CurrentPage: 1, PageSize: '20' };
  const grouped = (await alibaba('DescribeGroupedMaliciousFiles', page)) as {
    readonly GroupedMaliciousFileResponse: readonly Readonly<Record<string, unknown>>[];
  };
  const md5 = hash('md5', evil('cloud'));
  assert.deepEqual(
    grouped.GroupedMaliciousFileResponse.map((row) => [row['MaliciousMd5'], row['ImageCount'], row['MaliciousName']]),
    [[md5, 2, 'Test.Trojan.Marked']],
  );
  const affected = (await alibaba('DescribeAffectedMaliciousFileImages', { ...page, MaliciousMd5: md5 })) as {
    readonly AffectedMaliciousFileImagesResponse: readonly { readonly FilePath: string }[];
  };
  assert.deepEqual(affected.AffectedMaliciousFileImagesResponse.map(({ FilePath }) => FilePath).sort(), [
    '/opt/a.war!/lib/in.jar!/x/Evil.class',
    '/srv/b.jar!/x/Evil.class',
    '/srv/plain',
  ]);
});
