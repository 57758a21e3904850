import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setRegistryScan } from '#app/registry-scan-setting.ts';
import { runDueImageScans } from '#app/run-due-image-scan.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { anImage } from '../../../../../test/support/stored-images.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { describeImageRegistryTimingScanTask } from './DescribeImageRegistryTimingScanTask.ts';

test('a scan that was never set is off', async (context) => {
  const call = await openCall(context);
  const { Enable, ScanTime, ScanEndTime, ScanScope, LastScanTime, ScanResult, ScanType } = await askWell(describeImageRegistryTimingScanTask, call, {});
  assert.deepEqual([Enable, ScanTime, ScanEndTime, ScanScope, LastScanTime, ScanResult, ScanType], [false, '00:00', '', 0, '', '', []]);
});

test('everything that was set is told', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const id = await storeRepositoryImage(call.store, 'hub.example/team/app:1');
  const whole = { registryId: 1, kinds: ['harbor'], address: 'hub.example/team/app', digest: anImage('hub.example/team/app:1').digest } as const;
  const place = { registry: 'main', namespace: 'team', name: 'app', tag: '1' };
  const choice = {
    kind: 'chosen',
    images: [{ id }, place, { ...place, ...whole }],
    except: [7],
    registryKinds: ['tcr', 'harbor'],
    registryTypes: ['ccr', 'harbor'],
    namespaces: ['team'],
    latest: true,
    running: true,
  } as const;
  const kinds = ['vulnerabilities', 'malware'] as const;
  await setRegistryScan(call.app, 'default', { enabled: true, startMinute: 1090, endMinute: 1200, periodDays: 3, kinds, choice });
  const named = { InstanceName: 'main', Namespace: 'team', ImageName: 'app', ImageTag: '1', Force: '' };
  assert.deepEqual(await ask(describeImageRegistryTimingScanTask, call, {}), {
    Enable: true,
    ScanTime: '18:10',
    ScanPeriod: 3,
    ScanType: ['CVE', 'VIRUS'],
    All: false,
    Images: [
      { ...named, ImageDigest: '', RegistryType: '', ImageRepoAddress: '', InstanceId: '' },
      { ...named, ImageDigest: whole.digest, RegistryType: 'harbor', ImageRepoAddress: whole.address, InstanceId: '1' },
    ],
    Id: [id],
    Latest: true,
    ContainerRunning: true,
    ScanEndTime: '20:00',
    ScanScope: 1,
    RegistryType: ['ccr', 'harbor'],
    Namespace: ['team'],
    ExcludeImageAssetIds: [7],
    LastScanTime: '',
    ScanResult: '',
  });
  assert.equal((await askWell(describeImageRegistryTimingScanTask, { ...call, accountId: 'other' }, {})).Enable, false);
});

test('what came of the latest scan is told', async (context) => {
  const call = await openCall(context);
  const choice = { kind: 'all', images: [], except: [], registryTypes: [], namespaces: [], latest: false, running: false } as const;
  await setRegistryScan(call.app, 'default', { enabled: true, startMinute: 240, endMinute: undefined, periodDays: 1, kinds: ['malware'], choice });
  const outcome = async () => {
    const { LastScanTime, ScanResult, All } = await askWell(describeImageRegistryTimingScanTask, { ...call, zoneMinutes: 480 }, {});
    return [LastScanTime, ScanResult, All];
  };
  await runDueImageScans(call.app, Date.UTC(2025, 0, 2, 4));
  assert.deepEqual(await outcome(), ['2025-01-02T12:00:00+08:00', 'ImageNeedIsEmpty', true]);
  await addRegistry(call.store);
  await storeRepositoryImage(call.store, 'hub.example/team/app:1');
  await runDueImageScans(call.app, Date.UTC(2025, 0, 3, 4));
  assert.deepEqual(await outcome(), ['2025-01-03T12:00:00+08:00', 'Success', true]);
});
