import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { byteEngine, digestEngine, openGround } from '../../test/support/scanning.ts';
import { type Body, scanFile } from './scan-file.ts';

function bodyOf(content: string | Buffer, pieceBytes = 65_536): Body {
  const bytes = Buffer.from(content);
  return {
    size: bytes.length,
    *pieces() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  };
}

test('a file is judged whole, small or large, and told by its digests', async (t) => {
  const ground = await openGround(t);
  const large = Buffer.alloc(20 * 1024 * 1024, 'x');
  large.write('EVIL', large.length - 4);
  for (const content of [Buffer.from('#!/bin/sh\nEVIL'), large]) {
    const file = await scanFile(bodyOf(content, 1_000_003), '/file', ground);
    assert.deepEqual([file.sha256, file.md5, file.sha1, file.size], [hash('sha256', content), hash('md5', content), hash('sha1', content), content.length]);
    assert.equal(file.verdict?.name, 'Test.Trojan.Evil');
    assert.deepEqual(file.skipped, []);
  }
  const clean = await scanFile(bodyOf('#!/bin/sh\ntrue'), '/file', ground);
  assert.deepEqual([clean.verdict, clean.fileType, clean.format], [undefined, 'script', 'sh']);
  const empty = await scanFile(bodyOf(''), '/file', ground);
  assert.deepEqual([empty.size, empty.fileType, empty.verdict], [0, 'empty', undefined]);
});

test('what an image scan learned is not learned twice', async (t) => {
  const ground = await openGround(t);
  const first = await scanFile(bodyOf('EVIL'), '/file', ground);
  ground.pool.close();
  assert.deepEqual(await scanFile(bodyOf('EVIL'), '/other', ground), first);
  await assert.rejects(scanFile(bodyOf('EVIL too'), '/file', ground));
});

test('hash lists speak too, and a good hash silences the rest', async (t) => {
  const [bad, good] = ['harmless', 'EVIL but known'].map((text) => hash('sha256', text)) as [string, string];
  const ground = await openGround(t, { engines: [byteEngine(), digestEngine([bad], [good])] });
  assert.equal((await scanFile(bodyOf('harmless'), '/a', ground)).verdict?.detections[0]?.rule, 'listed');
  assert.equal((await scanFile(bodyOf('EVIL but known'), '/a', ground)).verdict, undefined);
  assert.equal((await scanFile(bodyOf('EVIL'), '/a', ground)).verdict?.name, 'Test.Trojan.Evil');
});

test('rules that read the path are asked every time', async (t) => {
  const ground = await openGround(t, { engines: [byteEngine({ readsPath: true })] });
  for (const path of ['/a', '/b']) assert.equal((await scanFile(bodyOf('EVIL'), path, ground)).verdict?.name, 'Test.Trojan.Evil');
});

test('what an engine could not judge is told, and tried again the next time', async (t) => {
  const ground = await openGround(t, { limits: { inspectBytes: 1000 }, fileSeconds: 1 });
  for (const content of ['THROW', 'CRASH']) {
    const file = await scanFile(bodyOf(content), '/a', ground);
    assert.equal(file.verdict, undefined);
    assert.equal(file.skipped.length, 1, content);
    assert.equal((await ground.store.contents.find([file.sha256], ground.engines.contentKeys)).get(file.sha256)?.verdicts.size, 0);
  }
  const large = await scanFile(bodyOf(Buffer.alloc(2000, 'EVIL')), '/a', ground);
  assert.match(large.skipped[0] ?? '', /limit of 1000 bytes/);
  assert.equal(large.verdict, undefined);
});

test('a file that changes under the reader is no verdict', async (t) => {
  const ground = await openGround(t);
  for (const size of [3, 5]) await assert.rejects(scanFile({ ...bodyOf('EVIL'), size }, '/a', ground), /another size/);
  assert.equal((await scanFile(bodyOf('EVIL'), '/a', ground)).verdict?.name, 'Test.Trojan.Evil');
});
