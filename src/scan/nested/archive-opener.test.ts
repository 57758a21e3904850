import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { Limits } from '#domain/limits.ts';
import { bytesSource, type Format, type Found } from '#formats/format.ts';
import { type Ground, openGround } from '../../../test/support/scanning.ts';
import { type ArchiveBytes, ArchiveOpener, type MemberFile, type TakenMember } from './archive-opener.ts';

/** A format whose archives do what a test says, and how often they were opened. */
interface Bench {
  readonly ground: Ground;
  readonly opener: ArchiveOpener;
  readonly archive: (name: string) => ArchiveBytes;
  readonly opens: () => number;
  readonly taken: string[];
}

type Script = (name: string) => AsyncIterable<Found>;

async function open(t: TestContext, script: Script, more: { readonly limits?: Partial<Limits>; readonly ground?: Ground } = {}): Promise<Bench> {
  const ground = more.ground ?? (await openGround(t, { limits: more.limits ?? {} }));
  let opens = 0;
  const format: Format = {
    name: 'scripted',
    recognise: () => true,
    open: (source) => {
      opens += 1;
      return script(source.read(0, source.size).toString());
    },
  };
  const archive = (name: string): ArchiveBytes => ({
    sha256: hash('sha256', name),
    format,
    source: bytesSource(Buffer.from(name)),
    failure: '',
    release: () => undefined,
  });
  const taken: string[] = [];
  // A member whose bytes begin with `archive` is one.
  const take = async ({ at }: { readonly at: string }, file: MemberFile): Promise<TakenMember> => {
    const pieces: Buffer[] = [];
    if ('bytes' in file) pieces.push(file.bytes);
    else for await (const piece of file.stream) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    taken.push(`${at} ${text}`);
    const isArchive = text.startsWith('archive');
    return { sha256: hash('sha256', text), size: text.length, archive: isArchive ? archive(text) : undefined, skipped: undefined };
  };
  const { store, recorder, engines, limits, budget, signal } = ground;
  const opener = new ArchiveOpener({ store, recorder, opener: engines.opener, limits, budget, signal, take, isLost: () => false });
  return { ground, opener, archive, opens: () => opens, taken };
}

const member = (path: string, text: string): Found => ({ path, bytes: Buffer.from(text) });
const told = (reasons: readonly { readonly path: string; readonly reason: string }[]): readonly string[] =>
  reasons.map(({ path, reason }) => `${path}: ${reason}`);

async function record({ opener, ground }: Bench): Promise<void> {
  opener.record();
  await ground.recorder.flush();
}

test('a format that throws costs its archive and not the others', async (t) => {
  const bench = await open(t, async function* (name) {
    yield member('first', 'one');
    if (name === 'archive bad') throw new RangeError('beyond the end');
    yield member('second', 'two');
  });
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive bad'), '/a')), ['/a: it could not be opened: beyond the end']);
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive good'), '/b')), []);
  assert.deepEqual(bench.taken, ['/a!/first one', '/b!/first one', '/b!/second two']);
});

test('a body that throws costs what is left of it', async (t) => {
  const bench = await open(t, async function* () {
    const stream = (async function* () {
      yield Buffer.from('half');
      throw new Error('the disk is gone');
    })();
    yield { path: 'torn', size: 100, stream };
    yield member('whole', 'two');
  });
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive'), '/a')), ['/a!/torn: it could not be opened: the disk is gone']);
  assert.deepEqual(bench.taken, ['/a!/torn half', '/a!/whole two']);
});

test('an archive that holds itself, in a chain of two, ends there', async (t) => {
  const bench = await open(t, async function* (name) {
    yield member('in', name === 'archive 1' ? 'archive 2' : 'archive 1');
  });
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive 1'), '/a')), ['/a!/in!/in: it holds itself, and is not opened again']);
  assert.equal(bench.opens(), 2);
});

test('what was opened is not opened again, in this scan or the next, and says again what was skipped', async (t) => {
  const script: Script = async function* (name) {
    yield { path: 'secret', skipped: 'it is encrypted' };
    if (name === 'archive outer') yield member('in', 'archive inner');
  };
  const bench = await open(t, script);
  const reasons = ['secret', 'in!/secret'].map((path) => `${path}: it is encrypted`);
  const at = (place: string) => reasons.map((reason) => `${place}!/${reason}`);
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive outer'), '/a')), at('/a'));
  assert.ok(bench.opener.knows(hash('sha256', 'archive outer')));
  assert.deepEqual(told(await bench.opener.open(hash('sha256', 'archive outer'), '/b')), at('/b'));
  assert.equal(bench.opens(), 2);
  await record(bench);
  const later = await open(t, script, { ground: bench.ground });
  await later.opener.recall([hash('sha256', 'archive outer')]);
  assert.deepEqual(told(await later.opener.open(later.archive('archive outer'), '/c')), at('/c'));
  assert.equal(later.opens(), 0);
});

