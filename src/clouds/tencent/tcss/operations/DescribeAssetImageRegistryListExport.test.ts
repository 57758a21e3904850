import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { writeNextExport } from '../../../../../test/support/exported.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { registryImageColumns } from '../registry-columns.ts';
import { describeAssetImageRegistryListExport } from './DescribeAssetImageRegistryListExport.ts';

test('images of registries are exported as their list says, with a link told at once', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store, { kind: 'tcr', region: 'ap-nanjing' });
  await storeImage(store, anImage('local:1'));
  const bad = await storeRepositoryImage(store, 'hub.example/team/app:1', { scan: aScan(), findings: [aFinding('/x')] });
  const broken = aScan({ state: 'failed', error: 'refused', progress: 41.5, remainingSeconds: 3 });
  await storeRepositoryImage(store, 'hub.example/solo:2', { scan: broken, at: someTime + 1 });
  const whole = Object.keys(registryImageColumns);
  const { DownloadUrl, JobId } = await askWell(describeAssetImageRegistryListExport, { ...call, zoneMinutes: 480 }, { Order: 'asc' });
  assert.match(DownloadUrl, new RegExp(`/downloads/${JobId}/registry-images-`));
  const { job, cells } = await writeNextExport(call);
  assert.deepEqual([job.id, job.source, cells.length, cells[0]?.length], [JobId, 'registry', 3, whole.length]);
  const row = (index: number) => Object.fromEntries(whole.map((name, column) => [name, cells[index]?.[column]]));
  const { id, digest } = anImage('hub.example/team/app:1');
  const first = row(1);
  assert.deepEqual(
    ['Id', 'InstanceName', 'InstanceId', 'RegistryType', 'RegistryRegion', 'Namespace', 'ImageName', 'ImageTag', 'ImageRepoAddress'].map((name) => first[name]),
    [bad, 'main', '1', 'tcr', 'ap-nanjing', 'team', 'app', '1', 'hub.example/team/app'],
  );
  assert.deepEqual(
    ['ImageId', 'ImageDigest', 'ImageSize', 'ImageCreateTime', 'ScanStatus', 'ScanStartTime', 'ScanEndTime', 'ScanTime', 'VirusCnt', 'VulCnt'].map(
      (name) => first[name],
    ),
    [id, digest, 1000, '2025-01-01 04:00:00', 'Scanned', '2025-01-02 11:04:05', '2025-01-02 11:04:10', '2025-01-02 11:04:10', 1, 0],
  );
  const second = row(2);
  assert.deepEqual(
    ['ScanStatus', 'Progress', 'ScanRemainTime', 'Reason', 'CveStatus', 'IsLatestImage', 'RecommendedFix'].map((name) => second[name]),
    ['Failed', 41, 3, 'refused', 'Not scanned', 'Yes', 'No'],
  );
  assert.match(String(second['Solution']), /still where it was/);
  assert.equal(first['Solution'], '');
});

test('filters, order, pages and the newest of each repository choose the rows', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  for (const [index, tag] of ['a', 'b', 'c'].entries()) {
    await storeRepositoryImage(store, `hub.example/app:${tag}`, { image: { size: index, created: `202${index}-01-01T00:00:00Z` } });
  }
  const rows = async (raw: object) => {
    const answer = await ask(describeAssetImageRegistryListExport, { ...call, language: 'zh' }, { ExportField: ['ImageTag', 'ScanStatus'], ...raw });
    return typeof answer === 'string' ? answer : (await writeNextExport(call)).cells;
  };
  const heading = ['镜像版本', '扫描状态'];
  assert.deepEqual(await rows({ By: 'ImageSize', Limit: 2, Offset: 1 }), [heading, ['b', '未扫描'], ['a', '未扫描']]);
  assert.deepEqual(await rows({ OnlyShowLatest: true }), [heading, ['c', '未扫描']]);
  assert.deepEqual(await rows({ Filters: [{ Name: 'ImageTag', Values: ['a'] }] }), [heading, ['a', '未扫描']]);
  assert.deepEqual(await rows({ Filters: [{ Name: 'IsAuthorized', Values: ['0'] }] }), [heading]);
  assert.equal((await rows({ Limit: 10_000 })).length, 4);
  assert.equal((await rows({ Order: 'asc' })).length, 4);
  for (const raw of [{ ExportField: ['Path'] }, { By: 'x' }, { Order: 'x' }, { Limit: 10_001 }, { Limit: 0 }])
    assert.equal(await rows(raw), 'InvalidParameterValue');
  assert.equal(await rows({ Filters: [{ Name: 'x', Values: ['x'] }] }), 'InvalidParameter.InvalidFormat');
});
