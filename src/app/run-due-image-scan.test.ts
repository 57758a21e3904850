import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { openStore } from '#store/index.ts';
import { openCall, type TestCall } from '../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, storeImage } from '../../test/support/stored-images.ts';
import type { ImageScanSetting, TimedChoice } from './image-scan-setting.ts';
import { endOfScan, nextDue, nextMinute } from './image-scan-setting.ts';
import { runDueImageScans } from './run-due-image-scan.ts';
import { setImageScan } from './set-image-scan.ts';

const day = 24 * 3600_000;
const all: TimedChoice = { kind: 'all', imageIds: [], except: [], hostIds: [], running: false };
const due = Date.UTC(2025, 0, 3, 1, 30);

function setting(over: Partial<ImageScanSetting> = {}): ImageScanSetting {
  return { enabled: true, startMinute: 90, endMinute: undefined, periodDays: 1, kinds: ['malware'], choice: all, ...over };
}

async function ground(
  context: TestContext,
): Promise<TestCall & { readonly ids: readonly string[]; readonly run: (now: number) => Promise<number>; readonly result: () => Promise<unknown> }> {
  const call = await openCall(context);
  const ids = [await storeImage(call.store, anImage('a:1')), await storeImage(call.store, anImage('b:1'), { host: 'h' })];
  return {
    ...call,
    ids,
    run: async (now) => {
      call.wait(now - call.app.clock());
      return runDueImageScans(call.app, now);
    },
    result: async () => {
      const stored = await call.store.scanSettings.find('default', 'local');
      return [stored?.lastAt, stored?.lastResult, stored?.nextAt];
    },
  };
}

test('a due scan makes one task of the images that are chosen, and is due again a period later', async (context) => {
  const { app, store, run, result, ids } = await ground(context);
  await storeImage(store, anImage('far:1'), { local: false });
  await setImageScan(app, 'default', setting({ periodDays: 3, endMinute: 100 }));
  assert.equal(await run(due - 1), 0);
  assert.deepEqual(await result(), [undefined, '', due]);
  assert.equal(await run(due + 1000), 1);
  assert.deepEqual(await result(), [due + 1000, 'started', due + 3 * day]);
  const task = await store.tasks.latest('default', ['timed']);
  assert.deepEqual([task?.total, task?.origin, task?.timeoutSeconds], [ids.length, 'timed', 10 * 60 - 1]);
  assert.equal((await store.images.find('default', ids[0] ?? ''))?.scan?.state, 'queued');
  assert.equal(await run(due + 2000), 0);
});

test('two processes that look at the same time make one task', async (context) => {
  const { app, ids } = await ground(context);
  await setImageScan(app, 'default', setting());
  const stores = await Promise.all([1, 2, 3].map(() => openStore({ dataDir: app.dataDir })));
  context.after(() => Promise.all(stores.map((store) => store.close())));
  const made = await Promise.all(stores.map((store) => runDueImageScans({ ...app, store, clock: () => due }, due)));
  assert.equal(
    made.reduce((sum, one) => sum + one, 0),
    1,
  );
  const task = await app.store.tasks.latest('default');
  assert.deepEqual([task?.id, task?.total], ['1', ids.length]);
});

test('each way of choosing selects its images', async (context) => {
  const { app, store, run, ids } = await ground(context);
  const [a = '', b = ''] = ids;
  await storeImage(store, anImage('a:1'), { scan: aScan({ finishedAt: due }) });
  await storeImage(store, anImage('b:1'), { scan: aScan({ finishedAt: due }), findings: [aFinding('/x')] });
  const chosen: [Partial<TimedChoice>, readonly string[]][] = [
    [{ kind: 'all', except: [a] }, [b]],
    [{ kind: 'chosen', imageIds: [a] }, [a]],
    [{ kind: 'recommended' }, [b]],
    [{ kind: 'hosts', hostIds: ['h', 'x'] }, [b]],
    [{ kind: 'all', running: true }, []],
    [{ kind: 'chosen', imageIds: [a], except: [a] }, []],
  ];
  for (const [index, [over, expected]] of chosen.entries()) {
    await setImageScan(app, 'default', setting({ choice: { ...all, ...over } }));
    assert.equal(await run(due + index * day), expected.length > 0 ? 1 : 0, JSON.stringify(over));
    const scanned: string[] = [];
    for (let part = await store.tasks.claim('w', 0, due * 2); part !== undefined; part = await store.tasks.claim('w', 0, due * 2)) {
      scanned.push(part.imageId);
      await store.images.setScan('default', part.imageId, aScan({ finishedAt: due + index * day }));
      await store.tasks.finish('w', part, 'done', due);
    }
    assert.deepEqual(scanned, expected, JSON.stringify(over));
    assert.equal((await store.scanSettings.find('default', 'local'))?.lastResult, expected.length > 0 ? 'started' : 'no-images');
  }
});

test('images that are being scanned are left to their scan', async (context) => {
  const { app, store, run, result, ids } = await ground(context);
  await setImageScan(app, 'default', setting());
  for (const id of ids.slice(0, 1)) await store.images.setScan('default', id, aScan({ state: 'running', finishedAt: undefined }));
  assert.equal(await run(due), 1);
  assert.equal((await store.tasks.latest('default'))?.total, 1);
  assert.equal(await run(due + day), 0);
  assert.deepEqual(await result(), [due + day, 'started', due + 2 * day]);
});

test('a scan whose end has passed while no process ran is left out', async (context) => {
  const { app, run, result } = await ground(context);
  await setImageScan(app, 'default', setting({ endMinute: 120 }));
  assert.equal(await run(due + 5 * day + 31 * 60_000), 0);
  assert.deepEqual(await result(), [undefined, '', due + 6 * day]);
  assert.equal(await run(due + 6 * day + 29 * 60_000), 1);
});

test('what is switched off, or set to another time meanwhile, is not due', async (context) => {
  const { app, store, run } = await ground(context);
  await setImageScan(app, 'default', setting());
  const [seen] = await store.scanSettings.due('local', due);
  assert.ok(seen);
  await setImageScan(app, 'default', setting({ choice: { ...all, except: ['x'] } }));
  assert.equal(await store.scanSettings.claim(seen, due + day), false);
  await setImageScan(app, 'default', setting({ enabled: false }));
  assert.equal(await run(due + day), 0);
});

test('times of the day and periods are counted in UTC', () => {
  assert.equal(nextMinute(0, due), Date.UTC(2025, 0, 4));
  assert.equal(nextMinute(90, due), due + day);
  assert.equal(nextMinute(91, due), due + 60_000);
  assert.equal(nextDue({ periodDays: 2 }, due, due), due + 2 * day);
  assert.equal(nextDue({ periodDays: 2 }, due, due + 5 * day), due + 6 * day);
  assert.equal(endOfScan({ periodDays: 1, endMinute: 60 }, due), Date.UTC(2025, 0, 4, 1));
  assert.equal(endOfScan({ periodDays: 30, endMinute: undefined }, due), due + 7 * day);
});
