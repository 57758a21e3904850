import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { writeNextExport } from '../../../../../test/support/exported.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { imageColumns } from '../export-columns.ts';
import { createImageExportJob } from './CreateImageExportJob.ts';

test('local images are exported as their list says, with a link told at once', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('bad:1'), { scan: aScan(), findings: [aFinding('/a')], host: 'h' });
  await storeImage(call.store, anImage('new:1'));
  await storeImage(call.store, anImage('far:1'), { local: false });
  const ExportField = ['ImageName', 'VirusCnt', 'ScanStatus', 'HostCnt', 'IsLatestImage', 'RecommendedFix', 'VulCnt', 'IsAuthorized'];
  const { JobId, DownloadUrl } = await askWell(createImageExportJob, call, { ExportField, By: 'ImageName', Order: 'asc' });
  assert.match(DownloadUrl, new RegExp(`/downloads/${JobId}/images-`));
  const { cells } = await writeNextExport(call);
  assert.deepEqual(cells.slice(1), [
    ['bad:1', 1, 'Scanned', 1, 'Yes', 'Yes', 0, 'Yes'],
    ['new:1', 0, 'Not scanned', 0, 'Yes', 'No', 0, 'Yes'],
  ]);
  await askWell(
    createImageExportJob,
    { ...call, language: 'zh' },
    { ExportField: ['ImageName', 'ScanStatus'], Filters: [{ Name: 'SecurityRisk', Values: ['VirusCnt'] }] },
  );
  assert.deepEqual((await writeNextExport(call)).cells, [
    ['镜像名称', '扫描状态'],
    ['bad:1', '已扫描'],
  ]);
});

test('without a choice every column is there, and a trait that no image has selects none', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('a:1'));
  await askWell(createImageExportJob, call, {});
  const { cells } = await writeNextExport(call);
  assert.deepEqual([cells.length, cells[0]?.length], [2, Object.keys(imageColumns).length]);
  await askWell(createImageExportJob, call, { ExportField: ['ImageID'], Filters: [{ Name: 'SecurityRisk', Values: ['VulCnt'] }] });
  assert.deepEqual((await writeNextExport(call)).cells, [['Image ID']]);
  assert.equal(await ask(createImageExportJob, call, { ExportField: ['Path'] }), 'InvalidParameterValue');
  assert.equal(await ask(createImageExportJob, call, { By: 'Rank' }), 'InvalidParameterValue');
});
