import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../../../../test/support/cloud-call.ts';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { describeAssetImageRegistryList } from './DescribeAssetImageRegistryList.ts';

async function tags(call: TestCall, raw: object): Promise<unknown> {
  const answer = await ask(describeAssetImageRegistryList, call, { Order: 'asc', ...raw });
  return typeof answer === 'string' ? answer : answer.List.map(({ ImageTag }) => ImageTag).join();
}

test('an image is told with all that is known of it', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  const registry = await addRegistry(store, { region: 'ap-nanjing' });
  const Id = await storeRepositoryImage(store, 'hub.example/team/app:1', { scan: aScan(), findings: [aFinding('/x')] });
  const answer = await askWell(describeAssetImageRegistryList, { ...call, zoneMinutes: 480 }, {});
  const image = anImage('hub.example/team/app:1');
  assert.deepEqual(answer, {
    List: [
      {
        Id,
        ImageId: image.id,
        ImageDigest: image.digest,
        RegistryType: 'harbor',
        RegistryRegion: 'ap-nanjing',
        ImageRepoAddress: 'hub.example/team/app',
        InstanceId: String(registry),
        InstanceName: 'main',
        Namespace: 'team',
        ImageName: 'app',
        ImageTag: '1',
        ImageSize: 1000,
        ImageCreateTime: '2025-01-01T04:00:00+08:00',
        OsName: 'Debian GNU/Linux 12 (bookworm)',
        ScanTime: '2025-01-02T11:04:10+08:00',
        ScanStatus: 'SCANNED',
        VirusStatus: 'SCANNED',
        CveStatus: 'NOT_SCAN',
        RiskStatus: 'NOT_SCAN',
        Progress: 100,
        ScanVirusProgress: 100,
        ScanVulProgress: 0,
        ScanRiskProgress: 0,
        ScanRemainTime: 0,
        ScanVirusError: '',
        ScanVulError: '',
        ScanRiskError: '',
        VirusCnt: 1,
        VulCnt: 0,
        RiskCnt: 0,
        SentiveInfoCnt: 0,
        SensitiveInfoCnt: 0,
        LowLevelVulCnt: 0,
        MediumLevelVulCnt: 0,
        HighLevelVulCnt: 0,
        CriticalLevelVulCnt: 0,
        ContainerCnt: 0,
        ComponentCnt: 0,
        IsAuthorized: 1,
        IsTrustImage: false,
        IsLatestImage: true,
        IsRunning: false,
        HasNeedFixVul: false,
        RecommendedFix: true,
        Solution: '',
        Reason: '',
      },
    ],
    TotalCount: 1,
  });
});

test('a scan that runs, failed or ran out of time tells how far it came, why it ended, and what to do', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const told = async (over: Parameters<typeof aScan>[0], language: 'en' | 'zh' = 'en') => {
    const at = { startedAt: someTime + count++ };
    await storeRepositoryImage(call.store, 'hub.example/app:1', { scan: aScan({ ...at, ...over }) });
    const [row] = (await askWell(describeAssetImageRegistryList, { ...call, language }, {})).List;
    return [row?.ScanStatus, row?.Progress, row?.ScanRemainTime, row?.ScanVirusError, row?.Reason, row?.Solution];
  };
  let count = 0;
  assert.deepEqual(await told({ state: 'running', finishedAt: undefined, progress: 41.7, remainingSeconds: 3 }), ['SCANNING', 41, 3, '', '', '']);
  const failed = await told({ state: 'failed', error: 'refused', progress: 0 });
  assert.deepEqual(failed.slice(0, 5), ['SCAN_ERR', 0, 0, 'refused', 'refused']);
  assert.match(String(failed[5]), /still where it was/);
  const late = await told({ state: 'timeout', error: 'late', progress: 50 }, 'zh');
  assert.deepEqual(late.slice(0, 5), ['SCAN_TIMEOUT', 50, 0, 'late', 'late']);
  assert.match(String(late[5]), /超时/);
  assert.deepEqual((await told({ state: 'cancelled', progress: 0 }))[0], 'CANCELED');
});

test('only what tags name now is listed, and nothing that is in no registry or of another account', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  await storeImage(store, anImage('local:1'));
  await storeRepositoryImage(store, 'hub.example/app:1', { image: { id: 'sha256:old' } });
  await storeRepositoryImage(store, 'hub.example/app:1');
  assert.equal(await tags(call, {}), '1');
  assert.equal((await askWell(describeAssetImageRegistryList, { ...call, accountId: 'other' }, {})).TotalCount, 0);
});

