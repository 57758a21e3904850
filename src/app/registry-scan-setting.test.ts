import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { openCall, type TestCall } from '../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, storeImage } from '../../test/support/stored-images.ts';
import { addRegistry, imageOf, storeRepositoryImage } from '../../test/support/stored-registries.ts';
import { scannedBy } from '../../test/support/task-images.ts';
import { type RegistryScanSetting, type RegistryTimedChoice, setRegistryScan } from './registry-scan-setting.ts';
import { runDueImageScans } from './run-due-image-scan.ts';

const day = 24 * 3600_000;
const due = Date.UTC(2025, 0, 3, 1, 30);
const all: RegistryTimedChoice = { kind: 'all', images: [], except: [], registryTypes: [], namespaces: [], latest: false, running: false };

function setting(over: Partial<RegistryTimedChoice> = {}, more: Partial<RegistryScanSetting> = {}): RegistryScanSetting {
  return { enabled: true, startMinute: 90, endMinute: undefined, periodDays: 1, kinds: ['malware'], ...more, choice: { ...all, ...over } };
}

async function ground(context: TestContext): Promise<TestCall & { readonly run: (now: number) => Promise<number>; readonly result: () => Promise<unknown> }> {
  const call = await openCall(context);
  await addRegistry(call.store);
  return {
    ...call,
    run: async (now) => {
      call.wait(now - call.app.clock());
      return runDueImageScans(call.app, now);
    },
    result: async () => (await call.store.scanSettings.find('default', 'registry'))?.lastResult,
  };
}

test('a due scan makes one task of the images of registries, which ends at its end', async (context) => {
  const { app, store, run, result } = await ground(context);
  await storeRepositoryImage(store, 'hub.example/app:1');
  await storeImage(store, anImage('local:1'));
  await setRegistryScan(app, 'default', setting({}, { endMinute: 100, periodDays: 2 }));
  assert.equal(await run(due - 1), 0);
  assert.equal(await run(due + 1000), 1);
  const task = await store.tasks.latest('default', ['registry-timed']);
  assert.deepEqual([task?.total, task?.timeoutSeconds, await result()], [1, 10 * 60 - 1, 'started']);
  assert.equal(await run(due + 2000), 0);
  const part = await store.tasks.claim('w', due + 3000, due + 9000);
  assert.equal(part?.deadline, due + 10 * 60_000);
  assert.equal((await store.scanSettings.find('default', 'registry'))?.nextAt, due + 2 * day);
});

test('each way of choosing selects its images when the scan is due', async (context) => {
  const call = await ground(context);
  const { app, store, run, result } = call;
  await addRegistry(store, { name: 'second', kind: 'tcr', address: 'other.example' });
  const clean = await storeRepositoryImage(store, 'hub.example/team/app:1', { scan: aScan({ finishedAt: due + 30 * day }) });
  const old = { created: '2020-01-01T00:00:00Z' };
  const bad = await storeRepositoryImage(store, 'hub.example/team/app:2', { scan: aScan(), findings: [aFinding('/x')], image: old });
  const other = await storeRepositoryImage(store, 'other.example/app:1', { scan: aScan({ finishedAt: due + 30 * day }) });
  const place = { registry: 'second', namespace: '', name: 'app', tag: '1' };
  const cases: [Partial<RegistryTimedChoice>, readonly number[]][] = [
    [{ kind: 'recommended' }, [bad]],
    [{}, [clean, bad, other]],
    [{ except: [bad] }, [clean, other]],
    [{ kind: 'chosen', images: [{ id: clean }, place] }, [clean, other]],
    [{ kind: 'chosen', images: [{ id: clean }, place], except: [clean] }, [other]],
    [{ kind: 'chosen', images: [{ id: clean }, place], registryKinds: ['tcr'] }, [other]],
    [{ registryKinds: ['harbor'] }, [clean, bad]],
    [{ namespaces: ['team'] }, [clean, bad]],
    [{ latest: true }, [clean, other]],
    [{ running: true }, []],
    [{ namespaces: ['nothing'] }, []],
  ];
  for (const [index, [over, ids]] of cases.entries()) {
    await setRegistryScan(app, 'default', setting(over));
    assert.equal(await run(due + index * day), ids.length > 0 ? 1 : 0, JSON.stringify(over));
    assert.equal(await result(), ids.length > 0 ? 'started' : 'no-images');
    const expected = await Promise.all(ids.map((id) => imageOf(store, id)));
    const task = await store.tasks.latest('default');
    if (ids.length > 0) assert.deepEqual(await scannedBy(call, Number(task?.id)), expected.toSorted(), JSON.stringify(over));
  }
});

test('a tag is scanned for what it names when the scan is due, and one that is gone counts for nothing', async (context) => {
  const call = await ground(context);
  const { app, store, run, result } = call;
  await storeRepositoryImage(store, 'hub.example/app:1', { image: { id: 'sha256:old' } });
  const images = [{ registry: 'main', namespace: '', name: 'app', tag: '1' }];
  await assert.rejects(setRegistryScan(app, 'default', setting({ kind: 'chosen', images: [...images, { id: 99 }] })), { code: 'not-found' });
  await setRegistryScan(app, 'default', setting({ kind: 'chosen', images }));
  const moved = await storeRepositoryImage(store, 'hub.example/app:1');
  assert.equal(await run(due), 1);
  assert.deepEqual(await scannedBy(call, 1), [await imageOf(store, moved)]);
  const { rows } = await store.repositories.list({ accountId: 'default', by: 'name', order: 'asc', offset: 0, limit: 1 });
  await store.repositories.retain('default', rows[0]?.id ?? 0, [], due);
  assert.equal(await run(due + day), 0);
  assert.equal(await result(), 'no-images');
});

test('images that are being scanned are left to their scan, and local scans go their own way', async (context) => {
  const call = await ground(context);
  const { app, store, run, result } = call;
  const first = await storeRepositoryImage(store, 'hub.example/app:1');
  await storeRepositoryImage(store, 'hub.example/app:2');
  await setRegistryScan(app, 'default', setting());
  await store.images.setScan('default', await imageOf(store, first), aScan({ state: 'running', finishedAt: undefined }));
  assert.equal(await run(due), 1);
  assert.equal((await store.tasks.latest('default'))?.total, 1);
  assert.equal(await run(due + day), 0);
  assert.equal(await result(), 'started');
  assert.equal(await store.scanSettings.find('default', 'local'), undefined);
});
