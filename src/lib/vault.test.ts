import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVault } from './vault.ts';

const older = Buffer.alloc(32, 1);
const newer = Buffer.alloc(32, 2);

test('what is sealed can be opened again, and looks different each time', () => {
  const vault = createVault([older]);
  for (const plain of ['', 'secret', 'ü中\u0000']) assert.equal(vault.open(vault.seal(plain)), plain);
  assert.notEqual(vault.seal('secret'), vault.seal('secret'));
  assert.ok(!vault.seal('secret').includes('secret'));
});

test('after a rotation old texts open, and are known as old', () => {
  const sealed = createVault([older]).seal('secret');
  const vault = createVault([newer, older]);
  assert.equal(vault.open(sealed), 'secret');
  assert.equal(vault.isCurrent(sealed), false);
  assert.equal(vault.isCurrent(vault.seal('secret')), true);
});

test('a changed text, a foreign key and what was never sealed do not open', () => {
  const sealed = createVault([older]).seal('secret');
  const other = sealed.at(-2) === 'A' ? 'B' : 'A';
  assert.throws(() => createVault([older]).open(sealed.slice(0, -2) + other + sealed.at(-1)));
  assert.throws(() => createVault([newer]).open(sealed), /not at hand/);
  for (const text of ['', 'secret', 'v1', 'v1..', sealed.slice(0, 25)]) assert.throws(() => createVault([older]).open(text));
});

test('derived keys differ by purpose and by master key', () => {
  const vault = createVault([older]);
  assert.deepEqual(vault.derive('links'), vault.derive('links'));
  assert.notDeepEqual(vault.derive('links'), vault.derive('uploads'));
  assert.notDeepEqual(vault.derive('links'), createVault([newer]).derive('links'));
  assert.equal(vault.derive('links').length, 32);
});

test('a vault without a key, or with a short one, is refused', () => {
  assert.throws(() => createVault([]));
  assert.throws(() => createVault([Buffer.alloc(16)]));
});