test('one that was left, for time or for the bounds of the image, is opened again the next time', async (t) => {
  const script: Script = async function* () {
    for (let at = 0; at < 10; at += 1) yield member(`${at}`, `text ${at}`);
  };
  const late = await open(t, script, { limits: { archiveSeconds: 0 } });
  assert.match(told(await late.opener.open(late.archive('archive'), '/a')).join(), /^\/a: opening it took longer than 0 s/);
  await record(late);
  assert.ok(late.opener.isIncomplete);
  const spent = await open(t, script, { limits: { nestedEntries: 5 } });
  assert.deepEqual(told(await spent.opener.open(spent.archive('archive'), '/a')), []);
  await record(spent);
  assert.ok(spent.opener.isIncomplete);
  assert.match(spent.ground.spent.join(), /hold more than 5 entries/);
  assert.equal(spent.taken.length, 5);
  const again = await open(t, script, { ground: spent.ground });
  await again.opener.recall([hash('sha256', 'archive')]);
  assert.equal(again.opener.knows(hash('sha256', 'archive')), false);
});

test('the time is that of the outermost archive with all in it', async (t) => {
  const bench = await open(
    t,
    async function* (name) {
      if (name === 'archive outer') for (let at = 0; at < 50; at += 1) yield member(`${at}`, `archive ${at}`);
      else {
        const until = performance.now() + 100;
        while (performance.now() < until);
        yield member('x', 'x');
      }
    },
    { limits: { archiveSeconds: 1 } },
  );
  const reasons = told(await bench.opener.open(bench.archive('archive outer'), '/a'));
  assert.ok(bench.opens() > 5 && bench.opens() < 15, String(bench.opens()));
  assert.equal(reasons.at(-1), '/a: opening it took longer than 1 s; the rest of it was not looked at');
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive 49'), '/b')), [], 'the next one has its own time');
});

test('depth is counted from the outermost archive, and what is known says how deep it goes', async (t) => {
  const script: Script = async function* (name) {
    const level = Number(name.slice(8));
    yield level > 1 ? member('in', `archive ${level - 1}`) : member('end', 'text');
  };
  const bench = await open(t, script, { limits: { archiveDepth: 3 } });
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive 2'), '/two')), []);
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive 3'), '/three')), []);
  const deep = ['/five!/in!/in!/in: it lies more than 3 archives deep and was not opened'];
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive 5'), '/five')), deep);
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive 5'), '/five')), deep);
  // The second is known as one of three levels, which go too deep where it lies now.
  assert.deepEqual(told(await bench.opener.open(bench.archive('archive 4'), '/four')), [
    '/four!/in!/in!/in: it lies more than 3 archives deep and was not opened',
  ]);
});

test('of very many reasons the first are kept and the rest is counted', async (t) => {
  const bench = await open(t, async function* () {
    for (let at = 0; at < 1000; at += 1) yield { path: `${at}`, skipped: 'it is encrypted' };
  });
  const reasons = told(await bench.opener.open(bench.archive('archive'), '/a'));
  assert.equal(reasons.length, 101);
  assert.equal(reasons.at(-1), '/a: 900 more inside were skipped and are not listed');
});

test('reasons with very long paths are cut, and weigh what they hold', async (t) => {
  const long = 'n'.repeat(4090);
  const bench = await open(t, async function* (name) {
    for (let at = 0; at < 100; at += 1) yield { path: `${name}/${at}/${long}`, skipped: 'it is encrypted' };
  });
  const reasons = await bench.opener.open(bench.archive('archive 0'), '/a');
  assert.ok(reasons.every(({ path }) => path.length < 4200 && path.endsWith('…')));
  assert.ok(bench.opener.heldRows > 400);
  for (let at = 1; at < 100; at += 1) await bench.opener.open(bench.archive(`archive ${at}`), '/a');
  const known = Array.from({ length: 100 }, (_, at) => bench.opener.knows(hash('sha256', `archive ${at}`)));
  assert.deepEqual([known[0], known[99]], [false, true], 'the first are forgotten');
});

test('an archive whose bytes are not all there is told, and tried again', async (t) => {
  const bench = await open(t, async function* () {
    yield member('x', 'x');
  });
  const lost = { ...bench.archive('archive'), failure: 'it could not be opened: no room in the temporary directory (ENOSPC)' };
  assert.match(told(await bench.opener.open(lost, '/a')).join(), /^\/a: it could not be opened: no room/);
  assert.deepEqual([bench.opens(), bench.opener.isIncomplete], [0, true]);
});
