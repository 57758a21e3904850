import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openCall } from '../../../../../test/support/cloud-call.ts';
import { storeExport } from '../../../../../test/support/export-jobs.ts';
import { describeExportJobResult } from './DescribeExportJobResult.ts';

test('an export is told through its life, with a link only when it is done', async (context) => {
  const call = await openCall(context);
  const told = async (JobId: string): Promise<unknown> => ask(describeExportJobResult, call, { JobId });
  const running = await storeExport(call, 'running');
  const nothing = { ExportStatus: 'RUNNING', DownloadURL: '', ExportProgress: 0, FailureMsg: '' };
  assert.deepEqual(await told(running), nothing);
  await call.store.exports.renew('w', running, { leaseUntil: Number.MAX_SAFE_INTEGER, progress: 33.5 });
  assert.deepEqual(await told(running), { ...nothing, ExportProgress: 33.5 });
  assert.deepEqual(await told(await storeExport(call, { failure: 'full' })), { ...nothing, ExportStatus: 'FAILURE', FailureMsg: 'full' });
  const done = await storeExport(call, 'done');
  const answer = await ask(describeExportJobResult, call, { JobId: done });
  assert.ok(typeof answer !== 'string');
  assert.deepEqual([answer.ExportStatus, answer.ExportProgress], ['SUCCESS', 100]);
  assert.match(
    answer.DownloadURL,
    new RegExp(`^http://127\\.0\\.0\\.1:8787/downloads/${done}/a\\.xlsx\\?Expires=${(call.app.clock() + 900_000) / 1000}&Signature=`),
  );
});

test('an export of another account, an old one and an unknown one are not found', async (context) => {
  const call = await openCall(context);
  const JobId = await storeExport(call, 'done');
  await assert.rejects(ask(describeExportJobResult, { ...call, accountId: 'other' }, { JobId }), { code: 'not-found' });
  await assert.rejects(ask(describeExportJobResult, call, { JobId: '1' }), { code: 'not-found' });
  assert.equal(await ask(describeExportJobResult, call, { JobID: JobId }), 'UnknownParameter');
  call.wait(24 * 3600_000);
  await assert.rejects(ask(describeExportJobResult, call, { JobId }), { code: 'not-found' });
});
