import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageScanStatus } from './DescribeAssetImageScanStatus.ts';

test('a task is told from its start to its end', async (context) => {
  const call = await openCall(context);
  const { tasks, images } = call.store;
  const bad = await storeImage(call.store, anImage('bad:1'), { findings: [aFinding('/x')] });
  const good = await storeImage(call.store, anImage('good:1'));
  const TaskID = await tasks.create('default', [bad, good], { timeoutSeconds: 60, at: call.app.clock() });
  const status = (): Promise<unknown> => ask(describeAssetImageScanStatus, call, { TaskID });
  const none = { ImageTotal: 2, ImageScanCnt: 0, Schedule: 0, SuccessCount: 0, RiskCount: 0 };
  assert.deepEqual(await status(), { ...none, Status: 'READY', LeftSeconds: 60 });

  const first = await tasks.claim('worker', call.app.clock(), call.app.clock() + 60_000);
  assert.ok(first);
  await images.setScan('default', bad, aScan({ state: 'running', startedAt: call.app.clock(), finishedAt: undefined, progress: 50 }));
  call.wait(10_000);
  assert.deepEqual(await status(), { ...none, Status: 'SCANNING', Schedule: 25, LeftSeconds: 30 });

  await tasks.finish('worker', first, 'done', call.app.clock());
  const second = await tasks.claim('worker', call.app.clock(), call.app.clock() + 60_000);
  assert.ok(second);
  assert.deepEqual(await status(), { ImageTotal: 2, ImageScanCnt: 1, Status: 'SCANNING', Schedule: 50, SuccessCount: 1, RiskCount: 1, LeftSeconds: 10 });
  await tasks.finish('worker', second, 'failed', call.app.clock());
  const ended = { ImageTotal: 2, ImageScanCnt: 2, Status: 'END', Schedule: 100, SuccessCount: 1, RiskCount: 1, LeftSeconds: 0 };
  assert.deepEqual(await status(), ended);
  assert.deepEqual(await ask(describeAssetImageScanStatus, call, {}), ended);
});

test('an unknown task is not found, nor the latest of none', async (context) => {
  const call = await openCall(context);
  assert.equal(await ask(describeAssetImageScanStatus, call, {}), 'ResourceNotFound');
  for (const TaskID of ['1', 'x', '1e3', '99999999999999999999'])
    await assert.rejects(ask(describeAssetImageScanStatus, call, { TaskID }), { code: 'not-found' });
});
