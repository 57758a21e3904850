import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell as askWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { detected, keyOf } from '../../../../../test/support/detected-files.ts';
import { getFileDetectApiInvokeInfo } from './GetFileDetectApiInvokeInfo.ts';

test('detections asked for are counted, for the account only', async (context) => {
  const call = await openCall(context);
  const count = async (accountId = call.accountId) => {
    const { Data } = await askWell(getFileDetectApiInvokeInfo, { ...call, accountId }, {});
    assert.equal(Data.RemainAuthCount, Data.AuthCount - Data.InvokeCount);
    assert.equal(Data.InvokeCountInSaleVersion, Data.InvokeCount);
    return Data.InvokeCount;
  };
  assert.equal(await count(), 0);
  for (const name of ['a', 'b', 'a']) await detected(call, keyOf(name));
  assert.deepEqual([await count(), await count('other')], [3, 0]);
});

test('the rate is what the server keeps to, and nothing where there is none', async (context) => {
  const call = await openCall(context);
  const rate = async (requestsPerSecond: number) => {
    const { Data } = await askWell(getFileDetectApiInvokeInfo, { ...call, requestsPerSecond }, {});
    return [Data.FlowRate, Data.TimeUnit];
  };
  assert.deepEqual(
    [await rate(7), await rate(0)],
    [
      [7, 'SECONDS'],
      [undefined, undefined],
    ],
  );
});
