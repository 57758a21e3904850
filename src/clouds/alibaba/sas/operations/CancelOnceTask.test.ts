import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { taskId } from '../../ids.ts';
import { cancelOnceTask } from './CancelOnceTask.ts';

test('what a task still has to scan is stopped, once and again', async (context) => {
  const call = await openCall(context);
  const ids = [await storeImage(call.store, anImage('team/a:1')), await storeImage(call.store, anImage('team/b:1'))];
  const id = await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at: call.app.clock() });
  await scanNext(call.store, call.app.clock());
  for (const TaskId of [taskId(id), id]) assert.deepEqual(await askAlibabaWell(cancelOnceTask, call, { TaskId }), {});
  const task = await call.store.tasks.find('default', id);
  assert.deepEqual([task?.state, task?.succeeded], ['cancelled', 1]);
});

test('a task of another account is not found and goes on', async (context) => {
  const call = await openCall(context);
  const id = await call.store.tasks.create('default', [await storeImage(call.store, anImage('team/a:1'))], { timeoutSeconds: 60, at: call.app.clock() });
  await assert.rejects(askAlibaba(cancelOnceTask, { ...call, accountId: 'other' }, { TaskId: taskId(id) }), { code: 'not-found' });
  await assert.rejects(askAlibaba(cancelOnceTask, call, { TaskId: 'nonsense' }), { code: 'not-found' });
  assert.equal(await askAlibaba(cancelOnceTask, call, {}), 'MissingTaskId');
  assert.equal((await call.store.tasks.find('default', id))?.state, 'queued');
});
