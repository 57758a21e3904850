import assert from 'node:assert/strict';
import { test } from 'node:test';
import { osNameOf } from './os-name.ts';

test('the pretty name is taken, quoted in either way or not at all', () => {
  assert.equal(osNameOf('NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\n'), 'Debian GNU/Linux 12 (bookworm)');
  assert.equal(osNameOf("PRETTY_NAME='Alpine Linux v3.20'\r\n"), 'Alpine Linux v3.20');
  assert.equal(osNameOf('PRETTY_NAME=Wolfi'), 'Wolfi');
});

test('the name stands in for a missing pretty name, and nothing for none', () => {
  assert.equal(osNameOf('ID=x\nNAME=Busy'), 'Busy');
  assert.equal(osNameOf(''), '');
  assert.equal(osNameOf('garbage\n=x\nNAME'), '');
});

test('a hostile text costs little and gives little', () => {
  assert.equal(osNameOf(`PRETTY_NAME="${'x'.repeat(60_000)}"`).length, 200);
  assert.equal(osNameOf(`${'A=\n'.repeat(300)}PRETTY_NAME=late`), '');
  const at = performance.now();
  osNameOf('A'.repeat(65_000));
  osNameOf(`PRETTY_NAME=${'"\''.repeat(30_000)}`);
  assert.ok(performance.now() - at < 1000);
});
