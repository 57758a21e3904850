import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { idle, transferHeader } from './protocol.ts';
import { TransferFile } from './transfer-file.ts';

test('bytes written are read again, and what lies behind the end is cut off', () => {
  const file = new TransferFile();
  try {
    file.write(Buffer.from('content'), transferHeader);
    assert.equal(file.read(transferHeader, 7).toString(), 'content');
    assert.equal(file.read(transferHeader + 4, 100).toString(), 'ent');
  } finally {
    file.close();
  }
});

test('the file has no name, so that nothing is left behind', () => {
  const left = () => ['/dev/shm', tmpdir()].flatMap((folder) => namesIn(folder)).filter((name) => /^lazaret-[0-9a-f]{24}$/.test(name));
  const before = left();
  const file = new TransferFile();
  assert.deepEqual(left(), before);
  assert.equal(fstatSync(file.fd).nlink, 0);
  assert.equal(fstatSync(file.fd).mode & 0o777, 0o600);
  file.close();
});

test('progress is idle at first and after it was cleared', () => {
  const file = new TransferFile();
  try {
    assert.deepEqual(file.progress(), { batch: 0, index: idle });
    const header = Buffer.alloc(8);
    header.writeUInt32LE(7, 0);
    header.writeUInt32LE(3, 4);
    file.write(header, 0);
    assert.deepEqual(file.progress(), { batch: 7, index: 3 });
    file.clearProgress();
    assert.deepEqual(file.progress(), { batch: 0, index: idle });
  } finally {
    file.close();
  }
});

test('a closed file touches no other that has got its number', () => {
  const file = new TransferFile();
  const { fd } = file;
  file.close();
  const other = openSync(import.meta.filename, 'r');
  try {
    file.close();
    file.shrink(0);
    assert.throws(
      () => file.write(Buffer.from('x'), 0),
      (error) => error instanceof LazaretError && error.code === 'cancelled',
    );
    assert.ok(fstatSync(other).size > 0, `descriptor ${other} after ${fd}`);
  } finally {
    closeSync(other);
  }
});

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
