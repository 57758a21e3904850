import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aDetection, aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageVirusList } from './DescribeAssetImageVirusList.ts';

test('a finding is told with all that is known of it', async (context) => {
  const call = await openCall(context);
  const finding = aFinding('/root/webshell_2.php');
  const ImageID = await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [finding] });
  await call.store.images.setFindings('default', ImageID, { findings: [finding], at: someTime + 3_600_000, partial: false });
  assert.deepEqual(await ask(describeAssetImageVirusList, call, { ImageID }), {
    List: [
      {
        Path: '/root/webshell_2.php',
        RiskLevel: 4,
        VirusName: 'PHP.Webshell.Simple',
        Tags: ['webshell'],
        Desc: 'A web shell.',
        Solution: 'Remove it.',
        Size: 51,
        FirstScanTime: '2025-01-02 03:04:05',
        LatestScanTime: '2025-01-02 04:04:05',
        Md5: finding.md5,
        FileName: 'webshell_2.php',
        CheckPlatform: ['2'],
      },
    ],
    TotalCount: 1,
    VirusScanStatus: 2,
  });
});

test('texts are in the language asked for, from whichever detection has one, else general', async (context) => {
  const call = await openCall(context);
  const empty = { en: '', zh: '' };
  const silent = aDetection({ kind: 'intelligence', description: empty, advice: empty });
  const english = aDetection({ description: { en: 'Only English.', zh: '' }, advice: empty });
  const verdict = { name: 'X', severity: 'low', tags: [], detections: [silent, english] } as const;
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings: [aFinding('/a', { verdict })] });
  const chinese = await askWell(describeAssetImageVirusList, { ...call, language: 'zh' }, { ImageID });
  assert.equal(chinese.List[0]?.Desc, 'Only English.');
  assert.match(chinese.List[0]?.Solution ?? '', /请勿使用该镜像/);
  assert.deepEqual(chinese.List[0]?.CheckPlatform, ['2', '5']);
  const inEnglish = await askWell(describeAssetImageVirusList, call, { ImageID });
  assert.match(inEnglish.List[0]?.Solution ?? '', /rebuild the image/);
});

test('hidden findings and those of other images and accounts are not told', async (context) => {
  const call = await openCall(context);
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings: [aFinding('/gone', { hidden: true }), aFinding('/here')] });
  await storeImage(call.store, anImage('b:1'), { findings: [aFinding('/other')] });
  const answer = await askWell(describeAssetImageVirusList, call, { ImageID });
  assert.deepEqual(
    answer.List.map((row) => row.Path),
    ['/here'],
  );
  assert.equal(answer.TotalCount, 1);
  await assert.rejects(ask(describeAssetImageVirusList, { ...call, accountId: 'other' }, { ImageID }), { code: 'not-found' });
});

test('every severity has its level, and the filter chooses by it under both spellings', async (context) => {
  const call = await openCall(context);
  const findings = (['notice', 'low', 'medium', 'high', 'critical'] as const).map((severity) => aFinding(`/${severity}`, { severity }));
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings });
  const levels = async (raw: object): Promise<unknown> => {
    const answer = await ask(describeAssetImageVirusList, call, { ImageID, By: 'RiskLevel', ...raw });
    return typeof answer === 'string' ? answer : answer.List.map((row) => row.RiskLevel);
  };
  assert.deepEqual(await levels({ Order: 'ASC' }), [0, 1, 2, 3, 4]);
  assert.deepEqual(await levels({}), [4, 3, 2, 1, 0]);
  assert.deepEqual(await levels({ Filters: [{ Name: 'RiskLevel', Values: ['4', '1'] }] }), [4, 1]);
  assert.deepEqual(await levels({ Filters: [{ Name: 'Level', Values: ['2'] }] }), [2]);
  assert.deepEqual(await levels({ Filters: [{ Name: 'Level', Values: ['all'] }] }), [4, 3, 2, 1, 0]);
  assert.equal(await levels({ Filters: [{ Name: 'RiskLevel', Values: ['5'] }] }), 'InvalidParameter.InvalidFormat');
});

