import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../../test/support/folder.ts';
import { run } from '../../test/support/run.ts';
import { requireTool } from '../../test/support/tools.ts';
import { readZip } from '../../test/support/xlsx.ts';
import { createZipWriter } from './zip-writer.ts';

async function zipOf(members: Readonly<Record<string, readonly Buffer[]>>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const zip = createZipWriter(async (bytes) => void pieces.push(bytes));
  for (const [name, parts] of Object.entries(members)) {
    await zip.begin(name);
    for (const part of parts) await zip.write(part);
    await zip.end();
  }
  await zip.close();
  return Buffer.concat(pieces);
}

const members = {
  'a/empty.txt': [],
  'b.bin': [randomBytes(70_000), Buffer.alloc(300_000, 'x'), Buffer.alloc(0), randomBytes(1)],
  'c.txt': [Buffer.from('你好')],
};

test('members come back as they were written, in pieces and empty', async () => {
  const read = readZip(await zipOf(members));
  assert.deepEqual([...read.keys()], Object.keys(members));
  for (const [name, parts] of Object.entries(members)) assert.ok(read.get(name)?.equals(Buffer.concat(parts)), name);
});

test('a file without members is one too, and equal members make equal files', async () => {
  assert.equal(readZip(await zipOf({})).size, 0);
  const text = { 'a.txt': [Buffer.from('a')] };
  assert.deepEqual(await zipOf(text), await zipOf(text));
});

test('what the disk says when it is full is passed on, and a member can neither begin nor end twice', async () => {
  const zip = createZipWriter(async () => {
    throw new Error('full');
  });
  await assert.rejects(zip.begin('a'), /full/);
  const other = createZipWriter(async () => undefined);
  await assert.rejects(other.end(), /no member/);
  await other.begin('a');
  await assert.rejects(other.begin('b'), /no further/);
});

test('unzip finds no fault in it', async (context) => {
  if (!requireTool(context, 'unzip')) return;
  const file = join(testFolder(context), 'a.zip');
  writeFileSync(file, await zipOf(members));
  assert.match(await run('unzip', ['-t', file]), /No errors detected/);
});
