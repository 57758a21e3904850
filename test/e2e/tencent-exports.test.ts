import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { createAccount } from '#app/accounts.ts';
import type { AccessKey, App } from '#app/app.ts';
import { defaultAccount } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import { exportFolder } from '#app/export-folder.ts';
import { appOver } from '../support/app-over.ts';
import { testFolder } from '../support/folder.ts';
import { killTree } from '../support/lazaret.ts';
import { type Serving, startServing } from '../support/serving.ts';
import { aFinding, anImage, aScan, storeImage } from '../support/stored-images.ts';
import type { Sdk, SdkClient } from '../support/tencent-sdks.ts';
import { sdkProfiles, sdks } from '../support/tencent-sdks.ts';
import { until } from '../support/until.ts';
import { readXlsx, valuesOf } from '../support/xlsx.ts';

interface Ground {
  readonly app: App;
  readonly dataDir: string;
  readonly server: Serving;
  readonly key: AccessKey;
  readonly connect: (sdk: Sdk, server?: Serving, key?: AccessKey) => SdkClient;
}

async function openGround(context: TestContext): Promise<Ground> {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  const server = await startServing(dataDir);
  context.after(async () => {
    await server.stop();
    await app.store.close();
  });
  const [profile] = sdkProfiles;
  assert.ok(profile);
  const connect: Ground['connect'] = (sdk, at = server, by = key) => sdk.connect({ endpoint: at.endpoint, key: by, profile });
  return { app, dataDir, server, key, connect };
}

async function ended(call: SdkClient, JobId: unknown): Promise<Readonly<Record<string, unknown>>> {
  let result: Readonly<Record<string, unknown>> = {};
  await until(async () => {
    result = await call('DescribeExportJobResult', { JobId });
    return result['ExportStatus'] !== 'RUNNING';
  }, 'the export ends');
  return result;
}

async function download(url: unknown): Promise<readonly (readonly (string | number)[])[]> {
  const response = await fetch(String(url));
  assert.equal(response.status, 200, String(url));
  return valuesOf(readXlsx(Buffer.from(await response.arrayBuffer()))[0]);
}

async function statusOf(url: string | URL): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

for (const sdk of sdks) {
  test(`${sdk.name} exports lists of viruses and images, and downloads them by link`, async (context) => {
    const { app, connect } = await openGround(context);
    const call = connect(sdk);
    const findings = [aFinding('/=1+1', { severity: 'low' }), aFinding('/b', { severity: 'high' })];
    const ImageID = await storeImage(app.store, anImage('a:1'), { scan: aScan(), findings });

    const { JobId } = await call('CreateAssetImageVirusExportJob', { ImageID, ExportField: ['Path', 'RiskLevel'], By: 'RiskLevel', Order: 'asc', Limit: 100 });
    const result = await ended(call, JobId);
    assert.deepEqual([result['ExportStatus'], result['ExportProgress'], result['FailureMsg']], ['SUCCESS', 100, '']);
    const table = [
      ['Path', 'Risk level'],
      ['/=1+1', 'Low'],
      ['/b', 'High'],
    ];
    assert.deepEqual(await download(result['DownloadURL']), table);
    assert.deepEqual(await download((await call('DescribeExportJobDownloadURL', { JobID: JobId }))['DownloadURL']), table);

    const older = await call('DescribeAssetImageVirusListExport', { ImageID, ExportField: ['FileName'], Filters: [{ Name: 'RiskLevel', Values: ['3'] }] });
    assert.deepEqual(await download(older['DownloadUrl']), [['File'], ['b']]);
    const images = await call('CreateImageExportJob', { ExportField: ['ImageName', 'VirusCnt'] });
    assert.deepEqual(await download(images['DownloadUrl']), [
      ['Image', 'Malicious files'],
      ['a:1', 2],
    ]);
    if (sdk.name.endsWith('-intl-en')) {
      const { DownloadUrl } = await call('DescribeAssetImageListExport', { ExportField: ['ImageName'], Limit: 10 });
      assert.deepEqual(await download(DownloadUrl), [['Image'], ['a:1']]);
    }

    const list = await call('DescribeExportJobManageList', {
      Filters: [{ Name: 'ExportStatus', Values: ['SUCCESS'] }],
      By: 'InsertTime',
      Order: 'asc',
      Limit: 1,
    });
    assert.equal(list['TotalCount'], sdk.name.endsWith('-intl-en') ? 4 : 3);
    const [first] = list['List'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual([first?.['JobID'], first?.['Source'], first?.['ExportStatus'], first?.['ExportProgress']], [JobId, 'LocalImage', 'SUCCESS', 100]);
    await assert.rejects(call('CreateAssetImageVirusExportJob', { ImageID, ExportField: ['Rank'] }), { code: 'InvalidParameterValue' });
  });

  test(`${sdk.name} exports the viruses of a repository image`, async (context) => {
    const { app, connect } = await openGround(context);
    const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false };
    const registry = { name: 'main', kind: 'harbor', address: 'hub.example', region: '', insecure: false, username: '', secret: '', policy } as const;
    await app.store.registries.add({ accountId: defaultAccount, ...registry }, Date.now());
    await storeImage(app.store, anImage('hub.example/team/app:1'), { findings: [aFinding('/x')], local: false });
    const ImageInfo = { InstanceName: 'main', Namespace: 'team', ImageName: 'app', ImageTag: '1', Force: 'true' };
    const { DownloadUrl } = await connect(sdk)('DescribeAssetImageRegistryVirusListExport', { ImageInfo, ExportField: ['Path', 'FileType'] });
    assert.deepEqual(await download(DownloadUrl), [
      ['Path', 'File type'],
      ['/x', 'SCRIPT'],
    ]);
  });

  test(`${sdk.name} sets timed scans, and sees hosts, risks and one-click scans`, async (context) => {
    const { app, connect } = await openGround(context);
    const call = connect(sdk);
    const id = await storeImage(app.store, anImage('a:1'), { scan: aScan(), findings: [aFinding('/x', { severity: 'high' })], host: 'host-1' });
    const setting = { Enable: true, ScanTime: '01:30', ScanPeriod: 3, ScanVirus: true, ScanRisk: false, ScanVul: false, Images: [id] };
    await call('CreateAssetImageScanSetting', setting);
    const told = await call('DescribeAssetImageScanSetting', {});
    for (const [name, value] of Object.entries(setting)) assert.deepEqual(told[name], value, name);
    const hosts = await call('DescribeAssetImageHostList', { Filters: [{ Name: 'ImageID', Values: [id] }] });
    assert.deepEqual(
      [hosts['TotalCount'], hosts['List']].map((value): unknown => JSON.parse(JSON.stringify(value))),
      [1, [{ ImageID: id, HostID: 'host-1' }]],
    );
    const { MalwareVirusCnt } = await call('DescribeImageRiskSummary', {});
    const counts = (MalwareVirusCnt as readonly { readonly Level: string; readonly Cnt: number }[]).map(({ Level, Cnt }) => `${Level} ${Cnt}`);
    assert.deepEqual(counts, ['CRITICAL 0', 'HIGH 1', 'MEDIUM 0', 'LOW 0']);
    // The international client does not know IsOneClickScanningTask and leaves it out.
    const { TaskID } = await call('CreateAssetImageScanTask', { All: true, ScanVirus: true, IsOneClickScanningTask: true, Timeout: 60 });
    assert.equal((await call('DescribeAssetImageScanTask', {}))['TaskID'], TaskID);
  });
}

