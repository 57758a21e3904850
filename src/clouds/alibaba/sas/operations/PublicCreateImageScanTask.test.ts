import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { claimNext, scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { taskOf } from '../../ids.ts';
import { publicCreateImageScanTask } from './PublicCreateImageScanTask.ts';

test('the images that are chosen are queued', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('team/a:1'));
  await storeImage(call.store, anImage('team/b:1'));
  const { Data } = await askAlibabaWell(publicCreateImageScanTask, call, { RepoNames: 'a', SourceIp: '1.2.3.4' });
  const { TaskId = '', ...rest } = Data;
  assert.match(TaskId, /^[0-9a-f]{32}$/);
  const facts = { CanCreate: true, Status: 'INIT', Result: 'SUCCESS', Progress: 0, TotalCount: 1, FinishCount: 0, CollectTime: call.app.clock() };
  assert.deepEqual(rest, facts);
  const task = await call.store.tasks.find('default', taskOf(TaskId));
  assert.deepEqual([task?.total, task?.label, task?.state], [1, 'openapi', 'queued']);
  assert.equal((await claimNext(call.store, call.app.clock())).imageId, id);
});

test('what is being scanned is left out, and where nothing is left the task that does it is told', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('team/a:1'));
  await askAlibabaWell(publicCreateImageScanTask, call, {});
  await storeImage(call.store, anImage('team/b:1'));
  const second = (await askAlibabaWell(publicCreateImageScanTask, call, {})).Data;
  assert.equal(second.TotalCount, 1);
  await claimNext(call.store, call.app.clock() + 5);
  const again = (await askAlibabaWell(publicCreateImageScanTask, call, {})).Data;
  assert.deepEqual(again, { ...second, Result: 'forbid_create_repeat_task' });
  assert.equal((await call.store.tasks.list({ accountId: 'default', offset: 0, limit: 0 })).total, 2);
});

test('ten tasks may be unfinished, and then no more until one has ended', async (context) => {
  const call = await openCall(context);
  const start = async (index: number): Promise<{ readonly CanCreate: boolean; readonly TaskId?: string }> => {
    await storeImage(call.store, anImage(`team/a:${index}`));
    return (await askAlibabaWell(publicCreateImageScanTask, call, { Tags: String(index) })).Data;
  };
  const timed = await storeImage(call.store, anImage('timed/a:1'));
  await call.store.tasks.create('default', [timed], { timeoutSeconds: 60, at: call.app.clock(), origin: 'registry-timed' });
  for (let index = 0; index < 10; index++) assert.equal((await start(index)).CanCreate, true);
  const refused = await start(10);
  assert.deepEqual([refused.CanCreate, refused.TaskId], [false, undefined]);
  assert.equal((await call.store.tasks.list({ accountId: 'default', offset: 0, limit: 0 })).total, 11);
  await storeImage(call.store, anImage('team/a:1'), { accountId: 'other' });
  assert.equal((await askAlibabaWell(publicCreateImageScanTask, { ...call, accountId: 'other' }, {})).Data.CanCreate, true);
  for (const _ of ['timed', 'first']) await scanNext(call.store, call.app.clock());
  assert.equal((await start(11)).CanCreate, true);
});

test('where no image is chosen there is nothing to begin', async (context) => {
  const call = await openCall(context);
  assert.equal(await askAlibaba(publicCreateImageScanTask, call, { RegistryTypes: 'nothing' }), 'InvalidRegistryTypes');
  await assert.rejects(askAlibaba(publicCreateImageScanTask, call, {}), { code: 'not-found' });
});
