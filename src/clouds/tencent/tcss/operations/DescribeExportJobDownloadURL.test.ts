import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { storeExport } from '../../../../../test/support/export-jobs.ts';
import { describeExportJobDownloadURL } from './DescribeExportJobDownloadURL.ts';

test('an export that is done has a link, a new one each time', async (context) => {
  const call = await openCall(context);
  const JobID = await storeExport(call, 'done');
  const { DownloadURL } = await askWell(describeExportJobDownloadURL, { ...call, baseUrl: 'https://lazaret.example' }, { JobID });
  assert.ok(DownloadURL.startsWith(`https://lazaret.example/downloads/${JobID}/a.xlsx?`));
  call.wait(1000);
  assert.notEqual((await askWell(describeExportJobDownloadURL, { ...call, baseUrl: 'https://lazaret.example' }, { JobID })).DownloadURL, DownloadURL);
});

test('one that is not done has none, and another account does not find it', async (context) => {
  const call = await openCall(context);
  for (const end of ['running', 'queued', { failure: 'full' }] as const) {
    assert.equal(await ask(describeExportJobDownloadURL, call, { JobID: await storeExport(call, end) }), 'FailedOperation');
  }
  const JobID = await storeExport({ ...call, accountId: 'one' }, 'queued');
  await assert.rejects(ask(describeExportJobDownloadURL, { ...call, accountId: 'two' }, { JobID }), { code: 'not-found' });
  assert.equal(await ask(describeExportJobDownloadURL, call, {}), 'MissingParameter');
});
