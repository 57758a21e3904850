import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { addRegistry, imageOf, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { scannedBy } from '../../../../../test/support/task-images.ts';
import { createAssetImageRegistryScanTask } from './CreateAssetImageRegistryScanTask.ts';

async function scanned(call: TestCall, raw: Readonly<Record<string, unknown>>): Promise<unknown> {
  const answer = await ask(createAssetImageRegistryScanTask, call, raw);
  return typeof answer === 'string' ? answer : scannedBy(call, answer.TaskID);
}

test('images are chosen all, by id, by place or by filter, without those excluded, and only the newest of each repository', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const a = await storeRepositoryImage(store, 'hub.example/team/app:a', { scan: aScan(), findings: [aFinding('/x')] });
  const b = await storeRepositoryImage(store, 'hub.example/team/app:b', { image: { created: '2020-01-01T00:00:00Z' } });
  const c = await storeRepositoryImage(store, 'hub.example/solo:c');
  await storeImage(store, anImage('local:1'));
  const place = { Namespace: 'team', ImageName: 'app', ImageTag: 'b', InstanceName: 'main', Force: 'true' };
  const ofApp = [{ Name: 'ImageName', Values: ['app'], ExactMatch: true }];
  const cases: [Readonly<Record<string, unknown>>, readonly number[]][] = [
    [{ All: true }, [a, b, c]],
    [{ All: true, ExcludeImageList: [b, 99] }, [a, c]],
    [{ All: true, OnlyScanLatest: true }, [a, c]],
    [{ All: false, Id: [a, a] }, [a]],
    [{ Images: [place] }, [b]],
    [{ Images: [place], Id: [c] }, [b, c]],
    [{ Images: [place], Id: [c], OnlyScanLatest: true }, [c]],
    [{ Id: [a, c], ExcludeImageList: [c] }, [a]],
    [{ Filters: ofApp }, [a, b]],
    [{ Filters: ofApp, OnlyScanLatest: true }, [a]],
    [{ Filters: ofApp, OnlyScanLatest: false, ExcludeImageList: [a] }, [b]],
    [{ Filters: [{ Name: 'SecurityRisk', Values: ['VirusCnt'] }] }, [a]],
    [{ Filters: [{ Name: 'Id', Values: [String(a), String(c)] }], ScanType: ['virus', 'CVE', 'RISK'] }, [a, c]],
  ];
  for (const [raw, ids] of cases) {
    const expected = await Promise.all(ids.map((id) => imageOf(store, id)));
    assert.deepEqual(await scanned(call, raw), expected.toSorted(), JSON.stringify(raw));
  }
});

test('an image that several tags name is scanned once, and one that a tag named before by its id', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const old = await storeRepositoryImage(store, 'hub.example/app:1', { image: { id: 'sha256:old' } });
  await storeRepositoryImage(store, 'hub.example/app:1');
  await storeImage(store, { ...anImage('hub.example/app:1'), reference: 'hub.example/app:2' }, { local: false });
  assert.deepEqual(await scanned(call, { All: true }), [anImage('hub.example/app:1').id]);
  assert.deepEqual(await scanned(call, { Id: [old] }), ['sha256:old']);
});

test('the task has its time and its images wait for it', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const Id = await storeRepositoryImage(call.store, 'hub.example/app:1');
  const { TaskID } = await askWell(createAssetImageRegistryScanTask, call, { Id: [Id], Timeout: 60, ScanType: ['VIRUS'] });
  assert.equal(typeof TaskID, 'number');
  const task = await call.store.tasks.find('default', String(TaskID));
  assert.deepEqual([task?.timeoutSeconds, task?.origin, task?.total], [60, 'registry', 1]);
  assert.equal((await call.store.images.find('default', await imageOf(call.store, Id)))?.scan?.state, 'queued');
  await assert.rejects(ask(createAssetImageRegistryScanTask, call, { All: true }), { code: 'conflict' });
});

test('images must be chosen in one way, exist, and be scanned for malware', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const refused = async (raw: Readonly<Record<string, unknown>>): Promise<unknown> =>
    scanned(call, raw).catch((error: { readonly code: string }) => error.code);
  assert.equal(await refused({ All: true }), 'not-found');
  const Id = await storeRepositoryImage(store, 'hub.example/app:1');
  const Filters = [{ Name: 'ImageName', Values: ['app'] }];
  const place = { ImageName: 'app', ImageTag: '1' };
  for (const raw of [{}, { All: false }, { All: true, Id: [Id] }, { Id: [Id], Filters }, { All: true, Filters }, { All: true, Images: [place] }]) {
    assert.equal(await refused(raw), 'InvalidParameter', JSON.stringify(raw));
  }
  for (const raw of [
    { Id: [99] },
    { Id: [Id, 99] },
    { Images: [{ ...place, ImageTag: '2' }] },
    { Id: [Id], ExcludeImageList: [Id] },
    { Filters: [{ Name: 'ImageName', Values: ['x'] }] },
    { Filters: [{ Name: 'IsAuthorized', Values: ['0'] }] },
  ]) {
    assert.equal(await refused(raw), 'not-found', JSON.stringify(raw));
  }
  assert.equal(await refused({ Id: [Id], ScanType: ['CVE', 'RISK'] }), 'UnsupportedOperation');
  assert.equal(await refused({ Id: [Id], ScanType: ['X'] }), 'InvalidParameter.InvalidFormat');
  assert.equal(await refused({ Images: [{ ...place, RegistryType: 'x' }] }), 'InvalidParameter.InvalidFormat');
  assert.equal(await refused({ Filters: [{ Name: 'X', Values: ['x'] }] }), 'InvalidParameter.InvalidFormat');
  for (const raw of [{ Timeout: 0 }, { Timeout: 604_801 }]) assert.equal(await refused({ Id: [Id], ...raw }), 'InvalidParameterValue');
  await assert.rejects(ask(createAssetImageRegistryScanTask, { ...call, accountId: 'other' }, { Id: [Id] }), { code: 'not-found' });
  assert.equal(await store.tasks.latest('default'), undefined);
});
