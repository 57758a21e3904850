import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, someTime } from '../../../../../test/support/stored-images.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { describeAssetImageRegistryVirusList } from './DescribeAssetImageRegistryVirusList.ts';

test('a finding is told with all that is known of it, its times with their zone', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const finding = aFinding('/root/webshell_2.php');
  const Id = await storeRepositoryImage(call.store, 'hub.example/team/app:1', { scan: aScan(), findings: [finding, aFinding('/gone', { hidden: true })] });
  assert.deepEqual(await ask(describeAssetImageRegistryVirusList, { ...call, zoneMinutes: 480 }, { Id }), {
    List: [
      {
        Path: '/root/webshell_2.php',
        RiskLevel: '4',
        Category: '2',
        VirusName: 'PHP.Webshell.Simple',
        Tags: ['webshell'],
        Desc: 'A web shell.',
        Solution: 'Remove it.',
        FileType: 'SCRIPT',
        FileName: 'webshell_2.php',
        FileMd5: finding.md5,
        FileSize: 51,
        FirstScanTime: '2025-01-02T11:04:05+08:00',
        LatestScanTime: '2025-01-02T11:04:05+08:00',
      },
    ],
    TotalCount: 1,
  });
  const chinese = await askWell(describeAssetImageRegistryVirusList, { ...call, language: 'zh' }, { Id });
  assert.equal(chinese.List[0]?.Desc, '网页后门。');
});

test('filters choose by level under both names, and by a part of the malware or file name', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const findings = [aFinding('/a', { severity: 'low', name: 'Linux.Miner.A' }), aFinding('/b', { severity: 'high', fileType: 'other' })];
  const Id = await storeRepositoryImage(call.store, 'hub.example/app:1', { findings });
  const files = async (...Filters: readonly object[]): Promise<unknown> => {
    const answer = await ask(describeAssetImageRegistryVirusList, call, { Id, Filters });
    return typeof answer === 'string' ? answer : answer.List.map(({ FileName, FileType }) => `${FileName} ${FileType}`).join();
  };
  assert.equal(await files({ Name: 'RiskLevel', Values: ['all'] }), 'b UNKNOWN,a SCRIPT');
  assert.equal(await files({ Name: 'RiskLevel', Values: ['3', '4'] }), 'b UNKNOWN');
  assert.equal(await files({ Name: 'Level', Values: ['1'] }), 'a SCRIPT');
  assert.equal(await files({ Name: 'Name', Values: ['mineR'] }), 'a SCRIPT');
  assert.equal(await files({ Name: 'Name', Values: ['miner'], ExactMatch: true }), '');
  assert.equal(await files({ Name: 'Level', Values: ['9'] }), 'InvalidParameter.InvalidFormat');
  assert.equal(await files({ Name: 'Path', Values: ['a'] }), 'InvalidParameter.InvalidFormat');
});

test('the latest findings come first, in pages to the last', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const findings = Array.from({ length: 12 }, (_, index) => aFinding(`/f${index}`));
  await storeRepositoryImage(store, 'hub.example/app:1', { findings });
  const Id = await storeRepositoryImage(store, 'hub.example/app:1', { findings: [...findings, aFinding('/new')], at: someTime + 1 });
  const page = async (raw: object): Promise<unknown> => {
    const answer = await ask(describeAssetImageRegistryVirusList, call, { Id, ...raw });
    return typeof answer === 'string' ? answer : [answer.TotalCount, answer.List.length, answer.List[0]?.FileName];
  };
  assert.deepEqual(await page({}), [13, 10, 'new']);
  assert.deepEqual(await page({ Limit: 5, Offset: 12 }), [13, 1, 'f0']);
  assert.deepEqual(await page({ Limit: 0 }), [13, 0, undefined]);
  for (const raw of [{ Limit: 101 }, { Offset: -1 }, { Limit: -1 }]) assert.equal(await page(raw), 'InvalidParameterValue');
});

test('an image is found by its id, or by everything that is said of where it is kept', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  const InstanceId = String(await addRegistry(store));
  await addRegistry(store, { name: 'second', address: 'other.example', kind: 'tcr' });
  const Id = await storeRepositoryImage(store, 'hub.example/team/app:1', { findings: [aFinding('/main')] });
  await storeRepositoryImage(store, 'other.example/team/app:1', { findings: [aFinding('/second')] });
  const found = async (raw: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const answer = await ask(describeAssetImageRegistryVirusList, call, raw).catch((error: { readonly code: string }) => error.code);
    return typeof answer === 'string' ? answer : answer.List[0]?.Path;
  };
  const place = { Namespace: 'team', ImageName: 'app', ImageTag: '1', Force: 'true' };
  assert.equal(await found({ Id }), '/main');
  for (const more of [{ InstanceName: 'main' }, { InstanceId }, { RegistryType: 'harbor' }, { ImageRepoAddress: 'hub.example' }]) {
    assert.equal(await found({ ImageInfo: { ...place, ...more } }), '/main', JSON.stringify(more));
  }
  for (const more of [
    { InstanceName: 'second' },
    { RegistryType: 'ccr' },
    { RegistryType: 'tcr', InstanceName: 'second' },
    { ImageRepoAddress: 'other.example/team/app' },
    { ImageRepoAddress: 'other.example/team/app:1' },
  ]) {
    assert.equal(await found({ ImageInfo: { ...place, ...more } }), '/second', JSON.stringify(more));
  }
  assert.equal(await found({ ImageInfo: { ImageName: 'team/app', ImageTag: '1', InstanceName: 'main' } }), '/main');
  for (const more of [
    { InstanceName: 'third' },
    { InstanceId: '99' },
    { InstanceId: 'main' },
    { RegistryType: 'quay' },
    { ImageRepoAddress: 'hub' },
    { ImageTag: '2' },
    { Namespace: '' },
    { ImageDigest: 'sha256:0' },
    { InstanceName: 'main', RegistryType: 'tcr' },
  ]) {
    assert.equal(await found({ ImageInfo: { ...place, ...more } }), 'not-found', JSON.stringify(more));
  }
  assert.equal(await found({ ImageInfo: { ...place, RegistryType: 'x' } }), 'InvalidParameter.InvalidFormat');
  const { digest } = anImage('hub.example/team/app:1');
  for (const ImageDigest of [digest, digest.slice(7)]) {
    assert.equal(await found({ ImageInfo: { Namespace: 'team', ImageName: 'app', ImageTag: '', ImageDigest } }), '/main');
  }
  assert.equal(await found({ ImageInfo: { ...place, ImageTag: '2', ImageDigest: digest } }), 'not-found');
  for (const ImageInfo of [{ ImageTag: '1' }, { ImageName: 'app' }, { ImageName: 'app', ImageTag: '' }])
    assert.equal(await found({ ImageInfo }), 'MissingParameter');
  assert.equal(await found({ Id: 99 }), 'not-found');
  assert.equal(await found({}), 'InvalidParameter');
  await assert.rejects(ask(describeAssetImageRegistryVirusList, { ...call, accountId: 'other' }, { Id }), { code: 'not-found' });
});
