import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileEntry } from '#domain/file-entry.ts';
import { noise } from '#formats/contract.ts';
import { zipOf } from '../../test/support/archives.ts';
import { byteEngine, digestEngine, foundIn, type Ground, openGround } from '../../test/support/scanning.ts';
import { Intake } from './intake.ts';

let ordinal = 0;

function place(path: string, size: number) {
  const entry: FileEntry = { path, kind: 'file', size, mode: 0o644, mtime: 0, uid: 0, gid: 0, link: '' };
  ordinal += 1;
  return { entry, ordinal };
}

async function take(intake: Intake, path: string, content: string | Buffer): Promise<void> {
  const bytes = Buffer.from(content);
  if (intake.begin(place(path, bytes.length))) intake.whole(bytes);
  if (intake.isFull()) await intake.settle();
}

async function takeAll(ground: Ground, contents: Readonly<Record<string, string | Buffer>>): Promise<Intake> {
  const intake = new Intake(ground);
  await intake.settle();
  for (const [path, content] of Object.entries(contents)) await take(intake, path, content);
  await intake.drain();
  return intake;
}

const skipped = (ground: Ground) => ground.layer.skips.list().map(({ path, reason }) => `${path}: ${reason}`);

test('a content is inspected once, however often it is met, and every place of it is found', async (t) => {
  const ground = await openGround(t);
  const large = Buffer.concat([Buffer.alloc(5_000_000), Buffer.from('EVIL')]);
  const intake = await takeAll(ground, { a: 'EVIL', b: 'EVIL', c: 'clean', big: large, 'big-again': large });
  assert.deepEqual([intake.distinct.size, intake.inspected], [3, 3]);
  assert.deepEqual(await foundIn(ground), ['a evil', 'b evil', 'big evil', 'big-again evil']);
  const again = await takeAll(ground, { d: 'EVIL', e: large });
  assert.deepEqual([again.distinct.size, again.inspected], [2, 0]);
});

test('engines that read the path look at every place', async (t) => {
  const ground = await openGround(t, { engines: [byteEngine({ readsPath: true, fingerprint: 'path' })] });
  await takeAll(ground, { a: 'EVIL', b: 'EVIL' });
  await takeAll(ground, { c: 'EVIL' });
  assert.deepEqual(await foundIn(ground), ['a evil', 'b evil', 'c evil']);
});

test('a body in many parts is the same content as one in a single part', async (t) => {
  const ground = await openGround(t);
  const intake = new Intake(ground);
  await intake.settle();
  for (const size of [10, 6_000_000]) {
    const bytes = Buffer.alloc(size, 'x');
    bytes.write('EVIL', size - 5);
    assert.ok(intake.begin(place(`parts${size}`, size)));
    for (let at = 0; at < size; at += 4096) {
      intake.body(bytes.subarray(at, at + 4096));
      if (intake.isFull()) await intake.settle();
    }
    intake.end();
    if (intake.isFull()) await intake.settle();
    await take(intake, `whole${size}`, bytes);
  }
  await intake.drain();
  assert.equal(intake.distinct.size, 2);
  assert.deepEqual(await foundIn(ground), ['parts10 evil', 'parts6000000 evil', 'whole10 evil', 'whole6000000 evil']);
});

test('a body that was dropped half way, small or large, leaves no trace in the next ones', { timeout: 20_000 }, async (t) => {
  const ground = await openGround(t);
  const intake = new Intake(ground);
  await intake.settle();
  for (let round = 0; round < 5; round += 1) {
    for (const size of [100, 8_000_000]) {
      intake.begin(place(`dropped${size}`, size));
      intake.body(Buffer.from('EVIL'));
      if (intake.isFull()) await intake.settle();
      intake.drop();
    }
    await take(intake, `kept${round}`, `EVIL ${round}`);
    await take(intake, `clean${round}`, `clean ${round}`);
  }
  await intake.drain();
  assert.deepEqual(
    await foundIn(ground),
    [0, 1, 2, 3, 4].map((round) => `kept${round} evil`),
  );
});

test('what is too large for engines is hashed and asked of hash lists; what is too large for that is listed', async (t) => {
  const content = Buffer.alloc(6_000_000, 'EVIL');
  const { createHash } = await import('node:crypto');
  const bad = createHash('sha256').update(content).digest('hex');
  const ground = await openGround(t, { limits: { inspectBytes: 5_000_000, hashBytes: 7_000_000 }, engines: [byteEngine(), digestEngine([bad])] });
  await takeAll(ground, { hashed: content, listed: Buffer.alloc(7_000_001, 'EVIL'), small: 'EVIL' });
  assert.deepEqual(await foundIn(ground), ['hashed listed', 'small evil']);
  assert.deepEqual(skipped(ground), [
    '/hashed: 6000000 bytes is over the limit of 5000000 bytes for engines; it was only hashed',
    '/listed: 7000001 bytes is over the limit of 7000000 bytes for hashing',
  ]);
});

test('an engine that gives up on a content is named, and tries again the next time', async (t) => {
  const ground = await openGround(t);
  const intake = await takeAll(ground, { a: 'THROW', b: 'CRASH', c: 'EVIL' });
  assert.deepEqual([...intake.gaveUp], ground.engines.allKeys);
  assert.deepEqual(skipped(ground), ['/a: test: this engine gives up', '/b: test: the inspecting process crashed']);
  await ground.recorder.flush();
  const again = await takeAll(ground, { a: 'THROW', c: 'EVIL' });
  assert.equal(again.inspected, 1);
  assert.equal(skipped(ground).length, 3);
  const clean = await takeAll(ground, { c: 'EVIL' });
  assert.equal(clean.gaveUp.size, 0);
});

