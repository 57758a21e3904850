import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry, claimNext, scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { taskId } from '../../ids.ts';
import { listUnfinishedOnceTask } from './ListUnfinishedOnceTask.ts';

test('images that wait or are being scanned are listed, in the forms of this call', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const images = [anImage('acr.example/shop/cart:1'), anImage('team/b:1'), anImage('team/c:1')];
  const ids: string[] = [];
  for (const image of images) ids.push(await storeImage(call.store, image));
  const id = await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at: someTime });
  await scanNext(call.store, someTime);
  const running = await claimNext(call.store, someTime + 10);
  await call.store.images.setScan('default', running.imageId, aScan({ state: 'running', progress: 25, finishedAt: undefined }));
  const { OnceTasks } = await askAlibabaWell(listUnfinishedOnceTask, call, { TaskType: 'IMAGE_SCAN' });
  const [scanning, waiting, ...more] = OnceTasks;
  assert.equal(more.length, 0);
  assert.deepEqual(
    [scanning?.TaskId, scanning?.Status, scanning?.StatusText, scanning?.Progress, scanning?.FinishCount, scanning?.TotalCount, scanning?.RealRunTime],
    [taskId(id), 1, 'START', 25, 1, 3, someTime + 10],
  );
  assert.deepEqual([scanning?.TaskImageInfo.RepoName, waiting?.TaskImageInfo.RepoName, waiting?.Status], ['b', 'c', 0]);
  const targets = async (Target: string): Promise<unknown> =>
    (await askAlibabaWell(listUnfinishedOnceTask, call, { TaskType: 'IMAGE_SCAN', Target })).OnceTasks.map((row) => row.Target);
  assert.deepEqual(await targets(images[2]?.digest ?? ''), [images[2]?.digest.slice(7)]);
  assert.deepEqual(await targets(images[0]?.digest ?? ''), []);
  await call.store.tasks.cancel('default', id, undefined, someTime + 20);
  assert.deepEqual((await askAlibabaWell(listUnfinishedOnceTask, call, { TaskType: 'IMAGE_SCAN' })).OnceTasks, []);
});

test('tasks of other kinds and of other accounts are not listed', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('team/a:1'));
  await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: someTime });
  assert.deepEqual(await askAlibabaWell(listUnfinishedOnceTask, call, { TaskType: 'ASSETS_COLLECTION' }), { OnceTasks: [] });
  assert.deepEqual(await askAlibabaWell(listUnfinishedOnceTask, { ...call, accountId: 'other' }, { TaskType: 'IMAGE_SCAN' }), { OnceTasks: [] });
  assert.equal(await askAlibaba(listUnfinishedOnceTask, call, {}), 'MissingTaskType');
});
