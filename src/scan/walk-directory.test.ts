import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Limits } from '#domain/limits.ts';
import { foundIn, type Ground, openGround } from '../../test/support/scanning.ts';
import { walkDirectory } from './walk-directory.ts';

interface Walk {
  readonly ground: Ground;
  readonly root: string;
  readonly osNames: string[];
  run(onFiles?: (files: number) => void, signal?: AbortSignal): ReturnType<typeof walkDirectory>;
  skipped(): readonly string[];
}

async function openWalk(context: TestContext, files: Readonly<Record<string, string | Buffer>>, limits: Partial<Limits> = {}): Promise<Walk> {
  const ground = await openGround(context, { limits });
  const root = join(ground.folder, 'tree');
  mkdirSync(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const osNames: string[] = [];
  return {
    ground,
    root,
    osNames,
    run: (onFiles = () => undefined, signal = new AbortController().signal) =>
      walkDirectory({ ...ground, root, target: ground.layer, signal, onFiles, onOsRelease: (text) => osNames.push(text) }),
    skipped: () => ground.layer.skips.list().map(({ path, reason }) => `${path}: ${reason}`),
  };
}

test('every regular file is taken in, small, large and empty, and the rest is passed by', async (t) => {
  const large = Buffer.concat([Buffer.alloc(9_000_000, 'x'), Buffer.from('EVIL')]);
  const walk = await openWalk(t, {
    a: 'EVIL a',
    'sub/deep/b': 'EVIL b',
    'sub/large': large,
    'sub/2M': large.subarray(-2_500_000),
    empty: '',
    'etc/os-release': 'NAME=Test',
  });
  symlinkSync('a', join(walk.root, 'link'));
  symlinkSync('.', join(walk.root, 'loop'));
  spawnSync('mkfifo', [join(walk.root, 'fifo')]);
  const count = await walk.run();
  assert.deepEqual(await foundIn(walk.ground), ['a evil', 'sub/2M evil', 'sub/deep/b evil', 'sub/large evil']);
  assert.deepEqual([count.files, count.contents, count.whole], [6, 6, true]);
  assert.deepEqual(walk.osNames, ['NAME=Test']);
  assert.deepEqual(walk.skipped(), []);
});

test('a file that becomes a FIFO, a link or a directory, or goes, after it was listed is skipped or passed by, and never waited for', {
  timeout: 20_000,
}, async (t) => {
  const walk = await openWalk(t, { a: 'first', 'b-fifo': 'x', 'b-folder/x': 'EVIL', 'b-gone': 'x', 'b-link': 'x', z: 'EVIL' });
  writeFileSync(join(walk.ground.folder, 'outside'), 'EVIL');
  await walk.run((files) => {
    if (files !== 1) return;
    for (const name of ['b-fifo', 'b-gone', 'b-link']) rmSync(join(walk.root, name));
    spawnSync('mkfifo', [join(walk.root, 'b-fifo')]);
    symlinkSync(join(walk.ground.folder, 'outside'), join(walk.root, 'b-link'));
  });
  assert.deepEqual(await foundIn(walk.ground), ['b-folder/x evil', 'z evil']);
  assert.deepEqual(walk.skipped(), ['/b-gone: it was removed or replaced while the directory was read']);
});

test('a directory that is replaced by a link after it was listed is not followed', async (t) => {
  const walk = await openWalk(t, { 'a/f': 'EVIL inside', z: 'last of the root' });
  const outside = join(walk.ground.folder, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'f'), 'EVIL outside');
  await walk.run((files) => {
    if (files !== 1) return;
    renameSync(join(walk.root, 'a'), join(walk.ground.folder, 'kept'));
    symlinkSync(outside, join(walk.root, 'a'));
  });
  assert.deepEqual(await foundIn(walk.ground), []);
  assert.deepEqual(walk.skipped(), ['/a: it was removed or replaced while the directory was read']);
});

test('a directory above that is replaced while its inside is read leads nowhere else', {
  skip: existsSync('/proc/self/fd') ? false : 'needs /proc',
}, async (t) => {
  const walk = await openWalk(t, { 'a/1': 'one', 'a/2': 'EVIL inside', 'a/deep/f': 'EVIL deep' });
  const outside = join(walk.ground.folder, 'outside');
  mkdirSync(join(outside, 'deep'), { recursive: true });
  writeFileSync(join(outside, '2'), 'outside');
  writeFileSync(join(outside, 'deep/f'), 'outside');
  await walk.run((files) => {
    if (files !== 1) return;
    renameSync(join(walk.root, 'a'), join(walk.ground.folder, 'kept'));
    symlinkSync(outside, join(walk.root, 'a'));
  });
  assert.deepEqual(await foundIn(walk.ground), ['a/2 evil']);
  assert.deepEqual(walk.skipped(), ['/a/deep: it was removed or replaced while the directory was read']);
});

