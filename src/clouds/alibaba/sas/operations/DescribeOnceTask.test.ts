import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { taskId } from '../../ids.ts';
import { describeOnceTask } from './DescribeOnceTask.ts';

const scan = { TaskType: 'IMAGE_SCAN' };

test('a task is told as a whole, with what became of its images', async (context) => {
  const call = await openCall(context);
  const ids = [await storeImage(call.store, anImage('team/a:1')), await storeImage(call.store, anImage('team/b:1'))];
  const id = await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at: someTime });
  await scanNext(call.store, someTime + 10);
  const row = {
    TaskId: taskId(id),
    TaskName: 'IMAGE_SCAN',
    TaskType: 'IMAGE_SCAN',
    TaskStatus: 1,
    TaskStatusText: 'START',
    Progress: '50%',
    SuccessCount: 1,
    FailCount: 0,
    TaskStartTime: someTime + 10,
    ResultInfo: '',
    DetailData: JSON.stringify({ source: 'openapi', totalCount: 2, finishCount: 1, successCount: 1, infectedCount: 0 }),
  };
  assert.deepEqual(await askAlibabaWell(describeOnceTask, call, scan), {
    PageInfo: { CurrentPage: 1, PageSize: 20, TotalCount: 1, Count: 1 },
    TaskManageResponseList: [row],
  });
  await scanNext(call.store, someTime + 1000, 'failed');
  const [done] = (await askAlibabaWell(describeOnceTask, call, { RootTaskId: taskId(id) })).TaskManageResponseList;
  assert.deepEqual(
    [done?.TaskStatus, done?.TaskStatusText, done?.Progress, done?.SuccessCount, done?.FailCount, done?.TaskEndTime, done?.ResultInfo],
    [2, 'SUCCESS', '100%', 1, 1, someTime + 1500, 'SUCCESS'],
  );
});

test('ids, kind, source and time choose, and pages are cut', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('team/a:1'));
  const tasks: string[] = [];
  for (const [index, label] of ['console', 'openapi', 'console'].entries()) {
    tasks.push(taskId(await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: someTime + index, label })));
    await scanNext(call.store, someTime + index);
  }
  const [one, two, three] = tasks;
  const found = async (raw: object): Promise<unknown> => {
    const answer = await askAlibaba(describeOnceTask, call, { ...raw });
    return typeof answer === 'string' ? answer : answer.TaskManageResponseList.map((row) => row.TaskId);
  };
  assert.deepEqual(await found(scan), [three, two, one]);
  assert.deepEqual(await found({ ...scan, TaskId: two }), [two]);
  assert.deepEqual(await found({ RootTaskId: one, TaskId: one }), [one]);
  assert.deepEqual(await found({ RootTaskId: one, TaskId: two }), []);
  assert.deepEqual(await found({ RootTaskId: 'nonsense' }), []);
  assert.deepEqual(await found({ ...scan, Source: 'console' }), [three, one]);
  assert.deepEqual(await found({ ...scan, StartTimeQuery: someTime + 1, EndTimeQuery: someTime + 1 }), [two]);
  assert.deepEqual(await found({ ...scan, CurrentPage: 2, PageSize: 2 }), [one]);
  assert.deepEqual(await found({ TaskType: 'VUL_CHECK_TASK', RootTaskId: one }), []);
  assert.deepEqual(await found({}), 'MissingTaskType');
  assert.deepEqual((await askAlibabaWell(describeOnceTask, { ...call, accountId: 'other' }, scan)).TaskManageResponseList, []);
});