test('a link is good at every server over the same data, and no further than it goes', async (context) => {
  const { app, dataDir, server, connect } = await openGround(context);
  const [sdk] = sdks;
  assert.ok(sdk);
  const ImageID = await storeImage(app.store, anImage('a:1'), { findings: [aFinding('/x')] });
  const call = connect(sdk);
  const { JobId } = await call('CreateAssetImageVirusExportJob', { ImageID, ExportField: ['Path'] });
  const { DownloadURL } = await ended(call, JobId);
  const link = new URL(String(DownloadURL));
  assert.equal(link.host, server.endpoint);

  const second = await startServing(dataDir, ['--no-scanning', '--link-minutes', '1', '--export-hours', '2']);
  context.after(() => second.stop());
  const elsewhere = new URL(link);
  elsewhere.host = second.endpoint;
  assert.equal(await statusOf(elsewhere), 200);
  const shorter = new URL(String((await connect(sdk, second)('DescribeExportJobDownloadURL', { JobID: JobId }))['DownloadURL']));
  assert.ok(Number(shorter.searchParams.get('Expires')) <= Date.now() / 1000 + 60);

  const other = await createKey(app, (await createAccount(app, 'other', randomBytes)).id, { name: 'other', randomBytes });
  const stranger = connect(sdk, server, other);
  await assert.rejects(stranger('DescribeExportJobResult', { JobId }), { code: 'ResourceNotFound' });
  await assert.rejects(stranger('DescribeExportJobDownloadURL', { JobID: JobId }), { code: 'ResourceNotFound' });
  assert.equal((await stranger('DescribeExportJobManageList', {}))['TotalCount'], 0);
  await assert.rejects(stranger('CreateAssetImageVirusExportJob', { ImageID, ExportField: ['Path'] }), { code: 'ResourceNotFound' });

  const forged = new URL(link);
  forged.searchParams.set('Expires', String(Number(link.searchParams.get('Expires')) + 1));
  assert.equal(await statusOf(forged), 403);
  assert.equal(await statusOf(`${link.origin}/downloads/${String(JobId)}/a.xlsx`), 403);
  assert.equal(await statusOf(`${link.origin}/downloads/..%2flazaret.db${link.search}`), 404);
});

test('an export whose server is killed is written by the next one', { timeout: 120_000 }, async (context) => {
  const { app, dataDir, server, connect } = await openGround(context);
  const [sdk] = sdks;
  assert.ok(sdk);
  const findings = Array.from({ length: 30_000 }, (_, index) => aFinding(`/${index}`, { sha256: 'ab'.repeat(32) }));
  const ImageID = await storeImage(app.store, anImage('a:1'), { findings });
  const { JobId } = await connect(sdk)('DescribeAssetImageVirusListExport', { ImageID, ExportField: ['Path', 'Desc'] });
  const folder = exportFolder(dataDir);
  await until(() => existsSync(folder) && readdirSync(folder).length > 0, 'the file is begun');
  killTree(server.running.child.pid ?? 0);
  await server.running.ended;
  assert.equal((await app.store.exports.findLinked(String(JobId)))?.state, 'running');
  const next = await startServing(dataDir);
  context.after(() => next.stop());
  const call = connect(sdk, next);
  const { ExportStatus, DownloadURL } = await ended(call, JobId);
  assert.equal(ExportStatus, 'SUCCESS');
  assert.equal((await download(DownloadURL)).length, 30_001);
});
