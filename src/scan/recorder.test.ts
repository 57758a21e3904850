import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { detection, openGround } from '../../test/support/scanning.ts';
import { Recorder, SkipList } from './recorder.ts';

const entry = (path: string, ordinal: number, sha256: string | undefined) =>
  ({ path, ordinal, sha256, kind: 'file', size: 1, mode: 0, mtime: 0, uid: 0, gid: 0, link: '' }) as const;
const record = (text: string, detections: readonly ReturnType<typeof detection>[]) =>
  ({
    sha256: hash('sha256', text),
    md5: hash('md5', text),
    sha1: hash('sha1', text),
    size: 1,
    fileType: 'text',
    verdicts: new Map([['engine', detections]]),
  }) as const;

test('what was recorded is in the store after a flush, entries before their contents too', async (t) => {
  const { store, layer } = await openGround(t);
  const recorder = new Recorder(store);
  recorder.entry(layer.id, entry('f', 0, hash('sha256', 'late')));
  await recorder.flush();
  recorder.content(record('late', [detection()]));
  await recorder.flush();
  assert.deepEqual(
    (await store.layers.places([layer.id], ['engine'])).map((place) => place.path),
    ['f'],
  );
});

test('it is told when something was found, and only then', async (t) => {
  const { store, layer } = await openGround(t);
  const recorder = new Recorder(store);
  recorder.content(record('clean', []));
  await recorder.flush();
  assert.equal(recorder.foundSomething, false);
  recorder.content(record('evil', [detection()]));
  await recorder.flush();
  assert.equal(recorder.foundSomething, true);
  recorder.foundSomething = false;
  recorder.entry(layer.id, entry('f', 0, undefined));
  recorder.placeDetections(layer.id, { ordinal: 0, path: 'f', engine: 'engine', detections: [detection()] });
  await recorder.flush();
  assert.equal(recorder.foundSomething, true);
});

test('a tick writes when much has come together or some time has gone by', async (t) => {
  const { store } = await openGround(t);
  const recorder = new Recorder(store);
  const stored = async (text: string) => (await store.contents.find([hash('sha256', text)], [])).size;
  recorder.content(record('one', []));
  await recorder.tick();
  assert.equal(await stored('one'), 0);
  await sleep(600);
  await recorder.tick();
  assert.equal(await stored('one'), 1);
  for (let index = 0; index < 5000; index += 1) recorder.content(record(`many ${index}`, []));
  await recorder.tick();
  assert.equal(await stored('many 4999'), 1);
});

test('a write that fails is told to who asked for it and does not stop the next one', async (t) => {
  const { store, layer } = await openGround(t);
  const recorder = new Recorder(store);
  recorder.entry(999_999, entry('f', 0, undefined));
  const failing = recorder.flush();
  recorder.entry(layer.id, entry('g', 0, undefined));
  const next = recorder.flush();
  await assert.rejects(failing);
  await next;
});

test('skips are sorted, and those over the most are counted', () => {
  const list = new SkipList();
  for (let index = 10_004; index >= 0; index -= 1) list.add({ path: `/${String(index).padStart(6, '0')}`, layer: 'l', reason: 'r' });
  const all = list.list();
  assert.equal(all.length, 10_001);
  assert.equal(all[0]?.path, '/000005');
  assert.deepEqual(all.at(-1), { path: '', layer: 'l', reason: '5 more were skipped and are not listed' });
  assert.deepEqual(new SkipList().list(), []);
});
