import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { writeNextExport } from '../../../../../test/support/exported.ts';
import { aFinding, anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageVirusListExport } from './DescribeAssetImageVirusListExport.ts';

test('all of the list is exported, and the link is told at once', async (context) => {
  const call = await openCall(context);
  const findings = Array.from({ length: 25 }, (_, index) => aFinding(`/f${index}`, { severity: index === 0 ? 'medium' : 'low' }));
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings });
  const { DownloadUrl, JobId } = await askWell(describeAssetImageVirusListExport, call, { ImageID, ExportField: ['Path', 'RiskLevel', 'Path'] });
  const { job, cells } = await writeNextExport(call);
  assert.equal(job.id, JobId);
  assert.ok(DownloadUrl.startsWith(`http://127.0.0.1:8787/downloads/${JobId}/${job.name}?Expires=`));
  assert.deepEqual([cells.length, cells[0]], [26, ['Path', 'Risk level']]);
  const filtered = { ImageID, ExportField: ['Path'], Filters: [{ Name: 'RiskLevel', Values: ['2'] }] };
  await askWell(describeAssetImageVirusListExport, call, filtered);
  assert.deepEqual((await writeNextExport(call)).cells, [['Path'], ['/f0']]);
});

test('what is unknown is refused', async (context) => {
  const call = await openCall(context);
  const ImageID = await storeImage(call.store, anImage('a:1'));
  assert.equal(await ask(describeAssetImageVirusListExport, call, { ImageID }), 'MissingParameter');
  assert.equal(await ask(describeAssetImageVirusListExport, call, { ImageID, ExportField: ['Rank'] }), 'InvalidParameterValue');
  assert.equal(await ask(describeAssetImageVirusListExport, call, { ImageID, ExportField: ['Path'], Limit: 1 }), 'UnknownParameter');
  await assert.rejects(ask(describeAssetImageVirusListExport, call, { ImageID: 'x', ExportField: ['Path'] }), { code: 'not-found' });
});