test('the filter Name matches a part of the malware or file name, or all of it with ExactMatch', async (context) => {
  const call = await openCall(context);
  const findings = [
    aFinding('/tmp/xmrig', { name: 'Linux.Miner.Xmrig' }),
    aFinding('/tmp/xmrig.conf', { name: 'Text.Config' }),
    aFinding('/tmp/b', { name: 'Z' }),
  ];
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings });
  const paths = async (filter: object): Promise<unknown> => {
    const answer = await askWell(describeAssetImageVirusList, call, { ImageID, By: 'Path', Order: 'asc', Filters: [filter] });
    return answer.List.map((row) => row.Path);
  };
  assert.deepEqual(await paths({ Name: 'Name', Values: ['XMRIG'] }), ['/tmp/xmrig', '/tmp/xmrig.conf']);
  assert.deepEqual(await paths({ Name: 'Name', Values: ['xmrig', 'Z'], ExactMatch: true }), ['/tmp/b', '/tmp/xmrig']);
  assert.deepEqual(await paths({ Name: 'Name', Values: ['%'] }), []);
});

test('pages follow Limit and Offset, and TotalCount counts all', async (context) => {
  const call = await openCall(context);
  const findings = Array.from({ length: 25 }, (_, index) => aFinding(`/f${String(index).padStart(2, '0')}`));
  const ImageID = await storeImage(call.store, anImage('a:1'), { findings });
  const page = async (raw: object): Promise<unknown> => {
    const answer = await ask(describeAssetImageVirusList, call, { ImageID, By: 'Path', Order: 'asc', ...raw });
    return typeof answer === 'string' ? answer : [answer.TotalCount, answer.List.length, answer.List[0]?.FileName];
  };
  assert.deepEqual(await page({}), [25, 10, 'f00']);
  assert.deepEqual(await page({ Limit: 100 }), [25, 25, 'f00']);
  assert.deepEqual(await page({ Limit: 10, Offset: 20 }), [25, 5, 'f20']);
  assert.deepEqual(await page({ Limit: 0 }), [25, 0, undefined]);
  assert.deepEqual(await page({ Offset: Number.MAX_SAFE_INTEGER }), [25, 0, undefined]);
  for (const raw of [{ Limit: 101 }, { Limit: -1 }, { Offset: -1 }, { By: 'Rank' }, { Order: 'up' }]) assert.equal(await page(raw), 'InvalidParameterValue');
});

test('every sort field works in both directions', async (context) => {
  const call = await openCall(context);
  const ImageID = await storeImage(call.store, anImage('a:1'), {
    findings: [aFinding('/x/a', { name: 'A', size: 1, severity: 'low' }), aFinding('/y/b', { name: 'B', size: 2, severity: 'high' })],
  });
  for (const By of ['RiskLevel', 'Size', 'Path', 'VirusName', 'FileName']) {
    for (const [Order, first] of [
      ['asc', 'a'],
      ['desc', 'b'],
    ] as const) {
      const answer = await askWell(describeAssetImageVirusList, call, { ImageID, By, Order });
      assert.equal(answer.List[0]?.FileName, first, `${By} ${Order}`);
    }
  }
  for (const By of ['LatestScanTime', 'FirstScanTime']) assert.equal((await askWell(describeAssetImageVirusList, call, { ImageID, By })).TotalCount, 2);
});

test('the scan state has its number', async (context) => {
  const call = await openCall(context);
  const ImageID = await storeImage(call.store, anImage('a:1'));
  const status = async (): Promise<number> => (await askWell(describeAssetImageVirusList, call, { ImageID })).VirusScanStatus;
  assert.equal(await status(), 0);
  const states = { queued: 1, running: 1, done: 2, failed: 3, timeout: 3, cancelled: 4 } as const;
  for (const [index, [state, number]] of (Object.entries(states) as [keyof typeof states, number][]).entries()) {
    await call.store.images.setScan('default', ImageID, aScan({ state, startedAt: someTime + index }));
    assert.equal(await status(), number, state);
  }
});
