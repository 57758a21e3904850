import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { testFolder } from '../../../test/support/folder.ts';
import { Spool } from './spool.ts';

test('archives lie one above the other, and room is given back from the top', (t) => {
  const folder = testFolder(t);
  const spool = new Spool(folder);
  t.after(() => spool.close());
  const outer = spool.begin();
  outer.write(Buffer.from('outer archive'));
  const inner = spool.begin();
  inner.write(Buffer.from('in'));
  inner.write(Buffer.from('ner'));
  assert.deepEqual([outer.size, inner.size, inner.start], [13, 5, 13]);
  assert.equal(outer.read(6, 100).toString(), 'archive');
  assert.equal(inner.read(1, 3).toString(), 'nne');
  assert.equal(inner.read(5, 1).length, 0);
  assert.equal(inner.read(100, 1).length, 0);
  outer.release();
  outer.release();
  assert.equal(inner.read(0, 5).toString(), 'inner', 'what lies above stays');
  inner.release();
  const next = spool.begin();
  next.write(Buffer.from('next'));
  assert.deepEqual([next.start, next.read(0, 4).toString()], [0, 'next']);
  assert.deepEqual(readdirSync(folder), [], 'the file has no name');
});

test('where there is no room an archive says why, and nothing is thrown', () => {
  const spool = new Spool('/no/such/folder');
  const region = spool.begin();
  region.write(Buffer.from('bytes'));
  assert.match(region.failure, /it could not be opened: cannot make a temporary file in \/no\/such\/folder/);
  assert.deepEqual([region.size, region.read(0, 5).length], [0, 0]);
  region.release();
  spool.close();
});
