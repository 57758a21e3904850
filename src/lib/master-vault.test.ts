import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keyFileText, readMasterKeys, replaceKeyFile } from './master-key.ts';
import { openMasterVault } from './master-vault.ts';
import { createVault } from './vault.ts';

function openGround(context: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'lazaret-vault-'));
  context.after(() => rmSync(dataDir, { recursive: true }));
  const file = join(dataDir, 'keys');
  const [old, fresh] = [randomBytes(32), randomBytes(32)];
  writeFileSync(file, keyFileText([old]));
  return { dataDir, file, old, fresh, source: { text: undefined, file, dataDir } };
}

test('a vault follows its file when the key is rotated, and still opens what was read before', (context) => {
  const { file, old, fresh, source } = openGround(context);
  const vault = openMasterVault(source);
  const before = vault.seal('one');
  assert.ok(!vault.opens(createVault([fresh]).seal('two')));
  replaceKeyFile(file, [fresh, old]);
  assert.equal(vault.open(createVault([fresh]).seal('two')), 'two');
  replaceKeyFile(file, [fresh]);
  assert.equal(createVault([fresh]).open(vault.seal('three')), 'three', 'new secrets are sealed with the new key');
  assert.deepEqual(vault.derive('links'), createVault([fresh]).derive('links'));
  assert.equal(vault.open(before), 'one');
  assert.equal(vault.isCurrent(before), false);
});

test('a file that is gone, empty or broken for a moment leaves the keys that were known', (context) => {
  const { file, old, fresh, source } = openGround(context);
  const vault = openMasterVault(source);
  for (const spoil of [() => writeFileSync(file, ''), () => writeFileSync(file, 'half a k'), () => rmSync(file)]) {
    spoil();
    assert.equal(createVault([old]).open(vault.seal('secret')), 'secret');
  }
  writeFileSync(file, keyFileText([fresh]));
  assert.equal(createVault([fresh]).open(vault.seal('secret')), 'secret');
});

test('a replaced file keeps its mode, and a link to it stays a link', (context) => {
  const { dataDir, file, fresh } = openGround(context);
  const link = join(dataDir, 'link');
  symlinkSync(file, link);
  const { mode } = statSync(file);
  replaceKeyFile(link, [fresh]);
  assert.deepEqual(readMasterKeys({ text: undefined, file, dataDir }), [fresh]);
  assert.equal(statSync(file).mode, mode);
});

test('a key that is one character off, and a file that never ends, are no keys', (context) => {
  const { dataDir, file, old } = openGround(context);
  const base64 = old.toString('base64');
  for (const text of [`${base64.slice(1)}!`, base64.slice(0, 42), `x${base64}`, `${old.toString('hex')}0`]) {
    assert.throws(() => readMasterKeys({ text, file: undefined, dataDir }), /not 32 bytes/, text);
  }
  assert.deepEqual(readMasterKeys({ text: old.toString('base64url'), file: undefined, dataDir }), [old]);
  writeFileSync(file, `${base64}\n`.repeat(2000));
  assert.throws(() => readMasterKeys({ text: undefined, file, dataDir }), /no file of keys/);
  writeFileSync(file, `${base64}\n`.repeat(101));
  assert.throws(() => readMasterKeys({ text: undefined, file, dataDir }), /101 master keys/);
});
