import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { writeNextExport } from '../../../../../test/support/exported.ts';
import { aDetection, aFinding, anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { virusColumns } from '../export-columns.ts';
import { createAssetImageVirusExportJob } from './CreateAssetImageVirusExportJob.ts';

test('every column is filled, under a heading in the language of the caller', async (context) => {
  const call = await openCall(context);
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings: [aFinding('/var/www/x.php')] });
  const ExportField = Object.keys(virusColumns);
  const exported = async (language: 'en' | 'zh') => {
    const { JobId } = await askWell(createAssetImageVirusExportJob, { ...call, language, zoneMinutes: 480 }, { ImageID, ExportField });
    const { job, cells } = await writeNextExport(call);
    assert.equal(job.id, JobId);
    assert.match(job.name, /^image-viruses-[0-9a-f]{12}-20250102-110505\.xlsx$/);
    return cells;
  };
  const md5 = aFinding('/var/www/x.php').md5;
  const row = ['x.php', '/var/www/x.php', 'PHP.Webshell.Simple'];
  const time = '2025-01-02 11:04:05';
  assert.deepEqual(await exported('en'), [
    ['File', 'Path', 'Malware', 'Risk level', 'Tags', 'Description', 'Solution', 'Size (bytes)', 'First found', 'Last found', 'MD5', 'Found by'],
    [...row, 'Critical', 'webshell', 'A web shell.', 'Remove it.', 51, time, time, md5, 'Signature'],
  ]);
  assert.deepEqual(await exported('zh'), [
    ['文件名', '文件路径', '病毒名', '威胁等级', '标签', '危害描述', '修复建议', '文件大小（字节）', '首次发现时间', '最近扫描时间', '文件MD5', '检测引擎'],
    [...row, '严重', 'webshell', '网页后门。', '请删除。', 51, time, time, md5, '特征引擎'],
  ]);
});

test('where no author wrote a text, the general one stands', async (context) => {
  const call = await openCall(context);
  const silent = aDetection({ description: { en: '', zh: '' }, advice: { en: '', zh: '' } });
  const finding = aFinding('/a', { verdict: { name: 'X', severity: 'low', tags: [], detections: [silent] } });
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings: [finding] });
  await askWell(createAssetImageVirusExportJob, call, { ImageID, ExportField: ['Desc', 'Solution'] });
  const { cells } = await writeNextExport(call);
  assert.match(String(cells[1]?.[0]), /^A file in this image/);
  assert.match(String(cells[1]?.[1]), /^Do not start containers/);
});

test('rows are chosen, ordered and cut as the list is: ten unless more are asked for', async (context) => {
  const call = await openCall(context);
  const findings = Array.from({ length: 25 }, (_, index) => aFinding(`/f${String(index).padStart(2, '0')}`, { severity: index < 5 ? 'high' : 'low' }));
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings: [...findings, aFinding('/hidden', { hidden: true })] });
  const paths = async (raw: object): Promise<unknown> => {
    await askWell(createAssetImageVirusExportJob, call, { ImageID, ExportField: ['Path'], By: 'Path', Order: 'ASC', ...raw });
    return (await writeNextExport(call)).cells.slice(1).flat();
  };
  const all = findings.map(({ path }) => path);
  assert.deepEqual(await paths({}), all.slice(0, 10));
  assert.deepEqual(await paths({ Limit: 10_000 }), all);
  assert.deepEqual(await paths({ Limit: 3, Offset: 23, Order: 'asc' }), ['/f23', '/f24']);
  assert.deepEqual(await paths({ Order: 'desc', Limit: 2 }), ['/f24', '/f23']);
  assert.deepEqual(await paths({ Filters: [{ Name: 'RiskLevel', Values: ['3'] }] }), all.slice(0, 5));
  assert.deepEqual(await paths({ Filters: [{ Name: 'Name', Values: ['F1'] }], Limit: 2 }), ['/f10', '/f11']);
});

test('columns and pages that there are not are refused, and no job is made', async (context) => {
  const call = await openCall(context);
  const ImageID = await storeImage(call.store, anImage('a:1'));
  const refusal = async (raw: object): Promise<unknown> => ask(createAssetImageVirusExportJob, call, { ImageID, ExportField: ['Path'], ...raw });
  for (const ExportField of [['Rank'], ['Path', 'path'], ['constructor'], ['__proto__']]) assert.equal(await refusal({ ExportField }), 'InvalidParameterValue');
  for (const raw of [{ Limit: 10_001 }, { Limit: 0 }, { Offset: -1 }, { By: 'Rank' }, { Order: 'up' }])
    assert.equal(await refusal(raw), 'InvalidParameterValue');
  assert.equal(await refusal({ Filters: [{ Name: 'Status', Values: ['2'] }] }), 'InvalidParameter.InvalidFormat');
  assert.equal(await refusal({ ExportField: [] }), 'MissingParameter');
  await assert.rejects(refusal({ ImageID: 'sha256:0' }), { code: 'not-found' });
  await assert.rejects(ask(createAssetImageVirusExportJob, { ...call, accountId: 'other' }, { ImageID, ExportField: ['Path'] }), { code: 'not-found' });
  const far = await storeImage(call.store, anImage('far:1'), { local: false });
  await assert.rejects(refusal({ ImageID: far }), { code: 'not-found' });
  assert.equal(await call.store.exports.claim('w', 1, 2), undefined);
});
