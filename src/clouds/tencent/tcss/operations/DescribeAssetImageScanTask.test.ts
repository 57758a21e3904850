import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageScanTask } from './DescribeAssetImageScanTask.ts';

test('without any task all is empty', async (context) => {
  const call = await openCall(context);
  assert.deepEqual(await ask(describeAssetImageScanTask, call, {}), { TaskID: '', LastScanTime: '', Status: '', SubStatus: '' });
  assert.equal(await ask(describeAssetImageScanTask, call, { TaskID: '1' }), 'UnknownParameter');
});

test('the latest one-click task is told through its life, with how it ended', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'));
  const ends = { done: 'Success', failed: 'Error', timeout: 'Timeout', cancelled: 'Cancel' } as const;
  for (const [end, SubStatus] of Object.entries(ends) as [keyof typeof ends, string][]) {
    const TaskID = await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: call.app.clock(), origin: 'one-click' });
    const told = { TaskID, LastScanTime: new Date(call.app.clock()).toISOString().slice(0, 19).replace('T', ' ') };
    assert.deepEqual(await ask(describeAssetImageScanTask, call, {}), { ...told, Status: 'READY', SubStatus: '' });
    const image = await call.store.tasks.claim('worker', call.app.clock(), call.app.clock() + 1000);
    assert.ok(image);
    assert.deepEqual(await ask(describeAssetImageScanTask, call, {}), { ...told, Status: 'SCANNING', SubStatus: '' });
    await call.store.tasks.finish('worker', image, end, call.app.clock());
    assert.deepEqual(await ask(describeAssetImageScanTask, call, {}), { ...told, Status: 'END', SubStatus });
    call.wait(1000);
  }
});

test('tasks that were not one-click scans are not told', async (context) => {
  const call = await openCall(context);
  for (const [index, origin] of (['asked', 'timed', 'registry-one-click'] as const).entries()) {
    const id = await storeImage(call.store, anImage(`a:${index}`));
    await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: call.app.clock(), origin });
  }
  assert.deepEqual(await ask(describeAssetImageScanTask, call, {}), { TaskID: '', LastScanTime: '', Status: '', SubStatus: '' });
});
