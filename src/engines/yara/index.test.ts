import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Detection } from '#domain/detection.ts';
import { LazaretError } from '#domain/error.ts';
import type { ByteEngine, ContentFacts } from '../engine.ts';
import { checkRules, openYaraJudges, openYaraPack, type YaraPackOptions } from './index.ts';
import { hasNativeBackend } from './native.ts';

const skipNative = hasNativeBackend() ? false : 'the native addon is not installed for this machine';
const facts: ContentFacts = { size: 0, fileType: 'text', path: '/srv/app/Start.SH', owner: '0' };

interface Place {
  readonly rules: string;
  readonly cacheDir: string;
  readonly open: (more?: Partial<YaraPackOptions>) => ReturnType<typeof openYaraPack>;
}

/** Runs with a folder of rule files and an empty cache. */
async function withPack(files: Readonly<Record<string, string | Buffer>>, use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lazaret-yara-'));
  try {
    const rules = join(folder, 'pack');
    await mkdir(rules);
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(rules, name)), { recursive: true });
      await writeFile(join(rules, name), content);
    }
    const cacheDir = join(folder, 'cache');
    await use({ rules, cacheDir, open: (more = {}) => openYaraPack({ path: rules, cacheDir, engineSeconds: 5, ...more }) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function inspect(engines: readonly ByteEngine[], content: string | Buffer, more: Partial<ContentFacts> = {}): Detection[] {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const judges = openYaraJudges(structuredClone(engines.map((engine) => engine.recipe)));
  return judges.flatMap((judge) => judge.inspect(bytes, { ...facts, size: bytes.length, ...more }));
}

const rulesIn = (detections: readonly Detection[]): string[] => detections.map(({ rule }) => rule);

test('a folder is read in order, each file for itself, but what others include', () =>
  withPack(
    {
      'a.yar': 'include "parts/base.yar"\nrule uses_base { condition: base and filesize > 0 }',
      'parts/base.yar': 'private rule base { strings: $a = "needle" condition: $a }',
      'sub/b.YARA': 'rule same { condition: filesize < 100 }',
      'c.rule': 'rule same { condition: filesize < 100 }',
      '.hidden/d.yar': 'rule hidden { condition: true }',
      'readme.txt': 'rule no { condition: true }',
    },
    async ({ open, rules }) => {
      const pack = await open();
      assert.deepEqual([pack.problems, pack.rules], [[], 4]);
      assert.deepEqual(rulesIn(inspect(pack.engines, 'a needle')), ['same', 'same', 'uses_base']);
      const single = await open({ path: join(rules, 'a.yar') });
      assert.deepEqual(rulesIn(inspect(single.engines, 'a needle')), ['uses_base']);
    },
  ));

test('includes stay inside the pack, end, and say where they lead to nothing', () =>
  withPack(
    {
      'a.yar': 'include "../outside.yar"\ninclude "missing.yar"\ninclude "/etc/hostname"\ninclude "b.yar"\nrule a { condition: true }',
      'b.yar': 'include "c.yar"\nrule b { condition: true }',
      'c.yar': 'include "b.yar"\nrule c { condition: true }',
      '../outside.yar': 'rule outside { condition: true }',
    },
    async ({ open, rules }) => {
      await symlink(join(rules, '..', 'outside.yar'), join(rules, 'link.yar'));
      const pack = await open();
      assert.deepEqual(rulesIn(inspect(pack.engines, 'x')), ['a', 'b', 'c']);
      assert.deepEqual(
        pack.problems.map(({ file, line }) => `${file}:${line}`),
        ['link.yar:1', 'a.yar:1', 'a.yar:2', 'a.yar:3'],
      );
    },
  ));

test('a bad rule is reported with file and line and left out, with all that need it', () =>
  withPack(
    {
      'a.yar': [
        'import "pe"',
        'import "cuckoo"',
        'rule good { condition: true }',
        'rule bad_pattern {',
        '  condition:',
        '    $nothing',
        '}',
        'rule needs_bad { condition: bad_pattern }',
        'rule needs_needs { condition: good and needs_bad }',
        'rule bad_syntax { condition: ( }',
        'rule module { condition: cuckoo.network.http_get(/x/) }',
        'rule good { condition: false }',
        'rule unread { strings: $a = "open',
        'rule also_good { condition: good }',
      ].join('\n'),
      'b.yar': 'rule fine { condition: true }',
      'c.yar': 'this is no rule file',
    },
    async ({ open, rules }) => {
      const pack = await open();
      assert.deepEqual(rulesIn(inspect(pack.engines, 'x')), ['also_good', 'fine', 'good']);
      assert.equal(pack.rules, 3);
      const told = pack.problems.map(({ file, line, rule }) => `${file}:${line} ${rule}`).sort();
      assert.deepEqual(told, [
        'a.yar:10 bad_syntax',
        'a.yar:11 module',
        'a.yar:12 good',
        'a.yar:13 unread',
        'a.yar:6 bad_pattern',
        'a.yar:8 needs_bad',
        'a.yar:9 needs_needs',
        'c.yar:1 ',
      ]);
      assert.match(pack.problems.find(({ rule }) => rule === 'needs_needs')?.message ?? '', /needs rule needs_bad/);
      assert.deepEqual((await open()).problems, pack.problems, 'the cache forgets problems');
      const checked = (await checkRules([rules])).packs[0];
      assert.deepEqual(checked?.problems, pack.problems);
      assert.deepEqual(
        checked?.rules.map(({ rule, line }) => `${rule} ${line}`),
        ['good 3', 'also_good 14', 'fine 1'],
      );
    },
  ));

test('a file that is no UTF-8 means its bytes', () =>
  withPack(
    { 'a.yar': Buffer.from('// \u00e9\nrule latin { meta: author = "Ren\u00e9" strings: $a = "caf\u00e9" $b = /th\u00e9/ condition: $a and $b }', 'latin1') },
    async ({ open }) => {
      const pack = await open();
      assert.deepEqual(pack.problems, []);
      const [found] = inspect(pack.engines, 'caf\u00e9 th\u00e9');
      assert.equal(found?.author, 'Ren\u00e9');
      assert.deepEqual(inspect(pack.engines, Buffer.from('caf\u00e9 th\u00e9', 'utf8')), []);
    },
  ));

test('rules that ask where a file lies make a second engine, and each rule is reported once', () =>
  withPack(
    {
      'a.yar': `rule needed { strings: $a = "needle" condition: $a }
        rule by_name { condition: filename == "Start.SH" and needed }
        rule by_rest { condition: filepath == "/srv/app/Start.SH" and extension == ".sh" and owner == "root" and by_name }
        rule by_type { condition: filetype == "TEXT" }`,
      'b.yar': 'global rule where { condition: filepath contains "app" } rule plain { condition: true }',
    },
    async ({ open, rules }) => {
      const { engines } = await open();
      assert.deepEqual(
        engines.map(({ readsPath }) => readsPath),
        [false, true],
      );
      assert.notEqual(engines[0]?.fingerprint, engines[1]?.fingerprint);
      assert.deepEqual(rulesIn(inspect(engines.slice(0, 1), 'a needle')), ['by_type', 'needed']);
      assert.deepEqual(rulesIn(inspect(engines.slice(1), 'a needle')), ['by_name', 'by_rest', 'plain', 'where']);
      assert.deepEqual(rulesIn(inspect(engines, 'a needle', { path: '/tmp/x', owner: '7' })), ['by_type', 'needed']);
      const checked = (await checkRules([rules])).packs[0]?.rules.filter(({ readsPath }) => readsPath).map(({ rule }) => rule);
      assert.deepEqual(checked, ['by_name', 'by_rest', 'where', 'plain']);
    },
  ));

test('a detection tells where its patterns matched, in characters of a text and bytes of the rest', () =>
  withPack({ 'a.yar': 'rule a { strings: $a = "needle" $b = /ee[a-z]/ condition: any of them }' }, async ({ open }) => {
    const { engines } = await open();
    const placesIn = (content: Buffer, fileType: 'text' | 'other') => inspect(engines, content, { fileType })[0]?.places;
    const content = Buffer.from('\u00e9\u4e2d a needle, needles');
    assert.deepEqual(placesIn(content, 'text'), [
      [5, 11],
      [6, 9],
      [13, 19],
      [14, 17],
    ]);
    assert.deepEqual(placesIn(content, 'other')?.[0], [8, 14]);
    assert.equal(placesIn(Buffer.from('needle '.repeat(50)), 'text')?.length, 10);
  }));

test('meta of our own rules and of foreign ones becomes a detection', () =>
  withPack(
    {
      LICENSE: '\n# Some Rule License 1.0\nmore',
      'a.yar': `rule a_own : t1 t2 { meta: name = "Linux.Trojan.Test" severity = "critical" description = "D" description_zh = "\u63cf\u8ff0" advice = "A" advice_zh = "\u5efa\u8bae" author = "Me" reference = "https://example.org" licence = "MIT" condition: true }
        rule b_scored { meta: score = 80 desc = "foreign" ref = "r" license_url = "l" condition: true }
        rule c_numbered { meta: severity = "95" threat_name = "Linux.Virus.X" condition: true }
        rule d_silent { meta: description = "say \\"hi\\" to C:\\\\x" condition: true }
        rule e_strange { meta: severity = "dreadful" score = "x" name = "line\\nbreak" condition: true }
        rule f_low { meta: severity = 10 condition: true }`,
    },
    async ({ open }) => {
      const found = inspect((await open({ name: 'shown' })).engines, 'x');
      assert.deepEqual(found[0], {
        engine: 'yara',
        kind: 'signature',
        rule: 'a_own',
        pack: 'shown',
        name: 'Linux.Trojan.Test',
        severity: 'critical',
        tags: ['t1', 't2'],
        author: 'Me',
        reference: 'https://example.org',
        licence: 'MIT',
        description: { en: 'D', zh: '\u63cf\u8ff0' },
        advice: { en: 'A', zh: '\u5efa\u8bae' },
      });
      assert.deepEqual(
        found.map(({ name, severity, licence }) => [name, severity, licence]),
        [
          ['Linux.Trojan.Test', 'critical', 'MIT'],
          ['b_scored', 'high', 'l'],
          ['Linux.Virus.X', 'critical', 'Some Rule License 1.0'],
          ['d_silent', 'medium', 'Some Rule License 1.0'],
          ['line break', 'medium', 'Some Rule License 1.0'],
          ['f_low', 'notice', 'Some Rule License 1.0'],
        ],
      );
      assert.equal(found[3]?.description.en, 'say "hi" to C:\\x');
      for (const { description, advice } of found) assert.ok(description.en !== '' && description.zh !== '' && advice.en !== '' && advice.zh !== '');
    },
  ));

test('the fingerprint follows rules, names and licence of a pack', () =>
  withPack({ 'a.yar': 'rule a { condition: true }' }, async ({ open, rules }) => {
    const seen = new Set<string>();
    const print = async (): Promise<string> => (await open()).engines[0]?.fingerprint ?? '';
    seen.add(await print());
    assert.ok(seen.has(await print()));
    await writeFile(join(rules, 'a.yar'), 'rule a { condition: false }');
    seen.add(await print());
    await writeFile(join(rules, 'b.yar'), 'rule b { condition: true }');
    seen.add(await print());
    await writeFile(join(rules, 'LICENSE'), 'Free');
    seen.add(await print());
    assert.equal(seen.size, 4);
  }));

const packFiles = async (cacheDir: string): Promise<string[]> =>
  (await readdir(join(cacheDir, 'yara'))).filter((name) => name.endsWith('.pack')).map((name) => join(cacheDir, 'yara', name));

test('compiled rules are found again, and made anew when anything of them is damaged', () =>
  withPack({ 'a.yar': 'rule a { strings: $a = "needle" condition: $a }' }, async ({ open, cacheDir }) => {
    await open();
    const [file] = await packFiles(cacheDir);
    assert.ok(file !== undefined);
    assert.equal((await stat(join(cacheDir, 'yara'))).mode & 0o777, 0o700);
    const before = await stat(file);
    await open();
    assert.equal((await stat(file)).ino, before.ino, 'the second start compiled again');
    const manifest = join(cacheDir, 'yara', (await readdir(join(cacheDir, 'yara'))).find((name) => name.endsWith('.json')) ?? '');
    const text = await readFile(manifest, 'utf8');
    for (const damage of [
      () => truncate(file, 10),
      () => rm(file),
      () => writeFile(file, 'other rules'),
      () => writeFile(manifest, text.slice(0, 20)),
      () => writeFile(manifest, '{}'),
      () => writeFile(manifest, text.replaceAll(/"sha256":"[^"]*"/g, '"sha256":"../../x"')),
    ]) {
      await damage();
      assert.deepEqual(rulesIn(inspect((await open()).engines, 'needle')), ['a']);
    }
    assert.deepEqual(
      (await readdir(join(cacheDir, 'yara'))).filter((name) => name.startsWith('new-')),
      [],
    );
  }));

test('rules exchanged after opening are never loaded', () =>
  withPack({ 'a.yar': 'rule a { strings: $a = "needle" condition: $a }' }, async ({ open, cacheDir }) => {
    const { engines } = await open();
    for (const file of await packFiles(cacheDir)) await writeFile(file, 'rules of an attacker');
    assert.throws(() => inspect(engines, 'needle'), /do not match their digest/);
  }));

test('a cache that others may write is refused', () =>
  withPack({ 'a.yar': 'rule a { condition: true }' }, async ({ open, cacheDir }) => {
    await mkdir(join(cacheDir, 'yara'), { recursive: true });
    await chmod(join(cacheDir, 'yara'), 0o777);
    await assert.rejects(open(), (error) => error instanceof LazaretError && error.code === 'invalid-input');
  }));

test('processes that compile the same pack at once do not disturb each other', () =>
  withPack(
    { 'a.yar': Array.from({ length: 200 }, (_, index) => `rule r${index} { strings: $a = "needle ${index}" condition: $a }`).join('\n') },
    async ({ rules, cacheDir, open }) => {
      const script = `const { openYaraPack, openYaraJudges } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
      const pack = await openYaraPack({ path: ${JSON.stringify(rules)}, cacheDir: ${JSON.stringify(cacheDir)}, engineSeconds: 5 });
      const facts = { size: 1, fileType: 'text', path: '/x', owner: '0' };
      console.log(openYaraJudges([pack.engines[0].recipe])[0].inspect(Buffer.from('needle 42'), facts).length);`;
      const run = promisify(execFile);
      const outputs = await Promise.all(
        Array.from({ length: 3 }, () => run(process.execPath, ['--input-type=module', '-e', script], { cwd: fileURLToPath(new URL('.', import.meta.url)) })),
      );
      assert.deepEqual(
        outputs.map(({ stdout }) => stdout.trim()),
        ['2', '2', '2'],
      );
      assert.equal((await open()).rules, 200);
    },
  ));

test('a scan that does not end says so and names the seconds', { skip: skipNative }, () =>
  withPack({ 'a.yar': 'rule a { strings: $a = /a.*a.*a.*a.*b/s condition: $a }' }, async ({ open }) => {
    const { engines } = await open({ engineSeconds: 1 });
    assert.throws(() => inspect(engines, 'a'.repeat(3_000_000)), { message: 'timed out after 1 s' });
  }),
);

test('many matches of one pattern are counted, and few are kept where nobody counts', () =>
  withPack(
    { 'a.yar': 'rule counts { strings: $a = "aa" condition: #a > 5000 } rule places { strings: $b = "ba" condition: $b in (4000..9000) }' },
    async ({ open }) => {
      assert.deepEqual(rulesIn(inspect((await open()).engines, `${'a'.repeat(8000)}ba`)), ['counts', 'places']);
    },
  ));

test('a pack that is missing, and work that is called off, are errors', () =>
  withPack({ 'a.yar': 'rule a { condition: true }' }, async ({ open, rules }) => {
    await assert.rejects(open({ path: join(rules, 'nothing') }), (error) => error instanceof LazaretError && error.code === 'not-found');
    await assert.rejects(open({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  }));

test('an empty folder is a pack without engines', () =>
  withPack({}, async ({ open }) => {
    assert.deepEqual(await open(), { engines: [], problems: [], rules: 0 });
  }));

test('the wasm build opens the same pack and finds the same', () =>
  withPack(
    {
      'a.yar':
        'import "elf" rule linux { condition: elf.type == elf.ET_NONE or elf.machine >= 0 } rule text { strings: $a = "needle" condition: $a } rule mz { condition: uint16(0) == 0x5a4d }',
    },
    async ({ open }) => {
      const { engines, problems } = await open({ backend: 'wasm' });
      assert.deepEqual(problems, []);
      assert.deepEqual(rulesIn(inspect(engines, 'needle')), ['text']);
      assert.deepEqual(rulesIn(inspect(engines, 'MZ needle')), ['mz', 'text']);
      assert.deepEqual(rulesIn(inspect(engines, Buffer.concat([Buffer.from('7f454c4602010100000000000000000002003e0001000000', 'hex'), Buffer.alloc(80)]))), [
        'linux',
      ]);
    },
  ));
