import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { taskId } from '../../ids.ts';
import { getOnceTaskResultInfo } from './GetOnceTaskResultInfo.ts';

const scan = { TaskName: 'IMAGE_SCAN', TaskType: 'IMAGE_SCAN' };

test('a task is told by its id in either form, with a number as its id', async (context) => {
  const call = await openCall(context);
  const ids = [await storeImage(call.store, anImage('team/a:1')), await storeImage(call.store, anImage('team/b:1'))];
  const id = await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at: someTime });
  const TaskId = taskId(id);
  const waiting = { TaskId: Number(id), CollectTime: someTime, TotalCount: 2, FinishCount: 0, TaskInfo: { Status: 'INIT' } };
  assert.deepEqual(await askAlibabaWell(getOnceTaskResultInfo, call, { ...scan, TaskId }), waiting);
  await scanNext(call.store, someTime + 9);
  const running = { ...waiting, CollectTime: someTime + 9, FinishCount: 1, TaskInfo: { Status: 'START' } };
  assert.deepEqual(await askAlibabaWell(getOnceTaskResultInfo, call, { ...scan, TaskId: id }), running);
  await scanNext(call.store, someTime + 99, 'failed');
  assert.deepEqual((await askAlibabaWell(getOnceTaskResultInfo, call, { ...scan, TaskId: TaskId.toUpperCase() })).TaskInfo, { Status: 'SUCCESS' });
});

test('a task that there is not, of another account or of another kind, is not found', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('team/a:1'));
  const TaskId = taskId(await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: someTime }));
  for (const given of ['nonsense', '0', 'f'.repeat(32), '9'.repeat(16), '-1']) {
    await assert.rejects(askAlibaba(getOnceTaskResultInfo, call, { ...scan, TaskId: given }), { code: 'not-found' }, given);
  }
  await assert.rejects(askAlibaba(getOnceTaskResultInfo, { ...call, accountId: 'other' }, { ...scan, TaskId }), { code: 'not-found' });
  assert.equal(await askAlibaba(getOnceTaskResultInfo, call, { ...scan, TaskType: 'VUL_CHECK_TASK', TaskId }), 'ResourceNotFound');
  assert.equal(await askAlibaba(getOnceTaskResultInfo, call, { ...scan, TaskName: 'VUL_CHECK_TASK', TaskId }), 'ResourceNotFound');
  for (const name of ['TaskId', 'TaskName', 'TaskType'])
    assert.equal(await askAlibaba(getOnceTaskResultInfo, call, { ...scan, TaskId, [name]: undefined }), `Missing${name}`);
});
