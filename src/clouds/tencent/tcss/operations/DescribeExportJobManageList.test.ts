import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { storeExport } from '../../../../../test/support/export-jobs.ts';
import { describeExportJobManageList } from './DescribeExportJobManageList.ts';

test('an export is told with all there is to it', async (context) => {
  const call = await openCall(context);
  const JobID = await storeExport(call, { failure: 'full' }, { source: 'registry', name: 'b.xlsx' });
  const { List, TotalCount } = await askWell(describeExportJobManageList, { ...call, zoneMinutes: 60 }, {});
  assert.equal(TotalCount, 1);
  assert.deepEqual(List, [
    {
      JobID,
      JobName: 'b.xlsx',
      Source: 'RegistryImage',
      ExportStatus: 'FAILURE',
      ExportProgress: 0,
      FailureMsg: 'full',
      Timeout: '2025-01-03 04:05:05',
      InsertTime: '2025-01-02 04:05:05',
    },
  ]);
});

test('exports are chosen by state and source, and paged by their time', async (context) => {
  const call = await openCall(context);
  await storeExport(call, 'running', { name: 'running' });
  for (const name of ['a', 'b', 'c']) {
    call.wait(1000);
    await storeExport(call, 'done', { name, ...(name === 'c' ? { source: 'registry' as const } : {}) });
  }
  call.wait(1000);
  await storeExport(call, 'queued', { name: 'queued' });
  const names = async (raw: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const answer = await ask(describeExportJobManageList, call, raw);
    return typeof answer === 'string' ? answer : [answer.TotalCount, ...answer.List.map((row) => row.JobName)];
  };
  const where = (Name: string, ...Values: readonly string[]) => ({ Filters: [{ Name, Values }] });
  assert.deepEqual(await names({}), [5, 'queued', 'c', 'b', 'a', 'running']);
  assert.deepEqual(await names({ By: 'InsertTime', Order: 'asc', Limit: 2, Offset: 1 }), [5, 'a', 'b']);
  assert.deepEqual(await names(where('ExportStatus', 'RUNNING')), [2, 'queued', 'running']);
  assert.deepEqual(await names(where('ExportStatus', 'SUCCESS', 'FAILURE')), [3, 'c', 'b', 'a']);
  assert.deepEqual(await names(where('ExportSource', 'RegistryImage')), [1, 'c']);
  assert.equal(await names(where('ExportSource', 'Vul')), 'InvalidParameter.InvalidFormat');
  assert.equal(await names(where('JobName', 'a')), 'InvalidParameter.InvalidFormat');
  assert.equal(await names({ By: 'JobName' }), 'InvalidParameterValue');
  assert.equal(await names({ Limit: 101 }), 'InvalidParameterValue');
  const answer = await ask(describeExportJobManageList, { ...call, accountId: 'other' }, {});
  assert.deepEqual(answer, { TotalCount: 0, List: [] });
});
