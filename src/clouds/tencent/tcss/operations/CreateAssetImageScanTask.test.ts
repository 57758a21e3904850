import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { createAssetImageScanTask } from './CreateAssetImageScanTask.ts';

// The images of the task that a request makes, as a worker would claim them.
async function claimed(call: TestCall, raw: Readonly<Record<string, unknown>>): Promise<unknown> {
  const answer = await ask(createAssetImageScanTask, call, { ScanVirus: true, ...raw });
  if (typeof answer === 'string') return answer;
  assert.match(answer.TaskID, /^\d+$/);
  const ids: string[] = [];
  for (;;) {
    const image = await call.store.tasks.claim('worker', call.app.clock(), call.app.clock() + 1000);
    if (image === undefined) break;
    assert.equal(image.taskId, answer.TaskID);
    ids.push(image.imageId);
    await call.store.tasks.finish('worker', image, 'done', call.app.clock());
  }
  call.wait(1000);
  return ids.sort();
}

test('images are chosen by id, by filter or all, without those excluded', async (context) => {
  const call = await openCall(context);
  const a = await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [aFinding('/x')] });
  const b = await storeImage(call.store, anImage('b:1'));
  const c = await storeImage(call.store, anImage('c:1'));
  assert.deepEqual(await claimed(call, { Images: [a, a] }), [a]);
  assert.deepEqual(await claimed(call, { Images: [a, b], ExcludeImageIds: [a] }), [b]);
  assert.deepEqual(await claimed(call, { All: true }), [a, b, c].sort());
  assert.deepEqual(await claimed(call, { ScanScope: 0, ExcludeImageIds: [b] }), [a, c].sort());
  assert.deepEqual(await claimed(call, { ScanScope: 1, Images: [c], ScanVul: true, IsOneClickScanningTask: true }), [c]);
  assert.deepEqual(await claimed(call, { Filters: [{ Name: 'SecurityRisk', Values: ['VirusCnt'] }] }), [a]);
  assert.deepEqual(await claimed(call, { All: false, Filters: [{ Name: 'ImageName', Values: [':1'] }], ExcludeImageIds: [a, c] }), [b]);
});

test('a chosen image is queued at once and keeps its findings', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [aFinding('/x')] });
  const { TaskID } = await askWell(createAssetImageScanTask, call, { ScanVirus: true, Images: [id], Timeout: 60 });
  const image = await call.store.images.find('default', id);
  assert.equal(image?.scan?.state, 'queued');
  assert.equal(image.visibleFindings, 1);
  assert.equal((await call.store.tasks.find('default', TaskID))?.timeoutSeconds, 60);
});

test('an image that is queued or running cannot be scanned again', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'));
  await askWell(createAssetImageScanTask, call, { ScanVirus: true, Images: [id] });
  await assert.rejects(ask(createAssetImageScanTask, call, { ScanVirus: true, All: true }), { code: 'conflict' });
});

test('a choice that is empty or names an unknown image is not found', async (context) => {
  const call = await openCall(context);
  await assert.rejects(ask(createAssetImageScanTask, call, { ScanVirus: true, All: true }), { code: 'not-found' });
  const id = await storeImage(call.store, anImage('a:1'));
  await assert.rejects(ask(createAssetImageScanTask, call, { ScanVirus: true, Images: [id, 'sha256:0'] }), { code: 'not-found' });
  await assert.rejects(ask(createAssetImageScanTask, call, { ScanVirus: true, Images: [id], ExcludeImageIds: [id] }), { code: 'not-found' });
  assert.equal(await call.store.tasks.latest('default'), undefined);
});

