import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keyFileText, readMasterKeys } from './master-key.ts';

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'lazaret-key-'));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('the first start makes a key for its owner alone, the next takes it', (context) => {
  const dataDir = folder(context);
  const source = { text: undefined, file: undefined, dataDir };
  const [first] = readMasterKeys(source);
  assert.equal(first?.length, 32);
  assert.deepEqual(readMasterKeys(source), [first]);
  assert.deepEqual(readdirSync(dataDir), ['master.key']);
  assert.equal(statSync(join(dataDir, 'master.key')).mode & 0o777, 0o600);
});

test('a text goes before a file, in base64 or hex, newest first', (context) => {
  const dataDir = folder(context);
  const [one, two] = [randomBytes(32), randomBytes(32)];
  const text = `${one.toString('hex')},${two.toString('base64')}`;
  assert.deepEqual(readMasterKeys({ text, file: '/nowhere', dataDir }), [one, two]);
  assert.deepEqual(readdirSync(dataDir), []);
});

test('a named file must exist and hold keys, and no message shows what it holds', (context) => {
  const dataDir = folder(context);
  const file = join(dataDir, 'own');
  assert.throws(() => readMasterKeys({ text: undefined, file, dataDir }), /ENOENT/);
  for (const text of ['', 'c2hvcnQ=', `${keyFileText([randomBytes(32)])}hunter2`]) {
    writeFileSync(file, text);
    assert.throws(
      () => readMasterKeys({ text: undefined, file, dataDir }),
      (error: Error) => /not 32 bytes/.test(error.message) && !error.message.includes('hunter2'),
    );
  }
});
