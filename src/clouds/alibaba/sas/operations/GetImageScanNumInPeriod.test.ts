import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { getImageScanNumInPeriod } from './GetImageScanNumInPeriod.ts';

const day = 86_400_000;

test('each scan that ended well in the last days counts', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'));
  for (const ago of [10, 6, 3, 0]) {
    const at = call.app.clock() - ago * day;
    await call.store.images.setScan('default', id, aScan({ startedAt: at - 10, finishedAt: at }));
  }
  const count = async (PastDay: string): Promise<number> => (await askAlibabaWell(getImageScanNumInPeriod, call, { PastDay })).ImageScanData.ImageScanCount;
  assert.deepEqual([await count('1'), await count('7'), await count('30')], [1, 3, 4]);
  call.wait(5 * day);
  assert.deepEqual([await count('1'), await count('7')], [0, 1]);
  assert.equal(await askAlibaba(getImageScanNumInPeriod, call, {}), 'MissingPastDay');
  for (const PastDay of ['0', '-1', 'x', '1.5', '3651']) assert.equal(await askAlibaba(getImageScanNumInPeriod, call, { PastDay }), 'InvalidPastDay');
});
