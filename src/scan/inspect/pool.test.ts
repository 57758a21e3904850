import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JudgeRecipe } from '#engines/engine.ts';
import { until } from '../../../test/support/until.ts';
import { InspectorPool, type Slot, slotsPerInspector } from './pool.ts';
import type { InspectItem, ItemResult } from './protocol.ts';
import { residentBytes } from './resident-bytes.ts';

const program = new URL('../../../test/support/hostile-inspector.ts', import.meta.url);
const recipe: JudgeRecipe = { engine: 'yara', pack: 'test', backend: 'native', files: {}, engineSeconds: 1, readsPath: false };

async function inspectAll(
  contents: readonly string[],
  options: { readonly fileSeconds?: number; readonly inspectorBytes?: number; readonly program?: URL } = {},
): Promise<readonly ItemResult[]> {
  const pool = new InspectorPool(
    { program: options.program ?? program, fileSeconds: options.fileSeconds ?? 30, inspectorBytes: options.inspectorBytes ?? 2 ** 31 },
    1,
  );
  try {
    pool.start([recipe]);
    const slot = await pool.reserve();
    const items: InspectItem[] = [];
    let at = 0;
    for (const content of contents) {
      const bytes = Buffer.from(content);
      slot.write(bytes, at);
      items.push({ at, length: bytes.length, path: '/f', owner: '0', judges: [0], digests: true });
      at += bytes.length;
    }
    return await slot.submit(items);
  } finally {
    pool.close();
  }
}

const outcome = (result: ItemResult | undefined) => result?.judged[0]?.error ?? result?.judged[0]?.detections.map((one) => one.name).join() ?? 'missing';

test('contents are typed, digested and judged in order', async () => {
  const results = await inspectAll(['clean', 'EVIL', '']);
  assert.deepEqual(results.map(outcome), ['', 'Test.Trojan.Evil', '']);
  assert.deepEqual(
    results.map((result) => result.fileType),
    ['text', 'text', 'empty'],
  );
  assert.equal(results[1]?.md5, createHash('md5').update('EVIL').digest('hex'));
  assert.equal(results[1]?.sha1, createHash('sha1').update('EVIL').digest('hex'));
});

test('a content on which the engine crashes costs that content and no other', async () => {
  const results = await inspectAll(['one EVIL', 'CRASH', 'two EVIL', 'CRASH again', 'clean']);
  assert.deepEqual(results.map(outcome), ['Test.Trojan.Evil', 'the inspecting process crashed', 'Test.Trojan.Evil', 'the inspecting process crashed', '']);
  assert.equal(results[1]?.md5, createHash('md5').update('CRASH').digest('hex'));
});

test('a content on which the engine hangs is given up after its time', async () => {
  const results = await inspectAll(['HANG!', 'EVIL'], { fileSeconds: 1 });
  assert.deepEqual(results.map(outcome), ['took longer than 1 s', 'Test.Trojan.Evil']);
});

test('a content on which the engine eats memory is given up at the bound', async () => {
  const results = await inspectAll(['EVIL', 'EAT!!'], { inspectorBytes: 400 * 1024 * 1024 });
  assert.deepEqual(results.map(outcome), ['Test.Trojan.Evil', 'needed more than 419430400 bytes of memory']);
});

test('an engine that throws says why', async () => {
  assert.deepEqual((await inspectAll(['THROW', 'EVIL'])).map(outcome), ['this engine gives up', 'Test.Trojan.Evil']);
});

test('inspectors that cannot start are an error of the scan, with the reason', async () => {
  await assert.rejects(inspectAll(['x'], { program: new URL('./no-such-program.ts', import.meta.url) }), /cannot start/);
});

test('large contents travel one at a time and are judged like others', async () => {
  const pool = new InspectorPool({ program, fileSeconds: 30, inspectorBytes: 2 ** 31 }, 2);
  try {
    pool.start([recipe]);
    const bytes = Buffer.alloc(40 * 1024 * 1024, 'x');
    bytes.write('EVIL', bytes.length - 4);
    const names = await Promise.all(
      [1, 2, 3].map(async () => {
        const slot = await pool.reserveLarge(bytes.length);
        slot.write(bytes, 0);
        return (await slot.submit([{ at: 0, length: bytes.length, path: '/large', owner: '0', judges: [0], digests: true }])).map(outcome).join();
      }),
    );
    assert.deepEqual(names, ['Test.Trojan.Evil', 'Test.Trojan.Evil', 'Test.Trojan.Evil']);
  } finally {
    pool.close();
  }
});

test('an inspector on which a large content has left memory behind makes room for a new one', async () => {
  const pool = new InspectorPool({ program, fileSeconds: 30, inspectorBytes: 2 ** 31 }, 1);
  try {
    pool.start([recipe]);
    assert.equal(await inspectLarge(pool, 'EVIL', 5 * MiB), 'Test.Trojan.Evil');
    assert.equal(await inspectLarge(pool, 'KEEP!', 5 * MiB), '');
    assert.ok(children().every((pid) => residentBytes(pid) < 200 * MiB));
    assert.equal(await inspectLarge(pool, 'EVIL', 5 * MiB), 'Test.Trojan.Evil');
  } finally {
    pool.close();
  }
});

