import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { claimNext, scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { taskId } from '../../ids.ts';
import { describeImageLatestScanTask } from './DescribeImageLatestScanTask.ts';

const image = anImage('team/a:1');

test('the latest task of an image is told by its digest, as it goes on', async (context) => {
  const call = await openCall(context);
  const at = call.app.clock();
  const ids = [await storeImage(call.store, image), await storeImage(call.store, anImage('team/b:1'))];
  const ask = async (Digest: string): Promise<readonly object[]> => (await askAlibabaWell(describeImageLatestScanTask, call, { Digest })).Task;
  assert.deepEqual(await ask(image.digest), []);
  const id = await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at });
  const row = {
    Id: Number(id) * 100_000,
    TaskId: taskId(id),
    Name: 'IMAGE_SCAN',
    TaskType: 'IMAGE_SCAN',
    Target: image.digest.slice(7),
    TargetType: 'IMAGE',
    Source: 'openapi',
    Status: 'START',
    Create: '2025-01-02 03:05:05',
    Modified: '2025-01-02 03:05:05',
    StartTime: at,
    Finish: 0,
  };
  assert.deepEqual(await ask(image.digest), [row]);
  await claimNext(call.store, at + 1000);
  assert.deepEqual(await ask(image.digest.slice(7).toUpperCase()), [{ ...row, Status: 'PROCESSING', StartTime: at + 1000, Modified: '2025-01-02 03:05:06' }]);
  await scanNext(call.store, at + 100_000);
  const [done] = await ask(image.digest);
  assert.deepEqual(done, { ...row, Status: 'SUCCESS', StartTime: at + 1000, FinishTime: at + 100_500, Modified: '2025-01-02 03:06:45', Finish: 1 });
  assert.deepEqual(await ask('0'.repeat(64)), []);
  assert.deepEqual((await askAlibabaWell(describeImageLatestScanTask, { ...call, accountId: 'other' }, { Digest: image.digest })).Task, []);
});

test('an end that is not a good one has a word of its own', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, image);
  for (const [state, Status] of [
    ['failed', 'FAIL'],
    ['timeout', 'TIMOUT'],
  ] as const) {
    await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: someTime, origin: 'timed' });
    await scanNext(call.store, someTime, state);
    const { Task } = await askAlibabaWell(describeImageLatestScanTask, call, { Digest: image.digest });
    assert.deepEqual(
      Task.map((row) => [row.Status, row.Source]),
      [[Status, 'schedule']],
    );
  }
  assert.equal(await askAlibaba(describeImageLatestScanTask, call, {}), 'MissingDigest');
});
