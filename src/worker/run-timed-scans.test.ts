import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setImageScan } from '#app/set-image-scan.ts';
import { openCall } from '../../test/support/cloud-call.ts';
import { anImage, storeImage } from '../../test/support/stored-images.ts';
import { until } from '../../test/support/until.ts';
import { runTimedScans } from './run-timed-scans.ts';

test('a scan starts when its time comes, once, and trouble with the store does not end the loop', async (context) => {
  const { app, store, wait } = await openCall(context);
  await storeImage(store, anImage('a:1'));
  const choice = { kind: 'all', imageIds: [], except: [], hostIds: [], running: false } as const;
  await setImageScan(app, 'default', { enabled: true, startMinute: 4 * 60, endMinute: undefined, periodDays: 1, kinds: ['malware'], choice });
  const control = new AbortController();
  const events: string[] = [];
  let broken = true;
  const due = async (...[kind, at]: Parameters<typeof store.scanSettings.due>) => {
    if (broken) throw new Error('busy');
    return store.scanSettings.due(kind, at);
  };
  const shaky = { ...store, scanSettings: { ...store.scanSettings, due } };
  const running = runTimedScans({ app: { ...app, store: shaky }, signal: control.signal, log: (event) => void events.push(event), lookMs: 5 });
  await until(() => events.includes('timed scans not started'), 'trouble is told');
  broken = false;
  await sleep(20);
  assert.equal(await store.tasks.latest('default'), undefined);
  wait(3600_000);
  await until(async () => (await store.tasks.latest('default')) !== undefined, 'a task is made');
  await sleep(20);
  control.abort();
  await running;
  assert.equal((await store.tasks.latest('default'))?.id, '1');
  assert.equal(events.filter((event) => event === 'timed scans').length, 1);
});
