import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageList } from './DescribeAssetImageList.ts';

async function names(call: TestCall, raw: Readonly<Record<string, unknown>>): Promise<unknown> {
  const answer = await ask(describeAssetImageList, call, raw);
  return typeof answer === 'string' ? answer : answer.List.map((row) => row.ImageName);
}

function where(Name: string, Values: readonly string[], ExactMatch = false): Readonly<Record<string, unknown>> {
  return { Filters: [{ Name, Values, ExactMatch }], By: 'ImageName', Order: 'asc' };
}

test('an image is told with its counts and scan state, and empty values where nothing is known', async (context) => {
  const call = await openCall(context);
  const image = anImage('team/app:1');
  await storeImage(call.store, image, { scan: aScan(), findings: [aFinding('/a'), aFinding('/b'), aFinding('/c', { hidden: true })] });
  const { List, TotalCount } = await askWell(describeAssetImageList, call, {});
  assert.equal(TotalCount, 1);
  const [row] = List;
  assert.ok(row);
  const { ImageID, ImageName, CreateTime, ScanTime, Size, VirusCnt, OsName, ScanStatus, IsAuthorized, ...rest } = row;
  assert.deepEqual(
    { ImageID, ImageName, CreateTime, ScanTime, Size, VirusCnt, OsName, ScanStatus, IsAuthorized },
    {
      ImageID: image.id,
      ImageName: 'team/app:1',
      CreateTime: '2024-12-31 20:00:00',
      ScanTime: '2025-01-02 03:04:10',
      Size: 1000,
      VirusCnt: 2,
      OsName: 'Debian GNU/Linux 12 (bookworm)',
      ScanStatus: 'SCANNED',
      IsAuthorized: 1,
    },
  );
  const known = { ...rest, RecommendedFix: false, IsLatestImage: false };
  assert.deepEqual([row.RecommendedFix, row.IsLatestImage], [true, true]);
  assert.ok(Object.values(known).every((value) => value === 0 || value === '' || value === false));
});

test('images are chosen by name, id, scan state and findings', async (context) => {
  const call = await openCall(context);
  const bad = await storeImage(call.store, anImage('bad:1'), { scan: aScan(), findings: [aFinding('/a')] });
  await storeImage(call.store, anImage('good:1'), { scan: aScan({ state: 'failed', error: 'no such file' }) });
  await storeImage(call.store, anImage('new:1'));
  assert.deepEqual(await names(call, where('ImageName', ['OO', 'ne'])), ['good:1', 'new:1']);
  assert.deepEqual(await names(call, where('ImageName', ['bad'], true)), []);
  assert.deepEqual(await names(call, where('ImageID', [bad], true)), ['bad:1']);
  assert.deepEqual(await names(call, where('ImageID', [bad.slice(7, 20)])), ['bad:1']);
  assert.deepEqual(await names(call, where('ScanStatus', ['notScan'])), ['new:1']);
  assert.deepEqual(await names(call, where('ScanStatus', ['SCANNED', 'SCAN_ERR'])), ['bad:1', 'good:1']);
  assert.deepEqual(await names(call, where('ScanStatus', ['scanning'])), []);
  assert.deepEqual(await names(call, where('SecurityRisk', ['VirusCnt', 'VulCnt'])), ['bad:1']);
  assert.deepEqual(await names(call, where('SecurityRisk', ['VulCnt'])), []);
  assert.equal(await names(call, where('SecurityRisk', ['Virus'])), 'InvalidParameter.InvalidFormat');
  assert.equal(await names(call, where('ScanStatus', ['done'])), 'InvalidParameter.InvalidFormat');
  assert.equal(await names(call, where('HostID', ['x'])), 'InvalidParameter.InvalidFormat');
});

test('the newest comes first unless another order is asked for', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('a:1', { size: 3 }), { at: someTime + 1, host: 'one' });
  await storeImage(call.store, anImage('b:1', { size: 2 }), { at: someTime + 3 });
  await storeImage(call.store, anImage('c:1', { size: 1 }), { at: someTime + 2 });
  assert.deepEqual(await names(call, {}), ['b:1', 'c:1', 'a:1']);
  assert.deepEqual(await names(call, { By: 'Size', Order: 'ASC' }), ['c:1', 'b:1', 'a:1']);
  assert.deepEqual(await names(call, { By: 'HostCnt' }), ['a:1', 'c:1', 'b:1']);
  assert.deepEqual(await names(call, { By: 'HostCnt', Limit: 1, Offset: 2 }), ['b:1']);
  for (const By of ['CreateTime', 'ScanTime', 'VirusCnt', 'ContainerCnt', 'SensitiveCount'])
    assert.equal((await askWell(describeAssetImageList, call, { By })).List.length, 3);
  assert.equal(await names(call, { By: 'Color' }), 'InvalidParameterValue');
});

test('an image counts its hosts, and is the latest while the newest tag of its repository names it', async (context) => {
  const call = await openCall(context);
  const old = anImage('team/app:1', { created: '2024-01-01T00:00:00Z' });
  await storeImage(call.store, old, { host: 'one' });
  await storeImage(call.store, old, { host: 'two' });
  const told = async (): Promise<unknown> => {
    const { List } = await askWell(describeAssetImageList, call, { By: 'ImageName', Order: 'asc' });
    return List.map(({ ImageName, HostCnt, IsLatestImage }) => [ImageName, HostCnt, IsLatestImage]);
  };
  assert.deepEqual(await told(), [['team/app:1', 2, true]]);
  await storeImage(call.store, anImage('team/app:2'));
  await storeImage(call.store, anImage('team/other:1'));
  assert.deepEqual(await told(), [
    ['team/app:1', 2, false],
    ['team/app:2', 0, true],
    ['team/other:1', 0, true],
  ]);
});

test('images of a registry alone are not local images', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('far/app:1'), { local: false });
  await storeImage(call.store, anImage('near/app:1'));
  assert.deepEqual(await names(call, {}), ['near/app:1']);
  assert.deepEqual(await names(call, where('ImageName', ['app'])), ['near/app:1']);
});

test('another account sees nothing', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('a:1'));
  assert.deepEqual(await names({ ...call, accountId: 'other' }, {}), []);
});
