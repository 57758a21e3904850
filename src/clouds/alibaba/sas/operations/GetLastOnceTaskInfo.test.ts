import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { claimNext, scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { getLastOnceTaskInfo } from './GetLastOnceTaskInfo.ts';

const scan = { TaskName: 'IMAGE_SCAN', TaskType: 'IMAGE_SCAN' };
const none = { TotalCount: 0, FinishCount: 0, TaskInfo: { Progress: 0, Result: 'TASK_NOT_EXISTS' } };

test('the latest task is told, by its source where one is given', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('team/a:1'));
  assert.deepEqual(await askAlibabaWell(getLastOnceTaskInfo, call, scan), none);
  const first = Number(await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: someTime, label: 'console_batch' }));
  await scanNext(call.store, someTime + 5);
  const second = Number(await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: someTime + 10, origin: 'timed' }));
  await claimNext(call.store, someTime + 20);
  await call.store.images.setScan('default', id, aScan({ state: 'running', progress: 40, finishedAt: undefined }));
  const latest = { TaskId: second, CollectTime: someTime + 20, TotalCount: 1, FinishCount: 0, TaskInfo: { Status: 'START', Progress: 40, Result: 'SUCCESS' } };
  assert.deepEqual(await askAlibabaWell(getLastOnceTaskInfo, call, scan), latest);
  const of = async (Source: string): Promise<unknown> => (await askAlibabaWell(getLastOnceTaskInfo, call, { ...scan, Source })).TaskId;
  assert.deepEqual([await of('console_batch'), await of('schedule'), await of('openapi')], [first, second, undefined]);
  assert.deepEqual(await askAlibabaWell(getLastOnceTaskInfo, { ...call, accountId: 'other' }, scan), none);
});

test('tasks of other kinds there are none', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('team/a:1'));
  await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: someTime });
  assert.deepEqual(await askAlibabaWell(getLastOnceTaskInfo, call, { ...scan, TaskType: 'ASSETS_COLLECTION' }), none);
  assert.deepEqual(await askAlibabaWell(getLastOnceTaskInfo, call, { ...scan, TaskName: 'ASSETS_COLLECTION' }), none);
  assert.equal(await askAlibaba(getLastOnceTaskInfo, call, { TaskName: 'IMAGE_SCAN' }), 'MissingTaskType');
});