test('exactly one way of choosing and at least one kind of scan must be given', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'));
  const Filters = [{ Name: 'ImageName', Values: ['a'] }];
  for (const raw of [{}, { All: false }, { All: true, Images: [id] }, { Images: [id], Filters }, { ScanScope: 1 }]) {
    assert.equal(await ask(createAssetImageScanTask, call, { ScanVirus: true, ...raw }), 'InvalidParameter');
  }
  assert.equal(await ask(createAssetImageScanTask, call, { Images: [id] }), 'InvalidParameter');
  assert.equal(await ask(createAssetImageScanTask, call, { Images: [id], ScanVirus: false, ScanVul: true }), 'UnsupportedOperation');
  for (const raw of [
    { Images: [id], ScanScope: 2 },
    { Images: [id], ScanScope: 3, ClusterIDs: ['c'] },
    { ScanScope: 3 },
    { ScanScope: 2, ClusterIDs: ['c'] },
    { Images: [id], ClusterIDs: ['c'] },
  ]) {
    assert.equal(await ask(createAssetImageScanTask, call, { ScanVirus: true, ...raw }), 'InvalidParameter');
  }
  for (const raw of [{ Timeout: 0 }, { ScanScope: 4 }])
    assert.equal(await ask(createAssetImageScanTask, call, { ScanVirus: true, Images: [id], ...raw }), 'InvalidParameterValue');
});

test('recommended images are those not known to be clean by a scan of the last week', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await storeImage(store, anImage('clean:1'), { scan: aScan() });
  const wanted = [
    await storeImage(store, anImage('never:1')),
    await storeImage(store, anImage('failed:1'), { scan: aScan({ state: 'failed' }) }),
    await storeImage(store, anImage('bad:1'), { scan: aScan(), findings: [aFinding('/x')] }),
    await storeImage(store, anImage('old:1'), { scan: aScan({ finishedAt: call.app.clock() - 8 * 24 * 3600 * 1000 }) }),
  ];
  await storeImage(store, anImage('remote:1'), { local: false });
  const excluded = await storeImage(store, anImage('excluded:1'));
  assert.deepEqual(await claimed(call, { ScanScope: 2, ExcludeImageIds: [excluded] }), wanted.toSorted());
});

test('images of clusters are those seen on the hosts that stand for them', async (context) => {
  const call = await openCall(context);
  const a = await storeImage(call.store, anImage('a:1'), { host: 'one' });
  const b = await storeImage(call.store, anImage('b:1'), { host: 'two' });
  await storeImage(call.store, anImage('c:1'), { host: 'three' });
  assert.deepEqual(await claimed(call, { ScanScope: 3, ClusterIDs: ['one', 'two'] }), [a, b].toSorted());
  await assert.rejects(ask(createAssetImageScanTask, call, { ScanVirus: true, ScanScope: 3, ClusterIDs: ['four'] }), { code: 'not-found' });
});

test('no image has a running container, so that none is chosen by it', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'));
  for (const raw of [{ All: true }, { ScanScope: 2 }, { Images: [id] }]) {
    await assert.rejects(ask(createAssetImageScanTask, call, { ScanVirus: true, ContainerRunning: true, ...raw }), { code: 'not-found' });
  }
  assert.deepEqual(await claimed(call, { Images: [id], ContainerRunning: false }), [id]);
});

test('an image of a registry alone is no local image', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'), { local: false });
  await assert.rejects(ask(createAssetImageScanTask, call, { ScanVirus: true, Images: [id] }), { code: 'not-found' });
  await assert.rejects(ask(createAssetImageScanTask, call, { ScanVirus: true, All: true }), { code: 'not-found' });
});

test('a task is a one-click scan when the caller says so, or cannot and scans all', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'));
  const origin = async (raw: object): Promise<unknown> => {
    const { TaskID } = await askWell(createAssetImageScanTask, call, { ScanVirus: true, ...raw });
    await call.store.tasks.cancel('default', TaskID, undefined, call.app.clock());
    return (await call.store.tasks.find('default', TaskID))?.origin;
  };
  assert.equal(await origin({ Images: [id], IsOneClickScanningTask: true }), 'one-click');
  assert.equal(await origin({ All: true }), 'one-click');
  assert.equal(await origin({ All: true, IsOneClickScanningTask: false }), 'asked');
  assert.equal(await origin({ ScanScope: 0 }), 'asked');
  assert.equal(await origin({ Images: [id] }), 'asked');
});
