import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { createAssetImageScanSetting } from './CreateAssetImageScanSetting.ts';

const daily = { Enable: true, ScanTime: '01:30', ScanPeriod: 1, ScanVirus: true, ScanRisk: false, ScanVul: false };
const hour = 3600_000;

test('a scan is due at the next such time of the day, and then whenever it was unless time or period change', async (context) => {
  const call = await openCall(context);
  const due = async (raw: object): Promise<number | undefined> => {
    assert.deepEqual(await ask(createAssetImageScanSetting, call, { ...daily, ...raw }), {});
    return (await call.store.scanSettings.find('default', 'local'))?.nextAt;
  };
  // The clock stands at 03:05:05 of 2025-01-02, UTC.
  assert.equal(await due({}), Date.UTC(2025, 0, 3, 1, 30));
  assert.equal(await due({ ScanTime: '03:06' }), Date.UTC(2025, 0, 2, 3, 6));
  assert.equal(await due({ ScanTime: '3:06:00', ScanPeriod: 7 }), Date.UTC(2025, 0, 2, 3, 6));
  call.wait(24 * hour);
  assert.equal(await due({ ScanTime: '2024-05-05T03:06:00Z', ScanPeriod: 7, ScanEndTime: '05:00' }), Date.UTC(2025, 0, 2, 3, 6));
  assert.equal(await due({ Enable: false, ScanTime: '03:06', ScanPeriod: 7 }), undefined);
  assert.equal(await due({ ScanTime: '03:06', ScanPeriod: 7 }), Date.UTC(2025, 0, 3, 3, 6));
});

test('input that cannot be a schedule is refused, and nothing is kept of it', async (context) => {
  const call = await openCall(context);
  const refusal = async (raw: object): Promise<unknown> => ask(createAssetImageScanSetting, call, { ...daily, ...raw });
  for (const time of ['24:00', '1:60', '0130', 'noon', '01:30+08:00', '01:30:60']) {
    assert.equal(await refusal({ ScanTime: time }), 'InvalidParameter.InvalidFormat', time);
    assert.equal(await refusal({ ScanEndTime: time }), 'InvalidParameter.InvalidFormat', time);
  }
  for (const raw of [{ ScanPeriod: 0 }, { ScanPeriod: 366 }, { ScanScope: 4 }]) assert.equal(await refusal(raw), 'InvalidParameterValue');
  assert.equal(await refusal({ ScanVirus: false }), 'InvalidParameter');
  assert.equal(await refusal({ ScanVirus: false, ScanVul: true }), 'UnsupportedOperation');
  assert.equal(await refusal({ ScanScope: 1 }), 'InvalidParameter');
  assert.equal(await refusal({ ScanScope: 3 }), 'InvalidParameter');
  assert.equal(await refusal({ ScanScope: 0, ClusterIDs: ['a'] }), 'InvalidParameter');
  await assert.rejects(refusal({ ScanScope: 1, Images: ['sha256:0'] }), { code: 'not-found' });
  const { Enable: _, ...rest } = daily;
  assert.equal(await ask(createAssetImageScanSetting, call, rest), 'MissingParameter');
  assert.equal(await call.store.scanSettings.find('default', 'local'), undefined);
});

test('images of an account cannot be chosen by another', async (context) => {
  const call = await openCall(context);
  const id = await storeImage(call.store, anImage('a:1'));
  await assert.rejects(ask(createAssetImageScanSetting, { ...call, accountId: 'other' }, { ...daily, Images: [id] }), { code: 'not-found' });
  assert.deepEqual(await ask(createAssetImageScanSetting, call, { ...daily, Images: [id] }), {});
  assert.equal(await call.store.scanSettings.find('other', 'local'), undefined);
});
