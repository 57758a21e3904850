import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testFolder } from '../../test/support/folder.ts';
import { storeUpload, type UploadTarget } from './store-upload.ts';
import { hashKeyOf, uploadFileName, uploadKeyOf } from './upload-folder.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) {
    await sleep(1);
    yield Buffer.from(text);
  }
}

function target(context: TestContext, content: string, more: Partial<UploadTarget> = {}): UploadTarget {
  return { dataDir: testFolder(context), fileName: 'name', hashKey: hash('sha256', content), maxBytes: 100, writer: 'one', keepFree: 0, ...more };
}

const files = ({ dataDir }: UploadTarget) => readdirSync(path.join(dataDir, 'uploads'));

test('a file appears when it is whole and is what its hash says, for nobody else to read', async (t) => {
  for (const algorithm of ['md5', 'sha256'] as const) {
    const to = target(t, '', { hashKey: hash(algorithm, 'one two') });
    assert.deepEqual(await storeUpload(to, pieces('one', ' two')), { end: 'stored', size: 7, md5: hash('md5', 'one two') });
    assert.deepEqual(files(to), ['name']);
    const file = path.join(to.dataDir, 'uploads', 'name');
    assert.equal(readFileSync(file, 'utf8'), 'one two');
    assert.deepEqual([statSync(file).mode & 0o777, statSync(path.dirname(file)).mode & 0o777], [0o600, 0o700]);
  }
});

test('a wrong hash, too many bytes and a source that fails leave nothing behind', async (t) => {
  const to = target(t, 'content');
  assert.deepEqual(await storeUpload(to, pieces('other')), { end: 'wrong-hash' });
  assert.deepEqual(await storeUpload(to, pieces()), { end: 'wrong-hash' });
  assert.deepEqual(await storeUpload({ ...to, maxBytes: 6 }, pieces('cont', 'ent')), { end: 'too-large' });
  const broken = async function* () {
    yield* pieces('cont');
    throw new Error('gone');
  };
  await assert.rejects(storeUpload(to, broken()), /gone/);
  assert.deepEqual(files(to), []);
  assert.equal((await storeUpload({ ...to, maxBytes: 7 }, pieces('cont', 'ent'))).end, 'stored');
  assert.equal((await storeUpload(to, pieces('bad'))).end, 'wrong-hash');
  assert.deepEqual(files(to), ['name'], 'a bad second one does not take the place of a good first one');
});

test('two that write the same file at once both succeed', async (t) => {
  const to = target(t, 'content');
  const ends = await Promise.all(['a', 'b', 'c'].map((writer) => storeUpload({ ...to, writer }, pieces('con', 'te', 'nt'))));
  assert.deepEqual(new Set(ends.map(({ end }) => end)), new Set(['stored']));
  assert.deepEqual(files(to), ['name']);
});

test('a disk that is full or cannot be written is told as such', async (t) => {
  const full = target(t, 'content', { keepFree: 2 ** 60 });
  await assert.rejects(storeUpload(full, pieces('content')), { code: 'limit' });
  assert.deepEqual(files(full), []);
  const to = target(t, 'content');
  mkdirSync(path.join(to.dataDir, 'uploads', 'name', 'in-the-way'), { recursive: true });
  await assert.rejects(storeUpload(to, pieces('content')), { code: 'unreachable' });
  const file = target(t, 'content');
  writeFileSync(path.join(file.dataDir, 'uploads'), '');
  await assert.rejects(storeUpload(file, pieces('content')), { code: 'unreachable' });
});

test('a disk that fills up while it is written is told as such, and nothing stays behind', { timeout: 30_000 }, (t) => {
  const to = target(t, 'content', { maxBytes: 2 ** 30 });
  const program = `
    const { storeUpload } = await import(process.argv[1]);
    async function* pieces() { for (let n = 0; n < 64; n += 1) yield Buffer.alloc(65536); }
    await storeUpload(JSON.parse(process.argv[2]), pieces()).catch((error) => process.stdout.write(error.code));`;
  const module = new URL('./store-upload.ts', import.meta.url).href;
  // The shell's bound on the size of files, here 512 KiB, fails as a full disk does.
  const run = spawnSync('sh', ['-c', 'ulimit -f 1024; exec "$0" --input-type=module -e "$@"', process.execPath, program, module, JSON.stringify(to)]);
  assert.equal(run.stdout.toString(), 'limit', run.stderr.toString());
  assert.deepEqual(files(to), []);
});

test('an upload key tells nothing of its account, differs between accounts and is read back only as it was made', () => {
  const hashKey = hash('md5', 'x');
  const key = uploadKeyOf('default', hashKey);
  assert.doesNotMatch(key, /default/);
  assert.notEqual(key, uploadKeyOf('other', hashKey));
  assert.equal(hashKeyOf(key), hashKey);
  assert.match(uploadFileName(key), /^[0-9a-f]{64}$/);
  for (const odd of ['', hashKey, `../${hashKey}`, `${key}/..`, `${key}/`, key.toUpperCase(), `${key}\n`, key.replace('/', '//')])
    assert.equal(hashKeyOf(odd), undefined, odd);
});
