import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImageScan } from '#app/set-image-scan.ts';
import { askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageScanSetting } from './DescribeAssetImageScanSetting.ts';

test('while nothing was set, it is off and has never run', async (context) => {
  const call = await openCall(context);
  const told = await askWell(describeAssetImageScanSetting, call, {});
  assert.deepEqual([told.Enable, told.LastScanTime, told.ScanResult, told.Images, told.ScanScope], [false, '', '', [], 0]);
});

test('what was set is told, with what came of the latest scan', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'));
  const choice = { kind: 'chosen', imageIds: [id], except: ['x'], hostIds: [], running: true } as const;
  const setting = { enabled: true, startMinute: 90, endMinute: 125, periodDays: 3, kinds: ['malware', 'secrets'], choice } as const;
  await setImageScan(call.app, 'default', setting);
  const told = {
    Enable: true,
    ScanTime: '01:30',
    ScanPeriod: 3,
    ScanVirus: true,
    ScanRisk: true,
    ScanVul: false,
    All: false,
    Images: [id],
    ContainerRunning: true,
    ScanScope: 1,
    ScanEndTime: '02:05',
    ExcludeImages: ['x'],
    LastScanTime: '',
    ScanResult: '',
    ClusterIDs: [],
  };
  assert.deepEqual(await askWell(describeAssetImageScanSetting, call, {}), told);
  for (const [result, ScanResult] of Object.entries({ started: 'Success', 'no-images': 'ImageNeedIsEmpty', failed: 'InternalError' })) {
    await call.store.scanSettings.note({ accountId: 'default', kind: 'local' }, { at: someTime, result });
    assert.deepEqual(await askWell(describeAssetImageScanSetting, call, {}), { ...told, LastScanTime: '2025-01-02 03:04:05', ScanResult });
  }
  await setImageScan(call.app, 'default', { ...setting, enabled: false, endMinute: undefined, choice: { ...choice, kind: 'hosts', hostIds: ['h'] } });
  const off = await askWell(describeAssetImageScanSetting, call, {});
  assert.deepEqual([off.Enable, off.ScanEndTime, off.ScanScope, off.ClusterIDs, off.ScanResult], [false, '', 3, ['h'], 'InternalError']);
  assert.equal((await askWell(describeAssetImageScanSetting, { ...call, accountId: 'other' }, {})).Enable, false);
});
