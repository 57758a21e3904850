import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall, type TestCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { repoId } from '../../ids.ts';
import { describeGroupedMaliciousFiles } from './DescribeGroupedMaliciousFiles.ts';

const first = { CurrentPage: 1, PageSize: '20' };

async function md5s(call: TestCall, raw: object): Promise<readonly string[]> {
  const answer = await askAlibaba(describeGroupedMaliciousFiles, call, { ...first, ...raw });
  return typeof answer === 'string' ? [answer] : answer.GroupedMaliciousFileResponse.map((row) => row.MaliciousMd5);
}

test('a sample is told once, with how many images have it', async (context) => {
  const call = await openCall(context);
  const shell = aFinding('/root/shell.php');
  await storeImage(call.store, anImage('team/a:1'), { scan: aScan(), findings: [shell] });
  await storeImage(call.store, anImage('team/b:1'), { scan: aScan(), findings: [shell, { ...shell, path: '/copy.php' }] });
  assert.deepEqual(await askAlibabaWell(describeGroupedMaliciousFiles, call, first), {
    PageInfo: { CurrentPage: 1, PageSize: 20, TotalCount: 1, Count: 1 },
    GroupedMaliciousFileResponse: [
      {
        Status: 0,
        ImageCount: 2,
        FirstScanTimestamp: someTime,
        LatestScanTimestamp: someTime,
        MaliciousName: 'PHP.Webshell.Simple',
        MaliciousMd5: shell.md5,
        MaliciousKey: 'WEBSHELL_IMG',
        Level: 'serious',
      },
    ],
  });
});

test('hidden findings and those of other accounts do not count', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('a:1'), { findings: [aFinding('/gone', { hidden: true })] });
  await storeImage(call.store, anImage('b:1'), { findings: [aFinding('/here')] });
  assert.deepEqual(await md5s(call, {}), [aFinding('/here').md5]);
  assert.deepEqual(await md5s({ ...call, accountId: 'other' }, {}), []);
});

async function openWorld(context: TestContext): Promise<{ readonly call: TestCall; readonly critical: string; readonly medium: string; readonly low: string }> {
  const call = await openCall(context);
  const [critical, medium, low] = [
    aFinding('/c', { severity: 'critical', name: 'Linux.Miner.One' }),
    aFinding('/m', { severity: 'medium', name: 'Linux.Trojan.100%_Two' }),
    aFinding('/l', { severity: 'low', name: 'Linux.Tool.Three' }),
  ];
  await storeImage(call.store, anImage('team/app:1.2'), { scan: aScan(), findings: [critical, medium] });
  await storeImage(call.store, anImage('Other/Base:0.2'), { scan: aScan(), findings: [critical, low] });
  return { call, critical: critical.md5, medium: medium.md5, low: low.md5 };
}

test('several levels may be asked for', async (context) => {
  const { call, critical, medium, low } = await openWorld(context);
  assert.deepEqual(await md5s(call, { Levels: 'serious' }), [critical]);
  assert.deepEqual([...(await md5s(call, { Levels: 'suspicious, remind' }))].sort(), [medium, low].sort());
  assert.deepEqual(await md5s(call, { Levels: 'high' }), ['InvalidLevels']);
});

test('names match in part without regard to case, and signs of pattern languages are text', async (context) => {
  const { call, critical, medium } = await openWorld(context);
  assert.deepEqual(await md5s(call, { FuzzyMaliciousName: 'MINER' }), [critical]);
  assert.deepEqual(await md5s(call, { FuzzyMaliciousName: '100%_' }), [medium]);
  assert.deepEqual(await md5s(call, { FuzzyMaliciousName: '%' }), [medium]);
  assert.deepEqual(await md5s(call, { FuzzyMaliciousName: '"' }), []);
  assert.deepEqual(await md5s(call, { MaliciousMd5: medium }), [medium]);
  assert.deepEqual(await md5s(call, { MaliciousMd5: medium.toUpperCase() }), [medium]);
  assert.deepEqual(await md5s(call, { MaliciousMd5: 'nonsense' }), []);
});

