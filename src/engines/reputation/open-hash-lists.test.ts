import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { testDigestEngine, testEngine } from '../contract.ts';
import { openHashLists } from './open-hash-lists.ts';

const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const digestsOf = (text: string) => ({ sha256: hex('sha256', text), sha1: hex('sha1', text), md5: hex('md5', text) });
const ofContent = (text: string) => ({ digests: digestsOf(text), size: text.length });

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'lazaret-lists-'));
});
after(() => rm(root, { recursive: true }));

async function write(name: string, ...lines: string[]): Promise<string> {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

const open = (...paths: string[]) => openHashLists({ paths, signal: new AbortController().signal });

async function openOne(path: string) {
  const { engines } = await open(path);
  assert.equal(engines.length, 1);
  return engines[0]!;
}

testEngine({
  name: 'reputation',
  open: async () => (await open(await write('contract/one.txt', hex('md5', 'a')), await write('contract/two.fp', `${hex('md5', 'b')}:1:b`))).engines,
  openChanged: async () => (await open(await write('contract/one.txt', hex('md5', 'c')), await write('contract/two.fp', `${hex('md5', 'b')}:*:b`))).engines,
});

const subjects = [
  ['list.txt', 'plain list of SHA-256', `${hex('sha256', 'bad')};Linux.Trojan.Test`],
  ['list.csv', 'plain list of SHA-1', hex('sha1', 'bad')],
  ['list.hdb', '.hdb', `${hex('md5', 'bad')}:3:Linux.Trojan.Test`],
  ['list.hsb', '.hsb', `${hex('sha1', 'bad')}:*:Linux.Trojan.Test:73`],
  ['list.fp', '.fp', `${hex('md5', 'bad')}:3:Known`],
  ['list.sfp', '.sfp', `${hex('sha256', 'bad')}:*:Known`],
] as const;
for (const [file, name, line] of subjects) {
  testDigestEngine({
    name,
    open: async () => openOne(await write(`subjects/${file}`, line)),
    listed: ofContent('bad'),
    unlisted: ofContent('good'),
    allows: file.endsWith('fp'),
  });
}

describe('a hash list', () => {
  test('gives its name, severity and texts to the detection', async () => {
    const engine = await openOne(await write('named.txt', `${hex('sha256', 'bad').toUpperCase()};95;Linux.Worm.Test`));
    const [detection] = engine.lookup(digestsOf('bad'), 3).detections;
    assert.equal(detection?.name, 'Linux.Worm.Test');
    assert.equal(detection.severity, 'critical');
    assert.equal(detection.rule, hex('sha256', 'bad'));
    assert.equal(detection.pack, 'named.txt');
    assert.match(detection.description.en, /named\.txt/);
    assert.match(detection.description.zh, /named\.txt/);
  });

  test('has a general name for a hash without one', async () => {
    const engine = await openOne(await write('unnamed.txt', hex('md5', 'bad')));
    assert.equal(engine.lookup(digestsOf('bad'), 3).detections[0]?.name, 'Reputation.Malware.Hash');
  });

  test('detects a content once, by its strongest digest', async () => {
    const engine = await openOne(
      await write('thrice.txt', `${hex('md5', 'bad')};by md5`, `${hex('sha256', 'bad')};by sha256`, `${hex('sha1', 'bad')};by sha1`),
    );
    assert.deepEqual(
      engine.lookup(digestsOf('bad'), 3).detections.map(({ name }) => name),
      ['by sha256'],
    );
  });

  test('asks for SHA-1 only when it lists one', async () => {
    assert.equal((await openOne(await write('with.txt', hex('sha1', 'bad')))).needsSha1, true);
    assert.equal((await openOne(await write('without.txt', hex('md5', 'bad'), hex('sha256', 'bad')))).needsSha1, false);
  });

  test('finds nothing by SHA-1 when none was computed', async () => {
    const engine = await openOne(await write('sha1.txt', hex('sha1', 'bad')));
    const { sha256, md5 } = digestsOf('bad');
    assert.deepEqual(engine.lookup({ sha256, md5 }, 3), { detections: [], allowed: false });
  });

  test('heeds the size a line gives', async () => {
    const engine = await openOne(await write('sized.hdb', `${hex('md5', 'bad')}:3:Sized`));
    assert.equal(engine.lookup(digestsOf('bad'), 3).detections.length, 1);
    assert.equal(engine.lookup(digestsOf('bad'), 4).detections.length, 0);
  });

  test('reports a bad line by file and number and keeps the rest', async () => {
    const path = await write('mixed.txt', '# list', hex('md5', 'one'), 'nonsense', '', 'x'.repeat(5000), hex('md5', 'two'));
    const { engines, problems, entries } = await open(path);
    assert.deepEqual(
      problems.map(({ file, line }) => ({ file, line })),
      [
        { file: path, line: 3 },
        { file: path, line: 5 },
      ],
    );
    assert.equal(entries, 2);
    assert.equal(engines[0]?.lookup(digestsOf('two'), 3).detections.length, 1);
  });

  test('counts bad lines beyond the first hundred', async () => {
    const { problems } = await open(await write('bad.txt', ...Array.from({ length: 250 }, (_, index) => `bad ${index}`)));
    assert.equal(problems.length, 101);
    assert.deepEqual(problems.at(-1), { file: join(root, 'bad.txt'), line: 0, message: '150 more lines were left out' });
  });

  test('that is empty is an engine that says nothing', async () => {
    const engine = await openOne(await write('empty.txt'));
    assert.deepEqual(engine.lookup(digestsOf('bad'), 3), { detections: [], allowed: false });
  });

  test('has its own fingerprint by what it allows, by name and by bytes', async () => {
    const line = `${hex('md5', 'bad')}:3:Name`;
    const paths = [await write('f/a.hdb', line), await write('f/b.hdb', line), await write('f/a.fp', line), await write('f/c.hdb', line, '# more')];
    const { engines } = await open(...paths);
    assert.equal(new Set(engines.map(({ fingerprint }) => fingerprint)).size, 4);
  });
});

describe('paths', () => {
  test('a directory gives one engine for each list in it, in order, links followed', async () => {
    await write('directory/b.txt', hex('md5', 'b'));
    const target = await write('directory/a.hdb', `${hex('md5', 'a')}:1:A`);
    await write('directory/.hidden', 'nonsense');
    await write('directory/below/c.txt', 'nonsense');
    await write('directory/main.cvd', 'nonsense');
    await symlink(target, join(root, 'directory/d.hdb'));
    const { engines, problems, entries } = await open(join(root, 'directory'));
    assert.deepEqual(
      engines.map(({ pack }) => pack),
      ['a.hdb', 'b.txt', 'd.hdb'],
    );
    assert.deepEqual(problems, [{ file: join(root, 'directory/main.cvd'), line: 0, message: 'this kind of file is no hash list' }]);
    assert.equal(entries, 3);
  });

  test('the same list twice is one engine', async () => {
    const path = await write('twice/list.txt', hex('md5', 'a'));
    const { engines, entries } = await open(path, path, dirname(path));
    assert.equal(engines.length, 1);
    assert.equal(entries, 1);
  });

  test('a changed list changes its own fingerprint alone', async () => {
    const paths = [await write('change/a.txt', hex('md5', 'a')), await write('change/b.txt', hex('md5', 'b'))];
    const first = (await open(...paths)).engines.map(({ fingerprint }) => fingerprint);
    await write('change/b.txt', hex('md5', 'c'));
    const second = (await open(...paths)).engines.map(({ fingerprint }) => fingerprint);
    assert.equal(second[0], first[0]);
    assert.notEqual(second[1], first[1]);
  });

  test('a path that does not exist is named in the error', async () => {
    await assert.rejects(open(join(root, 'missing.txt')), { name: 'LazaretError', code: 'not-found', message: /missing\.txt does not exist/ });
  });

  test('a path that is neither file nor directory is refused', async () => {
    await assert.rejects(open('/dev/null'), { name: 'LazaretError', code: 'invalid-input' });
  });

  test('a link to nowhere in a directory is named in the error', async () => {
    await mkdir(join(root, 'dangling'));
    await symlink('nowhere', join(root, 'dangling/list.txt'));
    await assert.rejects(open(join(root, 'dangling')), { name: 'LazaretError', code: 'not-found' });
  });

  test('an aborted signal ends the opening as cancelled', async () => {
    const path = await write('aborted.txt', hex('md5', 'a'));
    await assert.rejects(openHashLists({ paths: [path], signal: AbortSignal.abort() }), { name: 'LazaretError', code: 'cancelled' });
  });
});
