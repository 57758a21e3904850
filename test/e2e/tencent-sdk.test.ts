import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { AccessKey, App } from '#app/app.ts';
import { defaultAccount } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import { disableKey } from '#app/disable-key.ts';
import type { Store } from '#store/store.ts';
import { appOver } from '../support/app-over.ts';
import { testFolder } from '../support/folder.ts';
import { type Serving, startServing } from '../support/serving.ts';
import { aFinding, anImage, aScan, storeImage } from '../support/stored-images.ts';
import type { SdkClient } from '../support/tencent-sdks.ts';
import { connectMultipart, sdkProfiles, sdks } from '../support/tencent-sdks.ts';

interface Ground {
  readonly server: Serving;
  /** A store of our own over the same data directory, as another process would have it. */
  readonly app: App;
  readonly store: Store;
  readonly key: AccessKey;
}

async function openGround(context: TestContext): Promise<Ground> {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  const { store } = app;
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  const server = await startServing(dataDir, ['--no-scanning']);
  context.after(async () => {
    await server.stop();
    await store.close();
  });
  return { server, app, store, key };
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

// Malware names and filters with everything that signing and encoding may get wrong.
const oddName = 'Odd.a b&c=d*e~f(g)!\'h+i"j%k你好é';

async function driveEveryOperation(ground: Ground, call: SdkClient, name: string): Promise<void> {
  const { store } = ground;
  const bad = await storeImage(store, anImage(`${name} bad`), {
    scan: aScan(),
    findings: [aFinding('/bin/odd', { name: oddName }), aFinding('/bin/low', { severity: 'low' })],
  });
  const good = await storeImage(store, anImage(`${name} good`), { scan: aScan() });
  const chosen = { Filters: [{ Name: 'ImageName', Values: [name] }] };

  const viruses = await call('DescribeAssetImageVirusList', {
    ImageID: bad,
    Filters: [{ Name: 'Name', Values: [oddName, 'nothing'] }],
    By: 'LatestScanTime',
    Order: 'ASC',
  });
  assert.equal(viruses['TotalCount'], 1);
  assert.equal(viruses['VirusScanStatus'], 2);
  assert.match(String(viruses['RequestId']), uuid);
  const [virus] = viruses['List'] as readonly Readonly<Record<string, unknown>>[];
  assert.ok(virus);
  assert.deepEqual([virus['VirusName'], virus['Path'], virus['RiskLevel'], virus['CheckPlatform']], [oddName, '/bin/odd', 4, ['2']]);

  const images = await call('DescribeAssetImageList', { ...chosen, Limit: 1, Offset: 1, By: 'ImageName', Order: 'asc' });
  assert.equal(images['TotalCount'], 2);
  assert.equal((images['List'] as readonly { readonly ImageID: string }[])[0]?.ImageID, good);

  const detail = await call('DescribeAssetImageDetail', { ImageID: bad });
  assert.deepEqual([detail['ImageID'], detail['VirusCnt'], detail['ScanStatus']], [bad, 2, 'SCANNED']);

  const simple = await call('DescribeAssetImageSimpleList', { Filters: [{ Name: 'Keywords', Values: [bad.slice(7)], ExactMatch: false }] });
  assert.equal(simple['TotalCount'], 1);

  const created = await call('CreateAssetImageScanTask', { ScanVirus: true, ScanVul: false, Images: [bad, good], ExcludeImageIds: [] });
  const { TaskID } = created as { readonly TaskID: string };
  await assert.rejects(call('CreateAssetImageScanTask', { ScanVirus: true, ...chosen, ExcludeImageIds: [good] }), {
    code: 'FailedOperation.ErrAlreadyScanning',
  });

  // It was no one-click scan.
  const task = await call('DescribeAssetImageScanTask', {});
  assert.deepEqual([task['TaskID'], typeof task['RequestId']], ['', 'string']);
  const claimed = await store.tasks.claim('worker', Date.now(), Date.now() + 60_000);
  assert.ok(claimed);
  await store.tasks.finish('worker', claimed, 'done', Date.now());
  const status = await call('DescribeAssetImageScanStatus', { TaskID });
  assert.deepEqual([status['ImageTotal'], status['ImageScanCnt'], status['Schedule'], status['Status']], [2, 1, 50, 'SCANNING']);

  assert.equal((await call('ModifyAssetImageScanStop', { TaskID }))['Status'], 'SUCCESS');
  assert.equal((await call('DescribeAssetImageScanStatus', { TaskID }))['Status'], 'END');
  assert.equal((await call('DescribeAssetImageVirusList', { ImageID: claimed.imageId === bad ? good : bad }))['VirusScanStatus'], 4);
}

for (const sdk of sdks) {
  test(`${sdk.name} drives every operation with every signature, by GET and POST`, async (context) => {
    const ground = await openGround(context);
    for (const profile of sdkProfiles) {
      const call = sdk.connect({ endpoint: ground.server.endpoint, key: ground.key, profile });
      await context.test(`${profile.signMethod} ${profile.reqMethod}`, () => driveEveryOperation(ground, call, `${profile.signMethod} ${profile.reqMethod}`));
    }
  });

  test(`${sdk.name} is told the documented code of what is wrong`, async (context) => {
    const { server, key, app } = await openGround(context);
    for (const profile of sdkProfiles) {
      const { endpoint } = server;
      const call = sdk.connect({ endpoint, key, profile });
      const fails = async (attempt: Promise<unknown>, code: string): Promise<void> => {
        await assert.rejects(attempt, (error: { readonly code?: string; readonly requestId?: string }) => {
          assert.equal(error.code, code);
          assert.match(error.requestId ?? '', uuid);
          return true;
        });
      };
      await fails(call('DescribeAssetImageDetail', { ImageID: 'sha256:0' }), 'ResourceNotFound');
      await fails(call('DescribeAssetImageVirusList', {}), 'MissingParameter');
      await fails(call('DescribeAssetImageVirusList', { ImageID: 'x', Limit: 101 }), 'InvalidParameterValue');
      await fails(call('DescribeAssetImageVirusList', { ImageID: 'x', Filters: [{ Name: 'Other', Values: ['x'] }] }), 'InvalidParameter.InvalidFormat');
      await fails(call('CreateAssetImageScanTask', { Images: ['x'] }), 'InvalidParameter');
      await fails(call('DescribeVirusDetail', { Id: '1' }), 'InvalidAction');
      const wrong = sdk.connect({ endpoint, profile, key: { secretId: key.secretId, secretKey: 'x' } });
      await fails(wrong('DescribeAssetImageList', {}), 'AuthFailure.SignatureFailure');
      const unknown = sdk.connect({ endpoint, profile, key: { secretId: 'AKIDnobody', secretKey: 'x' } });
      await fails(unknown('DescribeAssetImageList', {}), 'AuthFailure.SecretIdNotFound');
      const temporary = sdk.connect({ endpoint, profile, key: { ...key, token: 'x' } });
      await fails(temporary('DescribeAssetImageList', {}), 'AuthFailure.TokenFailure');
    }
    await disableKey(app, defaultAccount, key.secretId);
    const [profile] = sdkProfiles;
    assert.ok(profile);
    await assert.rejects(sdk.connect({ endpoint: server.endpoint, key, profile })('DescribeAssetImageList', {}), { code: 'AuthFailure.SecretIdNotFound' });
  });
}

test('what the SDK sends as a form of several parts is answered', async (context) => {
  const { server, key, store } = await openGround(context);
  const ImageID = await storeImage(store, anImage('a:1'), { findings: [aFinding('/a'), aFinding('/b')] });
  const call = connectMultipart(server.endpoint, key);
  const answer = await call('DescribeAssetImageVirusList', { ImageID, Limit: '1', Filters: '[{"Name":"Name","Values":["/a \\"&中"]}]' });
  assert.equal(answer['TotalCount'], 0);
  assert.equal(
    (await call('DescribeAssetImageVirusList', { ImageID, Limit: '1', 'Filters.0.Name': 'RiskLevel', 'Filters.0.Values.0': 'all' }))['TotalCount'],
    2,
  );
  await assert.rejects(call('DescribeAssetImageVirusList', { Limit: '1' }), { code: 'MissingParameter' });
});

test('the language of texts follows the SDK', async (context) => {
  const { server, key, store } = await openGround(context);
  const [sdk] = sdks;
  assert.ok(sdk);
  const ImageID = await storeImage(store, anImage('a:1'), { findings: [aFinding('/a')] });
  for (const profile of sdkProfiles) {
    for (const [language, expected] of [
      ['zh-CN', '网页后门。'],
      ['en-US', 'A web shell.'],
      [undefined, 'A web shell.'],
    ] as const) {
      const call = sdk.connect({ endpoint: server.endpoint, key, profile, ...(language === undefined ? {} : { language }) });
      const [row] = (await call('DescribeAssetImageVirusList', { ImageID }))['List'] as readonly { readonly Desc: string }[];
      assert.equal(row?.Desc, expected, `${profile.signMethod} ${profile.reqMethod} ${language}`);
    }
  }
});