test('every filter chooses, a text by its part or as a whole', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  const first = await addRegistry(store, { region: 'ap-nanjing' });
  await addRegistry(store, { name: 'Second', kind: 'tcr', address: 'other.example', region: 'eu-paris' });
  const a = await storeRepositoryImage(store, 'hub.example/team/app:a1', { scan: aScan(), findings: [aFinding('/x')] });
  await storeRepositoryImage(store, 'hub.example/solo:a2', { scan: aScan({ state: 'failed' }) });
  await storeRepositoryImage(store, 'other.example/team-b/app:b1');
  await addRegistry(store, { name: 'third', kind: 'docker', address: 'third.example' });
  await storeRepositoryImage(store, 'third.example/x/y:c1', { scan: aScan({ state: 'cancelled' }) });
  const { id, digest } = anImage('hub.example/team/app:a1');
  const expected: [string, readonly string[], string, string][] = [
    // Name, values, what a part finds, what the whole finds.
    ['Id', [String(a)], 'a1', 'a1'],
    ['InstanceName', ['SECOND', 'nothing'], 'b1', ''],
    ['InstanceName', ['main'], 'a1,a2', 'a1,a2'],
    ['InstanceId', [String(first)], 'a1,a2', 'a1,a2'],
    ['RegistryType', ['TCR'], 'b1', 'b1'],
    ['RepoType', ['ccr', 'quay'], 'b1', 'b1'],
    ['RepoType', ['all'], 'a1,a2,b1,c1', 'a1,a2,b1,c1'],
    ['RegistryRegion', ['ap-'], 'a1,a2', ''],
    ['RegistryRegion', ['default'], 'c1', 'c1'],
    ['RegistryRegion', ['Default', 'ap-nanjing'], 'a1,a2,c1', 'a1,a2,c1'],
    ['RegistryType', ['aws'], 'c1', 'c1'],
    ['Namespace', ['Team'], 'a1,b1', ''],
    ['Namespace', ['team'], 'a1,b1', 'a1'],
    ['ImageName', ['ap', 'ol'], 'a1,a2,b1', ''],
    ['ImageName', ['app'], 'a1,b1', 'a1,b1'],
    ['ImageTag', ['A'], 'a1,a2', ''],
    ['ImageTag', ['b1'], 'b1', 'b1'],
    ['ImageID', [id.slice(7, 27)], 'a1', ''],
    ['ImageId', [id], 'a1', 'a1'],
    ['ImageId', [id.slice(7)], 'a1', 'a1'],
    ['ImageDigest', [digest.slice(7, 27)], 'a1', ''],
    ['ImageDigest', [digest.slice(7)], 'a1', 'a1'],
    ['ScanStatus', ['notScan'], 'b1', 'b1'],
    ['ScanStatus', ['SCANNED', 'scan_err'], 'a1,a2', 'a1,a2'],
    ['ScanStatus', ['scanning'], '', ''],
    ['SecurityRisk', ['VirusCnt', 'VulCnt'], 'a1', 'a1'],
    ['SecurityRisk', ['VulCnt'], '', ''],
    ['SecurityRisk', ['all'], 'a1,a2,b1,c1', 'a1,a2,b1,c1'],
    ['IsAuthorized', ['1'], 'a1,a2,b1,c1', 'a1,a2,b1,c1'],
    ['IsAuthorized', ['0'], '', ''],
    ['IsAuthorized', ['all'], 'a1,a2,b1,c1', 'a1,a2,b1,c1'],
    ['ScanStatus', ['canceled'], 'c1', 'c1'],
  ];
  for (const [Name, Values, part, whole] of expected) {
    assert.equal(await tags(call, { Filters: [{ Name, Values }] }), part, `${Name} ${Values.join()}`);
    assert.equal(await tags(call, { Filters: [{ Name, Values, ExactMatch: true }] }), whole, `${Name} ${Values.join()} exactly`);
  }
  const both = [
    { Name: 'ImageName', Values: ['app'] },
    { Name: 'RepoType', Values: ['harbor'] },
  ];
  assert.equal(await tags(call, { Filters: both }), 'a1');
  for (const filter of [
    { Name: 'Other', Values: ['x'] },
    { Name: 'ScanStatus', Values: ['x'] },
    { Name: 'RepoType', Values: ['x'] },
    { Name: 'IsAuthorized', Values: ['2'] },
  ]) {
    assert.equal(await tags(call, { Filters: [filter] }), 'InvalidParameter.InvalidFormat', filter.Name);
  }
  assert.equal(await tags(call, { Filters: [both[0], both[0]] }), 'InvalidParameter.InvalidFormat');
});

test('every field orders in both directions, and pages go to the last', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    const findings = Array.from({ length: index }, (_, each) => aFinding(`/${each}`));
    const scan = aScan({ finishedAt: someTime + index });
    const image = { size: index, created: `202${index}-01-01T00:00:00Z` };
    await storeRepositoryImage(store, `hub.example/${name}:${name}`, { image, scan, findings, at: someTime + index });
  }
  for (const By of [undefined, 'ImageCreateTime', 'CreateTime', 'ScanTime', 'ImageSize', 'Size', 'ImageName', 'VirusCnt', 'VulCnt', 'ContainerCnt']) {
    assert.equal(await tags(call, { By }), 'a,b,c', By);
    assert.equal(await tags(call, { By, Order: 'DESC' }), 'c,b,a', By);
  }
  assert.equal(await tags(call, { Limit: 2, Offset: 2 }), 'c');
  assert.equal(await tags(call, { Limit: 1, Offset: 1 }), 'b');
  assert.equal(await tags(call, { Offset: 3 }), '');
  assert.equal((await askWell(describeAssetImageRegistryList, call, { Limit: 0 })).TotalCount, 3);
  for (const raw of [{ By: 'x' }, { Order: 'x' }, { Limit: 101 }, { Offset: -1 }]) assert.equal(await tags(call, raw), 'InvalidParameterValue');
});

test('only the newest of each repository, and only images that run, are told where asked for', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  await storeRepositoryImage(store, 'hub.example/a:new', { image: { created: '2024-01-02T00:00:00Z' } });
  await storeRepositoryImage(store, 'hub.example/a:old', { image: { created: '2024-01-01T00:00:00Z' } });
  await storeRepositoryImage(store, 'hub.example/b:only');
  assert.equal(await tags(call, { OnlyShowLatest: true }), 'new,only');
  assert.equal(await tags(call, { OnlyShowLatest: false }), 'new,old,only');
  const { List } = await askWell(describeAssetImageRegistryList, call, { Order: 'asc' });
  assert.deepEqual(
    List.map(({ IsLatestImage }) => IsLatestImage),
    [true, false, true],
  );
  assert.equal(await tags(call, { IsRunning: true }), '');
  assert.equal(await tags(call, { IsRunning: false }), 'new,old,only');
});
