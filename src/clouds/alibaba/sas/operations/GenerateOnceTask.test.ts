import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { claimNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { taskOf } from '../../ids.ts';
import { generateOnceTask } from './GenerateOnceTask.ts';

const scan = { TaskName: 'IMAGE_SCAN', TaskType: 'IMAGE_SCAN' };

test('images that Param chooses are queued, with the source that is given', async (context) => {
  const call = await openCall(context);
  const ids = [await storeImage(call.store, anImage('team/a:1')), await storeImage(call.store, anImage('team/b:1'))];
  const first = await askAlibabaWell(generateOnceTask, call, { ...scan, Param: '{"repoNames":"a"}', Source: 'Manual' });
  assert.deepEqual({ ...first, TaskId: undefined }, { CanCreate: true, TaskId: undefined, CollectTime: call.app.clock(), TotalCount: 1, FinishCount: 0 });
  const task = await call.store.tasks.find('default', taskOf(first.TaskId ?? ''));
  assert.deepEqual([task?.label, task?.total], ['Manual', 1]);
  const second = await askAlibabaWell(generateOnceTask, call, { ...scan, Param: JSON.stringify({ Uuids: [ids[1]?.slice(7)] }) });
  assert.equal(second.LastTask, first.TaskId);
  assert.equal((await claimNext(call.store, call.app.clock())).imageId, ids[0]);
  assert.equal((await claimNext(call.store, call.app.clock())).imageId, ids[1]);
});

test('with ten tasks unfinished none is made', async (context) => {
  const call = await openCall(context);
  for (let index = 0; index < 10; index++) {
    const id = await storeImage(call.store, anImage(`team/a:${index}`));
    await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: call.app.clock() });
  }
  await storeImage(call.store, anImage('team/b:1'));
  const answer = await askAlibabaWell(generateOnceTask, call, { ...scan, Param: '{"RepoNames":["b"]}' });
  assert.deepEqual([answer.CanCreate, answer.TaskId, answer.TotalCount], [false, undefined, 1]);
});

test('what is no scan of images, or no choice of them, is refused', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('team/a:1'));
  const ask = (raw: object): Promise<unknown> => askAlibaba(generateOnceTask, call, { ...scan, Param: '{}', ...raw });
  assert.equal(await ask({ TaskType: 'CLIENT_PROBLEM_CHECK' }), 'UnsupportedOperation');
  assert.equal(await ask({ TaskName: 'CLIENT_PROBLEM_CHECK' }), 'InvalidTaskName');
  for (const Param of ['nonsense', '[]', '1', '{"mode":1}', '{"repoNames":{"a":1}}', '{"registryTypes":"moon"}', '{"tags":"a","Tags":"b"}'])
    assert.equal(await ask({ Param }), 'InvalidParam', Param);
  for (const name of ['TaskName', 'TaskType', 'Param']) assert.equal(await ask({ [name]: undefined }), `Missing${name}`);
  await assert.rejects(ask({ Param: '{"repoNames":"none"}' }), { code: 'not-found' });
  assert.equal((await call.store.tasks.list({ accountId: 'default', offset: 0, limit: 0 })).total, 0);
});
