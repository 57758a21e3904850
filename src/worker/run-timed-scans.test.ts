import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setRegistryScan } from '#app/registry-scan-setting.ts';
import { setImageScan } from '#app/set-image-scan.ts';
import { openCall } from '../../test/support/cloud-call.ts';
import { anImage, storeImage } from '../../test/support/stored-images.ts';
import { addRegistry, imageOf, storeRepositoryImage } from '../../test/support/stored-registries.ts';
import { until } from '../../test/support/until.ts';
import { runTasks } from './run-tasks.ts';
import { runTimedScans } from './run-timed-scans.ts';

test('a scan starts when its time comes, once, and trouble with the store does not end the loop', async (context) => {
  const { app, store, wait } = await openCall(context);
  await storeImage(store, anImage('a:1'));
  const choice = { kind: 'all', imageIds: [], except: [], hostIds: [], running: false } as const;
  await setImageScan(app, 'default', { enabled: true, startMinute: 4 * 60, endMinute: undefined, periodDays: 1, kinds: ['malware'], choice });
  const control = new AbortController();
  const events: string[] = [];
  let broken = true;
  let looks = 0;
  const due = async (...[kind, at]: Parameters<typeof store.scanSettings.due>) => {
    if (broken) throw new Error('busy');
    looks += 1;
    return store.scanSettings.due(kind, at);
  };
  const shaky = { ...store, scanSettings: { ...store.scanSettings, due } };
  const running = runTimedScans({ app: { ...app, store: shaky }, signal: control.signal, log: (event) => void events.push(event), lookMs: 5 });
  await until(() => events.includes('timed scans not started'), 'trouble is told');
  broken = false;
  const twice = async (): Promise<void> => {
    const enough = looks + 2;
    await until(() => looks >= enough, 'the clock is looked at');
  };
  await twice();
  assert.equal(await store.tasks.latest('default'), undefined);
  wait(3600_000);
  await until(async () => (await store.tasks.latest('default')) !== undefined, 'a task is made');
  await twice();
  control.abort();
  await running;
  assert.equal((await store.tasks.latest('default'))?.id, '1');
  assert.equal(events.filter((event) => event === 'timed scans').length, 1);
});

test('a timed scan of images of registries that has not ended at its end is stopped, and what still waits with it', async (context) => {
  const { app, store, wait } = await openCall(context);
  await addRegistry(store);
  const ids = [await storeRepositoryImage(store, 'hub.example/a:1'), await storeRepositoryImage(store, 'hub.example/b:1')];
  const choice = { kind: 'all', images: [], except: [], registryTypes: [], namespaces: [], latest: false, running: false } as const;
  await setRegistryScan(app, 'default', { enabled: true, startMinute: 4 * 60, endMinute: 5 * 60, periodDays: 1, kinds: ['malware'], choice });
  // Half a second before its end; from then on the clock goes as it does.
  wait(Date.UTC(2025, 0, 2, 5) - 500 - app.clock());
  const began = Date.now();
  const start = app.clock();
  const clock = (): number => start + Date.now() - began;
  const control = new AbortController();
  const { signal } = control;
  const log = () => undefined;
  const timed = runTimedScans({ app: { ...app, clock }, signal, log, lookMs: 5 });
  const scanned: string[] = [];
  const tasks = runTasks({
    store,
    owner: 'w',
    clock,
    signal,
    log,
    scan: async ({ imageId }, hold) => {
      scanned.push(imageId);
      await once(hold.signal, 'abort');
      throw hold.signal.reason;
    },
  });
  const states = () => Promise.all(ids.map(async (id) => (await store.images.find('default', await imageOf(store, id)))?.scan?.state));
  await until(async () => (await states()).every((state) => state === 'timeout'), 'both images have run out of time');
  control.abort();
  await Promise.all([timed, tasks]);
  const task = await store.tasks.latest('default', ['registry-timed']);
  assert.deepEqual([task?.state, task?.ended, task?.timeoutSeconds], ['timeout', 2, 1]);
});
