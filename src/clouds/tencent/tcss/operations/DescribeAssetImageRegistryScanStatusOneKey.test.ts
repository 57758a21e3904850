import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { addRegistry, imageOf, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { describeAssetImageRegistryScanStatusOneKey } from './DescribeAssetImageRegistryScanStatusOneKey.ts';

interface Ground extends TestCall {
  readonly ids: readonly [number, number, number];
  readonly TaskID: number;
}

/** A task of three images of which the first is done with a finding and the second runs. */
async function openGround(context: TestContext): Promise<Ground> {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const first = await storeRepositoryImage(store, 'hub.example/team/app:1', { findings: [aFinding('/x')] });
  const second = await storeRepositoryImage(store, 'hub.example/team/app:2');
  const third = await storeRepositoryImage(store, 'hub.example/solo:1');
  const ids = [first, second, third] as const;
  const imageIds = await Promise.all(ids.map((id) => imageOf(store, id)));
  const at = call.app.clock();
  const task = await store.tasks.create('default', imageIds, { timeoutSeconds: 100, at, origin: 'registry-one-click' });
  for (const state of ['done', 'running'] as const) {
    const part = await store.tasks.claim('w', at, at + 60_000);
    assert.ok(part);
    const over = state === 'done' ? {} : { finishedAt: undefined, progress: 50, remainingSeconds: 4 };
    await store.images.setScan('default', part.imageId, aScan({ state, ...over }));
    if (state === 'done') await store.tasks.finish('w', part, 'done', at);
  }
  return { ...call, ids, TaskID: Number(task) };
}

test('a task tells how far it is, and of the images asked about how far each is', async (context) => {
  const { ids, TaskID, ...call } = await openGround(context);
  call.wait(10_000);
  const status = { ImageTotal: 3, ImageScanCnt: 1, SuccessCount: 1, RiskCount: 1, Schedule: 50, Status: 'SCANNING', ScanRemainTime: 10 };
  assert.deepEqual(await ask(describeAssetImageRegistryScanStatusOneKey, call, { TaskID }), { ...status, ImageStatus: [] });
  const { ImageStatus, ...rest } = await askWell(describeAssetImageRegistryScanStatusOneKey, call, { TaskID, All: true });
  assert.deepEqual(rest, status);
  assert.deepEqual(
    ImageStatus.map(({ ImageTag, ScanStatus, VirusProgress }) => [ImageTag, ScanStatus, VirusProgress]),
    [
      ['1', 'SCANNED', 100],
      ['2', 'SCANNING', 50],
      ['1', 'SCANNING', 0],
    ],
  );
  assert.deepEqual(ImageStatus[1], {
    ImageId: await imageOf(call.store, ids[1]),
    RegistryType: 'harbor',
    ImageRepoAddress: 'hub.example/team/app',
    InstanceId: '1',
    InstanceName: 'main',
    Namespace: 'team',
    ImageName: 'app',
    ImageTag: '2',
    ScanStatus: 'SCANNING',
    CveProgress: 0,
    RiskProgress: 0,
    VirusProgress: 50,
  });
  const place = { Namespace: 'team', ImageName: 'app', ImageTag: '2' };
  const asked = await askWell(describeAssetImageRegistryScanStatusOneKey, call, { TaskID, Id: [ids[2]], Images: [place] });
  assert.deepEqual(
    asked.ImageStatus.map(({ ImageName }) => ImageName),
    ['solo', 'app'],
  );
  assert.equal(asked.ImageTotal, 3);
});

test('without a task the images asked about count, else the latest task', async (context) => {
  const { ids, TaskID, ...call } = await openGround(context);
  const told = async (raw: Readonly<Record<string, unknown>>) => {
    const answer = await askWell(describeAssetImageRegistryScanStatusOneKey, call, raw);
    return [answer.ImageTotal, answer.ImageScanCnt, answer.SuccessCount, answer.RiskCount, answer.Schedule, answer.Status, answer.ScanRemainTime];
  };
  assert.deepEqual(await told({ Id: [ids[0], ids[1]] }), [2, 1, 1, 1, 75, 'SCANNING', 4]);
  assert.deepEqual(await told({ Id: [ids[0]] }), [1, 1, 1, 1, 100, 'SCANNED', 0]);
  const never = await storeRepositoryImage(call.store, 'hub.example/new:1');
  assert.deepEqual(await told({ Id: [never] }), [1, 0, 0, 0, 0, 'NOT_SCAN', 0]);
  assert.deepEqual((await told({})).slice(0, 6), [3, 1, 1, 1, 50, 'SCANNING']);
  assert.deepEqual((await told({ All: true })).slice(0, 6), [3, 1, 1, 1, 50, 'SCANNING']);
  // What the clock begins is told only where nobody asked for anything.
  await call.store.tasks.create('default', [await imageOf(call.store, never)], { timeoutSeconds: 9, at: 1, origin: 'registry-timed' });
  await call.store.tasks.cancel('default', String(TaskID), undefined, call.app.clock());
  assert.deepEqual(await told({}), [3, 3, 1, 1, 100, 'CANCELED', 0]);
  assert.deepEqual((await askWell(describeAssetImageRegistryScanStatusOneKey, call, { TaskID, Id: [never] })).ImageStatus, []);
});

test('all of two tags that name the same image are told', async (context) => {
  const { ids, TaskID, ...call } = await openGround(context);
  const again = await storeImage(call.store, { ...anImage('hub.example/team/app:1'), reference: 'hub.example/team/app:9' }, { local: false });
  const query = { accountId: 'default', imageIds: [again], by: 'lastSeen', order: 'asc', offset: 0, limit: 9 } as const;
  const both = (await call.store.repositories.images(query)).rows.map(({ id }) => id);
  assert.equal(both.length, 2);
  const { ImageStatus } = await askWell(describeAssetImageRegistryScanStatusOneKey, call, { TaskID, Id: both });
  assert.deepEqual(ImageStatus.map(({ ImageTag }) => ImageTag).sort(), ['1', '9']);
  assert.ok(both.includes(ids[0]));
});

test('what is no scan of images of registries is not found', async (context) => {
  const call = await openCall(context);
  assert.equal(await ask(describeAssetImageRegistryScanStatusOneKey, call, {}), 'ResourceNotFound');
  const local = await storeImage(call.store, anImage('a:1'));
  const TaskID = Number(await call.store.tasks.create('default', [local], { timeoutSeconds: 9, at: 1 }));
  assert.equal(await ask(describeAssetImageRegistryScanStatusOneKey, call, {}), 'ResourceNotFound');
  const far = await storeImage(call.store, anImage('far:1'));
  await call.store.tasks.create('default', [far], { timeoutSeconds: 9, at: 1, origin: 'registry-timed' });
  assert.equal((await askWell(describeAssetImageRegistryScanStatusOneKey, call, {})).ImageTotal, 1);
  for (const raw of [{ TaskID }, { TaskID: 99 }, { Id: [99] }, { Images: [{ ImageName: 'x', ImageTag: '1' }] }]) {
    await assert.rejects(ask(describeAssetImageRegistryScanStatusOneKey, call, raw), { code: 'not-found' }, JSON.stringify(raw));
  }
  const { TaskID: ours, ...ground } = await openGround(context);
  await assert.rejects(ask(describeAssetImageRegistryScanStatusOneKey, { ...ground, accountId: 'other' }, { TaskID: ours }), { code: 'not-found' });
});