test('a new hash list judges known contents without their bytes being inspected again', async (t) => {
  const { hash } = await import('node:crypto');
  const ground = await openGround(t, { engines: [byteEngine(), digestEngine([], [], 'first list')] });
  await takeAll(ground, { a: 'clean' });
  await ground.recorder.flush();
  const { engineSet } = await import('./engine-set.ts');
  const later = { ...ground, engines: engineSet([byteEngine(), digestEngine([hash('sha256', 'clean')], [], '2')], ground.limits) };
  const intake = await takeAll(later, { b: 'clean' });
  assert.equal(intake.inspected, 0);
  assert.deepEqual(await foundIn(later), ['a listed', 'b listed']);
});

test('when no inspector can run, whoever settles or drains is told and nobody waits for ever', { timeout: 20_000 }, async (t) => {
  const ground = await openGround(t, { program: new URL('./no-such-program.ts', import.meta.url) });
  const intake = new Intake(ground);
  const fill = async () => {
    await intake.settle();
    for (let index = 0; index < 200; index += 1) await take(intake, `f${index}`, Buffer.alloc(1_000_000, String(index)));
    await intake.drain();
  };
  await assert.rejects(fill, /cannot start/);
});

test('closing the pool ends a wait for room', { timeout: 20_000 }, async (t) => {
  const ground = await openGround(t, { fileSeconds: 120 });
  const intake = new Intake(ground);
  const fill = async () => {
    await intake.settle();
    for (let index = 0; index < 200; index += 1) await take(intake, `f${index}`, Buffer.concat([Buffer.from(`HANG!${index}`), Buffer.alloc(1_000_000)]));
    await intake.drain();
  };
  const filling = assert.rejects(fill, /stopped/);
  setTimeout(() => ground.pool.close(), 800);
  const at = performance.now();
  await filling;
  assert.ok(performance.now() - at < 3000);
});

const zip = (count: number, name: string, padding = 0): Buffer =>
  zipOf([
    ...Array.from({ length: count }, (_, at) => ({ path: `${at}`, bytes: Buffer.from(`${name} ${at}`) })),
    { path: 'padding', bytes: noise(padding, 1), method: 0 },
  ]);

test('archives with so many members that they are recorded in between leave room for the files that follow', async (t) => {
  const ground = await openGround(t);
  const intake = new Intake(ground);
  await intake.settle();
  // Together they are so large that they are opened, and have so many members that the last one's are recorded at once.
  for (const name of ['a', 'b', 'c']) await take(intake, name, zip(6700, name, 800_000));
  for (const name of ['d', 'e']) await take(intake, name, zip(2, 'EVIL'));
  await take(intake, 'last', 'EVIL');
  await intake.drain();
  assert.equal(intake.opened, 4);
  assert.deepEqual(await foundIn(ground), ['d!/0 evil', 'd!/1 evil', 'e!/0 evil', 'e!/1 evil', 'last evil']);
  assert.deepEqual(skipped(ground), []);
});

test('a member that brings an inspector down costs itself; its archive is opened again the next time', async (t) => {
  const ground = await openGround(t);
  const crash = zipOf([
    { path: 'crash', bytes: Buffer.from('CRASH') },
    { path: 'evil', bytes: Buffer.from('EVIL') },
  ]);
  const first = await takeAll(ground, { a: crash });
  assert.deepEqual(await foundIn(ground), ['a!/evil evil']);
  assert.match(skipped(ground).join(), /a!\/crash: test: the inspecting process crashed/);
  assert.ok(first.gaveUp.has(ground.engines.opener.layer));
  assert.equal((await takeAll(ground, { b: crash })).opened, 1);
});

test('large archives are opened from the disk, and large members of them judged', async (t) => {
  const ground = await openGround(t);
  const evil = Buffer.concat([noise(6_000_000, 1), Buffer.from('EVIL')]);
  const large = zipOf([
    { path: 'evil', bytes: evil, method: 0 },
    { path: 'packed', bytes: Buffer.concat([Buffer.alloc(9_000_000), Buffer.from('EVIL')]) },
    // Noise does not pack, so that it shows there too.
    { path: 'in.zip', bytes: zipOf([{ path: 'deep', bytes: evil }]), method: 0 },
  ]);
  const prefixed = Buffer.concat([Buffer.from('#!/bin/sh\n'), large]);
  const intake = await takeAll(ground, { large, prefixed, again: large });
  assert.equal(intake.opened, 3);
  const inside = (path: string) => ['evil', 'in.zip', 'in.zip!/deep', 'packed'].map((name) => `${path}!/${name} evil`);
  const found = await foundIn(ground);
  assert.deepEqual(
    found.filter((path) => path.includes('!/')),
    [...inside('again'), ...inside('large'), ...inside('prefixed')],
  );
  assert.deepEqual(skipped(ground), []);
});

test('a content that an engine gave up on is judged in every archive that holds it, not only in the first', async (t) => {
  const ground = await openGround(t);
  const [first, second] = ['1', '2'].map((name) =>
    zipOf([
      { path: 'crash', bytes: Buffer.from('CRASH') },
      { path: 'other', bytes: Buffer.from(name) },
    ]),
  ) as [Buffer, Buffer];
  const outer = zipOf([{ path: 'in.zip', bytes: second }]);
  await takeAll(ground, { first, second, outer });
  const later = await takeAll(ground, { second });
  assert.equal(later.opened, 1);
  assert.match(skipped(ground).join('\n'), /second!\/crash: test: the inspecting process crashed/);
  assert.equal((await takeAll(ground, { outer })).opened, 2);
});