test('while a content is inspected that takes much memory the other inspectors hold none, and what they are given waits', { timeout: 60_000 }, async () => {
  const pool = new InspectorPool({ program, fileSeconds: 30, inspectorBytes: 2 ** 31 }, 2);
  try {
    pool.start([recipe]);
    const first = await allOf(pool);
    const before = children();
    // Waits for room until there is a second inspector.
    const second = await pool.reserve();
    const [other] = children().filter((pid) => !before.includes(pid));
    assert.ok(other !== undefined);
    const large = inspectLarge(pool, 'PAUSE', 256 * MiB);
    await until(() => !children().includes(other), 'the other inspector ends');
    const held = submitOne(second, 'EVIL');
    assert.equal(await large, '');
    assert.equal(await held, 'Test.Trojan.Evil');
    for (const result of await Promise.all(first.map((slot) => submitOne(slot, 'EVIL')))) assert.equal(result, 'Test.Trojan.Evil');
  } finally {
    pool.close();
  }
});

const MiB = 1024 * 1024;

/** All the room that one inspector has. */
function allOf(pool: InspectorPool): Promise<readonly Slot[]> {
  return Promise.all(Array.from({ length: slotsPerInspector }, () => pool.reserve()));
}

async function submitOne(slot: Slot, order: string, length = order.length): Promise<string> {
  slot.write(Buffer.from(order), 0);
  if (length > order.length) slot.write(Buffer.from('.'), length - 1);
  return (await slot.submit([{ at: 0, length, path: '/f', owner: '0', judges: [0], digests: false }])).map(outcome).join();
}

async function inspectLarge(pool: InspectorPool, order: string, length: number): Promise<string> {
  return submitOne(await pool.reserveLarge(length), order, length);
}

function children(): readonly number[] {
  return readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'latin1')
      .split(' ')
      .map(Number)
      .filter((pid) => pid > 0),
  );
}

test('a crash is blamed on the content it was at, though the answer to an earlier batch was still on its way', async () => {
  const pool = new InspectorPool({ program, fileSeconds: 30, inspectorBytes: 2 ** 31 }, 1);
  try {
    pool.start([recipe]);
    const submit = async (contents: readonly string[]) => {
      const slot = await pool.reserve();
      const items = contents.map((content, index) => ({ at: index * 8, length: content.length, path: `/${index}`, owner: '0', judges: [0], digests: true }));
      for (const [index, content] of contents.entries()) slot.write(Buffer.from(content), index * 8);
      return slot.submit(items);
    };
    const many = Array.from({ length: 4096 }, () => 'EVIL');
    const [first, second] = await Promise.all([submit(many), submit(['EVIL', 'CRASH', 'EVIL'])]);
    assert.deepEqual([...new Set(first.map(outcome))], ['Test.Trojan.Evil']);
    assert.deepEqual(second.map(outcome), ['Test.Trojan.Evil', 'the inspecting process crashed', 'Test.Trojan.Evil']);
  } finally {
    pool.close();
  }
});

test('many quick contents that travel alone never count as one that takes long', async () => {
  const pool = new InspectorPool({ program, fileSeconds: 1, inspectorBytes: 2 ** 31 }, 1);
  try {
    pool.start([recipe]);
    const outcomes: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const slot = await pool.reserve();
      slot.write(Buffer.from('PAUSE'), 0);
      outcomes.push(...(await slot.submit([{ at: 0, length: 5, path: '/f', owner: '0', judges: [0], digests: true }])).map(outcome));
    }
    assert.deepEqual(outcomes, ['', '', '', '', '', '']);
  } finally {
    pool.close();
  }
});

test('closing the pool ends every wait: for results, for room and for room for a large content', async () => {
  const pool = new InspectorPool({ program, fileSeconds: 30, inspectorBytes: 2 ** 31 }, 1);
  pool.start([recipe]);
  const slots = await allOf(pool);
  const large = await pool.reserveLarge(1000);
  slots[0]?.write(Buffer.from('HANG!'), 0);
  const waits = [slots[0]?.submit([{ at: 0, length: 5, path: '/f', owner: '0', judges: [0], digests: true }]), pool.reserve(), pool.reserveLarge(10)].map(
    (wait) => assert.rejects(wait as Promise<unknown>, /stopped/),
  );
  pool.close();
  large.release();
  await Promise.all(waits);
  await assert.rejects(pool.reserve(), /stopped/);
  await assert.rejects(slots[1]?.submit([]) as Promise<unknown>, /stopped/);
  assert.throws(() => slots[1]?.write(Buffer.from('x'), 0), /stopped/);
});

test('a process that cannot even be made is an error of the scan, not a wait without end', { timeout: 20_000 }, async () => {
  const real = process.execPath;
  process.execPath = '/no/such/node';
  try {
    await assert.rejects(inspectAll(['x']), /cannot start.*ENOENT/);
    await assert.rejects(inspectAll(['x'], { program: new URL('http://127.0.0.1/program') }), /cannot start.*scheme/);
  } finally {
    process.execPath = real;
  }
});