test('a file that grows is read as far as it went, one that shrinks is told, and those behind it are read right', async (t) => {
  const big = Buffer.alloc(12_000_000, 'x');
  const walk = await openWalk(t, { a: 'first', grows: 'EVIL', shrinks: big, t: 'EVIL t', u: 'EVIL u' });
  let isArmed = false;
  const { recorder } = walk.ground;
  const tick = recorder.tick.bind(recorder);
  // The wait for a place lies between the opening of a large file and its end.
  recorder.tick = async () => {
    if (isArmed) truncateSync(join(walk.root, 'shrinks'), 5_000_000);
    isArmed = false;
    return tick();
  };
  await walk.run((files) => {
    if (files === 1) appendFileSync(join(walk.root, 'grows'), 'x'.repeat(100));
    isArmed = files === 2;
  });
  assert.deepEqual(await foundIn(walk.ground), ['grows evil', 't evil', 'u evil']);
  assert.deepEqual(walk.skipped(), ['/shrinks: it became shorter while it was read']);
});

test('what may not be read is skipped with that reason', async (t) => {
  const walk = await openWalk(t, { 'closed/f': 'EVIL', secret: 'EVIL', open: 'EVIL' });
  chmodSync(join(walk.root, 'closed'), 0);
  chmodSync(join(walk.root, 'secret'), 0);
  chmodSync(walk.ground.folder, 0o755);
  const { geteuid, seteuid } = process;
  const isRoot = geteuid?.() === 0;
  await walk.ground.recorder.flush();
  if (isRoot) seteuid?.(65_534);
  try {
    await walk.run();
  } finally {
    if (isRoot) seteuid?.(0);
    chmodSync(join(walk.root, 'closed'), 0o700);
  }
  assert.deepEqual(await foundIn(walk.ground), ['open evil']);
  assert.deepEqual(walk.skipped(), ['/closed: no permission to read it', '/secret: no permission to read it']);
});

test('one huge file with nothing in it does not use up what the others may cost', async (t) => {
  const walk = await openWalk(t, { 'a-huge': '', b: 'EVIL' });
  truncateSync(join(walk.root, 'a-huge'), 2 ** 42);
  const count = await walk.run();
  assert.equal(count.whole, true);
  assert.deepEqual(await foundIn(walk.ground), ['b evil']);
  assert.match(walk.skipped().join(), /^\/a-huge: 4398046511104 bytes is over the limit of 1073741824 bytes for hashing$/);
});

test('when a limit is reached the walk ends and is not whole', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, `EVIL ${index}`]));
  for (const limits of [{ imageEntries: 5 }, { imageBytes: 35 }]) {
    const walk = await openWalk(t, files, limits);
    const count = await walk.run();
    assert.equal(count.whole, false);
    assert.equal((await foundIn(walk.ground)).length, 5);
    assert.equal(walk.ground.spent.length, 1);
  }
});

test('two names that differ only in bytes that are not UTF-8 are two files', async (t) => {
  const walk = await openWalk(t, {});
  for (const byte of [0xfe, 0xff]) writeFileSync(Buffer.concat([Buffer.from(`${walk.root}/n`), Buffer.from([byte])]), `EVIL ${byte}`);
  await walk.run();
  assert.deepEqual(await foundIn(walk.ground), ['n\xfe evil', 'n\xff evil']);
});

test('a long walk over what needs no reading lets others have their turn, and can be stopped', { timeout: 60_000 }, async (t) => {
  const walk = await openWalk(t, {});
  for (let index = 0; index < 20_000; index += 1) symlinkSync('nowhere', join(walk.root, `l${index}`));
  const control = new AbortController();
  const run = walk.run(undefined, control.signal);
  setTimeout(() => control.abort(new Error('enough')), 30);
  await assert.rejects(run, /enough/);
});

test('the kernel views of things are told and not read', { skip: existsSync('/proc/1') ? false : 'needs /proc' }, async (t) => {
  const ground = await openGround(t);
  const count = await walkDirectory({
    ...ground,
    root: '/proc/self',
    target: ground.layer,
    signal: new AbortController().signal,
    onFiles: () => undefined,
    onOsRelease: () => undefined,
  });
  assert.equal(count.files, 0);
  assert.deepEqual(
    ground.layer.skips.list().map((one) => one.reason),
    ['a proc file system holds no files'],
  );
});
