import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, aScan } from '../../../../../test/support/stored-images.ts';
import { addRegistry, imageOf, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { scannedBy } from '../../../../../test/support/task-images.ts';
import { createAssetImageRegistryScanTaskOneKey } from './CreateAssetImageRegistryScanTaskOneKey.ts';

async function scanned(call: TestCall, raw: Readonly<Record<string, unknown>>): Promise<unknown> {
  const answer = await ask(createAssetImageRegistryScanTaskOneKey, call, raw);
  return typeof answer === 'string' ? answer : scannedBy(call, answer.TaskID);
}

test('each scope selects its images, and registries, namespaces and exclusions narrow it', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  await addRegistry(store, { name: 'second', address: 'other.example', kind: 'tcr' });
  const fresh = { scan: aScan({ finishedAt: call.app.clock() }) };
  const clean = await storeRepositoryImage(store, 'hub.example/team/app:1', fresh);
  const bad = await storeRepositoryImage(store, 'hub.example/team/app:2', { ...fresh, findings: [aFinding('/x')], image: { created: '2020-01-01T00:00:00Z' } });
  const never = await storeRepositoryImage(store, 'other.example/app:1');
  const cases: [Readonly<Record<string, unknown>>, readonly number[]][] = [
    [{ ScanScope: 2 }, [bad, never]],
    [{ ScanScope: 2, RegistryType: ['harbor'] }, [bad]],
    [{ All: true }, [clean, bad, never]],
    [{ ScanScope: 0, ScanType: ['CVE', 'VIRUS'] }, [clean, bad, never]],
    [{ ScanScope: 0, ExcludeIDs: [bad] }, [clean, never]],
    [{ ScanScope: 0, IsLatest: true }, [clean, never]],
    [{ ScanScope: 0, RegistryType: ['ccr', 'quay'] }, [never]],
    [{ RegistryType: ['tcr'] }, [never]],
    [{ Namespace: ['team', 'x'] }, [clean, bad]],
    [{ All: false, Namespace: ['team'], IsLatest: true }, [clean]],
    [{ ScanScope: 1, Id: [bad] }, [bad]],
    [{ Id: [bad, never], RegistryType: ['harbor'] }, [bad]],
    [{ Images: [{ ImageName: 'app', ImageTag: '1', InstanceName: 'second' }], ContainerRunning: false }, [never]],
  ];
  for (const [raw, ids] of cases) {
    const expected = await Promise.all(ids.map((id) => imageOf(store, id)));
    assert.deepEqual(await scanned(call, raw), expected.toSorted(), JSON.stringify(raw));
  }
  assert.equal((await store.tasks.latest('default'))?.origin, 'registry-one-click');
});

test('images that are being scanned are left out, and refused where they are named', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const busy = await storeRepositoryImage(store, 'hub.example/busy:1');
  const idle = await storeRepositoryImage(store, 'hub.example/idle:1');
  await askWell(createAssetImageRegistryScanTaskOneKey, call, { Id: [busy] });
  const again = (raw: Readonly<Record<string, unknown>>) => ask(createAssetImageRegistryScanTaskOneKey, call, raw);
  await assert.rejects(again({ Id: [busy, idle] }), { code: 'conflict' });
  const { TaskID } = await askWell(createAssetImageRegistryScanTaskOneKey, call, { ScanScope: 0 });
  const { rows } = await store.tasks.parts({ accountId: 'default', taskIds: [String(TaskID)], offset: 0, limit: 9 });
  assert.deepEqual(
    rows.map(({ imageId }) => imageId),
    [await imageOf(store, idle)],
  );
  await assert.rejects(again({ All: true }), { code: 'conflict' });
  await assert.rejects(again({ Namespace: ['nothing'] }), { code: 'not-found' });
});

test('a choice that is none, or of nothing, is refused', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const Id = [await storeRepositoryImage(store, 'hub.example/app:1')];
  const refused = async (raw: Readonly<Record<string, unknown>>): Promise<unknown> =>
    scanned(call, raw).catch((error: { readonly code: string }) => error.code);
  for (const raw of [{}, { All: false }, { ScanScope: 1 }, { ScanScope: 0, Id }, { ScanScope: 2, Id }, { All: true, Id }]) {
    assert.equal(await refused(raw), 'InvalidParameter', JSON.stringify(raw));
  }
  for (const raw of [{ All: true, ContainerRunning: true }, { Namespace: ['x'] }, { RegistryType: ['quay'] }, { Id: [99] }, { Id, ExcludeIDs: Id }]) {
    assert.equal(await refused(raw), 'not-found', JSON.stringify(raw));
  }
  assert.equal(await refused({ All: true, ScanType: ['CVE', 'RISK'] }), 'UnsupportedOperation');
  for (const raw of [{ ScanType: ['X'] }, { RegistryType: ['X'] }]) assert.equal(await refused({ All: true, ...raw }), 'InvalidParameter.InvalidFormat');
  for (const raw of [{ ScanScope: 3 }, { Timeout: 0 }]) assert.equal(await refused({ All: true, ...raw }), 'InvalidParameterValue');
  const { TaskID } = await askWell(createAssetImageRegistryScanTaskOneKey, call, { All: true, Timeout: 7 });
  assert.equal((await store.tasks.find('default', String(TaskID)))?.timeoutSeconds, 7);
  assert.equal(await refused({ All: true }), 'conflict');
});