test('images are chosen by repository, tag, digest and layer, and only they count', async (context) => {
  const { call, critical, medium, low } = await openWorld(context);
  const image = await call.store.images.find('default', anImage('team/app:1.2').id);
  const inApp = [critical, medium].sort();
  const sorted = async (raw: object): Promise<readonly string[]> => [...(await md5s(call, raw))].sort();
  assert.deepEqual(await sorted({ RepoName: 'AP' }), inApp);
  assert.deepEqual(await sorted({ RepoNamespace: 'eam' }), inApp);
  assert.deepEqual(await sorted({ RepoId: repoId(image?.repository.id ?? 0) }), inApp);
  assert.deepEqual(await sorted({ ImageTag: '1.2' }), inApp);
  assert.deepEqual(await sorted({ ImageTag: '1' }), []);
  assert.deepEqual(await sorted({ ImageDigest: anImage('team/app:1.2').digest }), inApp);
  assert.deepEqual(await sorted({ ImageDigest: anImage('team/app:1.2').digest.slice(7) }), inApp);
  assert.deepEqual(await sorted({ ImageDigest: anImage('team/app:1.2').digest.slice(7).toUpperCase() }), inApp);
  assert.deepEqual(await sorted({ ImageLayer: anImage('Other/Base:0.2').layers[0]?.diffId }), [critical, low].sort());
  assert.deepEqual(await sorted({ RepoId: 'crr-nonsense' }), []);
  assert.deepEqual(await sorted({ RepoInstanceId: 'cri-0000000000000009' }), []);
  assert.deepEqual(await sorted({ RepoRegionId: 'cn-shanghai' }), []);
  const counted = await askAlibabaWell(describeGroupedMaliciousFiles, call, { ...first, RepoName: 'app', MaliciousMd5: critical });
  assert.equal(counted.GroupedMaliciousFileResponse[0]?.ImageCount, 1);
});

test('the scan range is images, since of containers nothing is known', async (context) => {
  const { call } = await openWorld(context);
  assert.equal((await md5s(call, { ScanRange: ['image', 'container'] })).length, 3);
  assert.equal((await md5s(call, { ScanRange: ['image'] })).length, 3);
  assert.deepEqual(await md5s(call, { ScanRange: ['container'] }), []);
  assert.deepEqual(await md5s(call, { ClusterId: 'c1' }), []);
  assert.deepEqual(await md5s(call, { ScanRange: ['moon'] }), ['InvalidScanRange']);
});

test('pages go to the last one and beyond', async (context) => {
  const call = await openCall(context);
  await storeImage(call.store, anImage('a:1'), { findings: Array.from({ length: 25 }, (_, index) => aFinding(`/f${index}`)) });
  const seen = new Set<string>();
  for (const [CurrentPage, Count] of [
    [1, 10],
    [2, 10],
    [3, 5],
    [4, 0],
  ]) {
    const answer = await askAlibabaWell(describeGroupedMaliciousFiles, call, { CurrentPage, PageSize: '10' });
    assert.deepEqual(answer.PageInfo, { CurrentPage, PageSize: 10, TotalCount: 25, Count });
    for (const row of answer.GroupedMaliciousFileResponse) seen.add(row.MaliciousMd5);
  }
  assert.equal(seen.size, 25);
});

test('a missing or malformed page is refused as the product does', async (context) => {
  const call = await openCall(context);
  assert.equal(await askAlibaba(describeGroupedMaliciousFiles, call, { PageSize: '20' }), 'MissingCurrentPage');
  assert.equal(await askAlibaba(describeGroupedMaliciousFiles, call, { CurrentPage: 1 }), 'MissingPageSize');
  for (const CurrentPage of ['0', '-1', 'x', '1.5'])
    assert.equal(await askAlibaba(describeGroupedMaliciousFiles, call, { ...first, CurrentPage }), 'InvalidCurrentPage');
  for (const PageSize of ['0', '101', 'x']) assert.equal(await askAlibaba(describeGroupedMaliciousFiles, call, { ...first, PageSize }), 'InvalidPageSize');
});

test('the status follows what becomes of the sample', async (context) => {
  const call = await openCall(context);
  const finding = aFinding('/x');
  const ImageID = await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [finding] });
  const status = async (): Promise<number | undefined> =>
    (await askAlibabaWell(describeGroupedMaliciousFiles, call, first)).GroupedMaliciousFileResponse[0]?.Status;
  assert.equal(await status(), 0);
  await call.store.images.setScan('default', ImageID, aScan({ state: 'running', startedAt: someTime + 1, finishedAt: undefined }));
  assert.equal(await status(), 2);
  await call.store.images.setScan('default', ImageID, aScan({ startedAt: someTime + 1 }));
  const rule = {
    accountId: 'default',
    list: 'image',
    conditions: [{ field: 'md5', match: 'equals', value: finding.md5 }],
    repositories: [],
    imageIds: [],
    note: '',
    extra: {},
  } as const;
  const id = await call.store.allowRules.add(rule, someTime + 2);
  assert.equal(await status(), 3);
  await call.store.allowRules.remove('default', id, someTime + 3);
  assert.equal(await status(), 0);
  await call.store.images.setFindings('default', ImageID, { findings: [], at: someTime + 4, partial: false });
  assert.equal(await status(), 1);
  await call.store.images.setFindings('default', ImageID, { findings: [finding], at: someTime + 5, partial: false });
  assert.equal(await status(), 0);
});
