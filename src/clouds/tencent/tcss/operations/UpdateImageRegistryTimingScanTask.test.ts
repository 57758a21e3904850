import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRegistryScanSetting } from '#app/registry-scan-setting.ts';
import { ask, openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { updateImageRegistryTimingScanTask } from './UpdateImageRegistryTimingScanTask.ts';

const daily = { Enable: true, ScanTime: '01:30', ScanPeriod: 1 };
const hour = 3600_000;

test('a scan is due at the next such time of the day, and then whenever it was unless time or period change', async (context) => {
  const call = await openCall(context);
  const due = async (raw: object): Promise<number | undefined> => {
    assert.deepEqual(await ask(updateImageRegistryTimingScanTask, call, { ...daily, ...raw }), {});
    return (await call.store.scanSettings.find('default', 'registry'))?.nextAt;
  };
  // The clock stands at 03:05:05 of 2025-01-02, UTC.
  assert.equal(await due({}), Date.UTC(2025, 0, 3, 1, 30));
  assert.equal(await due({ ScanTime: '03:06' }), Date.UTC(2025, 0, 2, 3, 6));
  assert.equal(await due({ ScanTime: '03:06:00', ScanPeriod: 7 }), Date.UTC(2025, 0, 2, 3, 6));
  call.wait(24 * hour);
  assert.equal(await due({ ScanTime: '03:06', ScanPeriod: 7, ScanEndTime: '05:00', Latest: true }), Date.UTC(2025, 0, 2, 3, 6));
  assert.equal(await due({ ScanTime: '03:06', ScanPeriod: 7, Enable: false, ScanType: ['RISK'] }), undefined);
  assert.equal(await due({ ScanTime: '03:06', ScanPeriod: 7 }), Date.UTC(2025, 0, 3, 3, 6));
  assert.equal(await call.store.scanSettings.find('default', 'local'), undefined);
});

test('everything is kept as it was meant', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const id = await storeRepositoryImage(call.store, 'hub.example/team/app:1');
  const place = { InstanceName: 'main', Namespace: 'team', ImageName: 'app', ImageTag: '1', Force: 'true', RegistryType: 'harbor' };
  const kept = async (raw: object) => {
    assert.deepEqual(await ask(updateImageRegistryTimingScanTask, call, { ...daily, ...raw }), {});
    return (await describeRegistryScanSetting(call.app, 'default'))?.setting;
  };
  const nothing = { images: [], except: [], registryTypes: [], namespaces: [], latest: false, running: false };
  const usual = { enabled: true, startMinute: 90, endMinute: undefined, periodDays: 1, kinds: ['vulnerabilities', 'malware', 'secrets'] };
  assert.deepEqual(await kept({ All: true }), { ...usual, choice: { ...nothing, kind: 'all' } });
  assert.deepEqual(await kept({ ScanScope: 2, ScanEndTime: '20:00', ScanType: ['virus'] }), {
    ...usual,
    endMinute: 1200,
    kinds: ['malware'],
    choice: { ...nothing, kind: 'recommended' },
  });
  const chosen = { Id: [id], Images: [place], Latest: true, ContainerRunning: true, ExcludeImageAssetIds: [7], Namespace: ['team'] };
  assert.deepEqual((await kept({ ...chosen, RegistryType: ['ccr', 'harbor'] }))?.choice, {
    kind: 'chosen',
    images: [{ id }, { registry: 'main', kinds: ['harbor'], address: '', namespace: 'team', name: 'app', tag: '1' }],
    except: [7],
    registryKinds: ['tcr', 'harbor'],
    registryTypes: ['ccr', 'harbor'],
    namespaces: ['team'],
    latest: true,
    running: true,
  });
});

test('input that cannot be a schedule is refused, and nothing is kept of it', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const Id = [await storeRepositoryImage(call.store, 'hub.example/app:1')];
  const refusal = async (raw: object): Promise<unknown> => ask(updateImageRegistryTimingScanTask, call, { ...daily, ...raw });
  for (const time of ['24:00', '1:60', '0130', 'noon', '01:30+08:00']) {
    assert.equal(await refusal({ ScanTime: time }), 'InvalidParameter.InvalidFormat', time);
    assert.equal(await refusal({ ScanEndTime: time }), 'InvalidParameter.InvalidFormat', time);
  }
  for (const raw of [{ ScanType: ['X'] }, { RegistryType: ['X'] }, { Images: [{ ImageName: 'a', ImageTag: '1', RegistryType: 'X' }] }]) {
    assert.equal(await refusal(raw), 'InvalidParameter.InvalidFormat', JSON.stringify(raw));
  }
  for (const raw of [{ ScanPeriod: 0 }, { ScanPeriod: 366 }, { ScanScope: 3 }]) assert.equal(await refusal(raw), 'InvalidParameterValue');
  assert.equal(await refusal({ ScanType: ['CVE', 'RISK'] }), 'UnsupportedOperation');
  assert.equal(await refusal({ ScanScope: 1 }), 'InvalidParameter');
  for (const raw of [{ Id: [99] }, { Images: [{ ImageName: 'app', ImageTag: '2' }] }]) await assert.rejects(refusal(raw), { code: 'not-found' });
  await assert.rejects(ask(updateImageRegistryTimingScanTask, { ...call, accountId: 'other' }, { ...daily, Id }), { code: 'not-found' });
  const { ScanPeriod: _, ...rest } = daily;
  assert.equal(await ask(updateImageRegistryTimingScanTask, call, rest), 'MissingParameter');
  assert.equal(await call.store.scanSettings.find('default', 'registry'), undefined);
  assert.deepEqual(await refusal({ Id, ScanScope: 1 }), {});
});
