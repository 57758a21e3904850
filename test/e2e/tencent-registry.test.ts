import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccount } from '#app/accounts.ts';
import type { AccessKey, App } from '#app/app.ts';
import { defaultAccount } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import { appOver } from '../support/app-over.ts';
import { testFolder } from '../support/folder.ts';
import { buildImage, file, type TestImage } from '../support/images.ts';
import { registryHandler, serve } from '../support/registry.ts';
import { eicar } from '../support/samples.ts';
import { startServing } from '../support/serving.ts';
import { anImage, storeImage } from '../support/stored-images.ts';
import { addRegistry } from '../support/stored-registries.ts';
import type { Sdk, SdkClient } from '../support/tencent-sdks.ts';
import { sdkProfiles, sdks } from '../support/tencent-sdks.ts';
import { readXlsx, valuesOf } from '../support/xlsx.ts';

interface Ground {
  readonly app: App;
  readonly host: string;
  /** Open while blobs of the repository `slow` are sent. */
  readonly gate: { open: boolean };
  readonly connect: (sdk: Sdk, key?: AccessKey) => SdkClient;
}

const bad = buildImage({ layers: [{ entries: [file('srv/eicar.com', eicar())] }] });
const good = buildImage({ layers: [{ entries: [file('srv/readme', 'nothing to see')] }] });
const slow = buildImage({ layers: [{ entries: [file('srv/slow', 'in its own time')] }] });

/** A server that scans, and a registry with an infected image, a clean one, and one that does not come. */
async function openGround(context: TestContext): Promise<Ground> {
  const gate = { open: false };
  const handlers = Object.entries({ bad, good, slow }).map(
    ([tag, image]) => [tag, registryHandler({ blobs: image.blobs, tags: { [tag]: image.manifestDigest } })] as const,
  );
  const { host } = await serve(context, (request, response) => {
    const [, repository, kind] = /^\/v2\/team\/(\w+)\/(\w+)\//.exec(request.url ?? '') ?? [];
    // A request that nobody answers: the scan waits for it until somebody stops it.
    if (repository === 'slow' && kind === 'blobs' && !gate.open) return;
    const handler = handlers.find(([name]) => name === repository)?.[1];
    return handler === undefined ? void response.end('{}') : handler(request, response);
  });
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  await addRegistry(app.store, { address: host, region: 'here' });
  for (const [name, image] of Object.entries({ bad, good, slow })) await storeFound(app, `${host}/team/${name}:${name}`, image);
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  const server = await startServing(dataDir);
  context.after(async () => {
    await server.stop();
    await app.store.close();
  });
  const [profile] = sdkProfiles;
  assert.ok(profile);
  return { app, host, gate, connect: (sdk, by = key) => sdk.connect({ endpoint: server.endpoint, key: by, profile }) };
}

// As a sync of a registry finds it.
async function storeFound({ store, clock }: App, reference: string, built: TestImage): Promise<void> {
  const image = anImage(reference, { id: built.configDigest, digest: built.manifestDigest });
  const source = { target: reference, platform: 'linux/amd64', insecure: false };
  await store.images.save({ accountId: defaultAccount, image, source, osName: '', local: false }, clock());
}

type Row = Readonly<Record<string, unknown>>;

async function rowsOf(call: SdkClient, raw: object = {}): Promise<readonly Row[]> {
  return (await call('DescribeAssetImageRegistryList', raw))['List'] as readonly Row[];
}

async function idOf(call: SdkClient, name: string): Promise<number> {
  const [row, ...more] = await rowsOf(call, { Filters: [{ Name: 'ImageName', Values: [name], ExactMatch: true }] });
  assert.ok(row !== undefined && more.length === 0);
  return Number(row['Id']);
}

const patienceMs = 60_000;

/** Asks how far scans are until they are so far. */
async function until(call: SdkClient, asked: object, status: string): Promise<Row> {
  const giveUp = Date.now() + patienceMs;
  for (;;) {
    const answer = await call('DescribeAssetImageRegistryScanStatusOneKey', asked);
    if (answer['Status'] === status) return answer;
    assert.ok(Date.now() < giveUp, `still ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

for (const sdk of sdks) {
  test(`${sdk.name} scans images of a registry by task, and sees what was found`, async (context) => {
    const { app, host, connect } = await openGround(context);
    const call = connect(sdk);
    const [badId, goodId] = [await idOf(call, 'bad'), await idOf(call, 'good')];
    const { TaskID } = await call('CreateAssetImageRegistryScanTask', { Id: [badId, goodId], ScanType: ['VIRUS', 'CVE'], Timeout: 600 });
    assert.equal(typeof TaskID, 'number');
    // The international client knows no tasks here, and asks about images.
    const status = await until(call, { Id: [badId, goodId], All: false }, 'SCANNED');
    assert.deepEqual([status['ImageTotal'], status['ImageScanCnt'], status['SuccessCount'], status['RiskCount'], status['Schedule']], [2, 2, 2, 1, 100]);
    const progress = status['ImageStatus'] as readonly Row[];
    assert.deepEqual(
      progress.map((image) => [image['ImageName'], image['ScanStatus'], image['VirusProgress'], image['ImageRepoAddress']]),
      [
        ['bad', 'SCANNED', 100, `${host}/team/bad`],
        ['good', 'SCANNED', 100, `${host}/team/good`],
      ],
    );

    const viruses = await call('DescribeAssetImageRegistryVirusList', { Id: badId, Filters: [{ Name: 'Name', Values: ['eicar'] }], Limit: 5, Offset: 0 });
    const [virus] = viruses['List'] as readonly Row[];
    assert.deepEqual([viruses['TotalCount'], virus?.['Path'], virus?.['FileName'], virus?.['FileSize']], [1, '/srv/eicar.com', 'eicar.com', 68]);
    const ImageInfo = { InstanceName: 'main', Namespace: 'team', ImageName: 'good', ImageTag: 'good', Force: 'true', RegistryType: 'harbor' };
    assert.equal((await call('DescribeAssetImageRegistryVirusList', { ImageInfo }))['TotalCount'], 0);
    const detail = await call('DescribeAssetImageRegistryDetail', { Id: badId, ImageId: bad.configDigest });
    assert.deepEqual([detail['VirusCnt'], detail['VirusStatus'], detail['ImageTag'], detail['RegistryRegion']], [1, 'SCANNED', 'bad', 'here']);
    const infected = await rowsOf(call, { Filters: [{ Name: 'SecurityRisk', Values: ['VirusCnt'] }], OnlyShowLatest: true, By: 'VirusCnt', Order: 'asc' });
    assert.deepEqual(
      infected.map((row) => row['Id']),
      [badId],
    );
    // They stay images of a registry alone.
    assert.equal((await call('DescribeAssetImageList', {}))['TotalCount'], 0);
    await assert.rejects(call('DescribeAssetImageVirusList', { ImageID: bad.configDigest }), { code: 'ResourceNotFound' });

    const { DownloadUrl } = await call('DescribeAssetImageRegistryListExport', { ExportField: ['ImageName', 'VirusCnt'], By: 'VirusCnt', Limit: 1 });
    const response = await fetch(String(DownloadUrl));
    assert.deepEqual(valuesOf(readXlsx(Buffer.from(await response.arrayBuffer()))[0]), [
      ['Repository', 'Malicious files'],
      ['bad', 1],
    ]);

    const other = await createKey(app, (await createAccount(app, 'other', randomBytes)).id, { name: 'other', randomBytes });
    const stranger = connect(sdk, other);
    assert.deepEqual(await rowsOf(stranger), []);
    await assert.rejects(stranger('DescribeAssetImageRegistryDetail', { Id: badId }), { code: 'ResourceNotFound' });
    await assert.rejects(stranger('CreateAssetImageRegistryScanTask', { Id: [badId] }), { code: 'ResourceNotFound' });
  });

  test(`${sdk.name} scans everything with one click, and stops what does not end`, async (context) => {
    const { connect, gate } = await openGround(context);
    const call = connect(sdk);
    const slowId = await idOf(call, 'slow');
    const place = { InstanceName: 'main', Namespace: 'team', ImageName: 'slow', ImageTag: 'slow', Force: '' };
    await call('CreateAssetImageRegistryScanTaskOneKey', { All: true, ScanType: ['VIRUS'] });
    await assert.rejects(call('CreateAssetImageRegistryScanTaskOneKey', { Id: [slowId] }), { code: 'FailedOperation.ErrAlreadyScanning' });
    const running = await call('DescribeAssetImageRegistryScanStatusOneKey', { Images: [place] });
    assert.equal(running['Status'], 'SCANNING');
    await until(call, { Id: [await idOf(call, 'bad'), await idOf(call, 'good')] }, 'SCANNED');
    await call('ModifyAssetImageRegistryScanStopOneKey', { Images: [place] });
    assert.equal((await until(call, { Id: [slowId] }, 'CANCELED'))['ImageScanCnt'], 1);
    const whole = await until(call, { All: true }, 'CANCELED');
    assert.deepEqual([whole['ImageTotal'], whole['ImageScanCnt'], whole['SuccessCount'], whole['Schedule']], [3, 3, 2, 100]);

    await call('CreateAssetImageRegistryScanTask', { Filters: [{ Name: 'ImageTag', Values: ['slow'] }], OnlyScanLatest: true });
    await call('ModifyAssetImageRegistryScanStop', { All: true });
    await until(call, { Id: [slowId] }, 'CANCELED');
    // Stopping what has ended succeeds.
    await call('ModifyAssetImageRegistryScanStop', { Id: [slowId] });

    // The international client cannot say how long a task may take.
    if (!sdk.name.endsWith('-intl-en')) {
      await call('CreateAssetImageRegistryScanTask', { Id: [slowId], Timeout: 1 });
      await until(call, { Id: [slowId] }, 'SCAN_TIMEOUT');
      const late = await call('DescribeAssetImageRegistryDetail', { Id: slowId });
      assert.match(String(late['Solution']), /more time/);
    }
    gate.open = true;
    await call('CreateAssetImageRegistryScanTask', { Id: [slowId] });
    await until(call, { Id: [slowId] }, 'SCANNED');
  });

  test(`${sdk.name} sets a timed scan, which the server does when it is due`, async (context) => {
    const { app, connect } = await openGround(context);
    const call = connect(sdk);
    const [badId, goodId] = [await idOf(call, 'bad'), await idOf(call, 'good')];
    const timed = {
      Enable: true,
      ScanTime: '01:30',
      ScanPeriod: 2,
      ScanType: ['VIRUS'],
      Id: [badId, goodId],
      Latest: false,
      ContainerRunning: false,
      ScanEndTime: '01:00',
      ScanScope: 1,
      RegistryType: ['harbor', 'tcr'],
      Namespace: ['team'],
    };
    await call('UpdateImageRegistryTimingScanTask', { ...timed, ExcludeImageAssetIds: [goodId] });
    const told = await call('DescribeImageRegistryTimingScanTask', {});
    for (const [name, value] of Object.entries(timed)) assert.deepEqual(told[name], value, name);
    await assert.rejects(call('UpdateImageRegistryTimingScanTask', { ...timed, ScanTime: '25:00' }), { code: 'InvalidParameter.InvalidFormat' });
    await assert.rejects(call('UpdateImageRegistryTimingScanTask', { ...timed, Id: [99] }), { code: 'ResourceNotFound' });

    // Its time comes sooner than was asked for.
    const { scanSettings } = app.store;
    const stored = await scanSettings.find(defaultAccount, 'registry');
    assert.ok(stored);
    await scanSettings.save({ ...stored, nextAt: Date.now() - 1000 });
    await until(call, { Id: [badId] }, 'SCANNED');
    assert.equal((await call('DescribeAssetImageRegistryVirusList', { Id: badId }))['TotalCount'], 1);
    // The international client can exclude nothing.
    const rest = sdk.name.endsWith('-intl-en') ? 'SCANNED' : 'NOT_SCAN';
    await until(call, { Id: [goodId] }, rest);
    // That client knows no outcome either; the store has it.
    const after = await scanSettings.find(defaultAccount, 'registry');
    assert.equal(after?.lastResult, 'started');
    assert.ok((after.nextAt ?? 0) > Date.now() + 47 * 3600_000);
    if (!sdk.name.endsWith('-intl-en')) assert.equal((await call('DescribeImageRegistryTimingScanTask', {}))['ScanResult'], 'Success');
    await call('UpdateImageRegistryTimingScanTask', { Enable: false, ScanTime: '01:30', ScanPeriod: 2 });
    assert.equal((await call('DescribeImageRegistryTimingScanTask', {}))['Enable'], false);
  });

  test(`${sdk.name} is told the documented code of what is wrong with images of registries`, async (context) => {
    const { app, connect } = await openGround(context);
    const call = connect(sdk);
    const fails = (action: string, input: object, code: string): Promise<void> =>
      assert.rejects(call(action, input), { code }, `${action} ${JSON.stringify(input)}`);
    const [Id] = [await idOf(call, 'bad')];
    const local = await storeImage(app.store, anImage('local:1'));
    await fails('DescribeAssetImageRegistryList', { Filters: [{ Name: 'X', Values: ['x'] }] }, 'InvalidParameter.InvalidFormat');
    await fails('DescribeAssetImageRegistryList', { By: 'X' }, 'InvalidParameterValue');
    await fails('DescribeAssetImageRegistryList', { Limit: 101 }, 'InvalidParameterValue');
    await fails('DescribeAssetImageRegistryDetail', {}, 'InvalidParameter');
    await fails('DescribeAssetImageRegistryDetail', { ImageId: local }, 'ResourceNotFound');
    await fails('DescribeAssetImageRegistryVirusList', { Id: 99 }, 'ResourceNotFound');
    await fails('DescribeAssetImageRegistryVirusList', { Id, Filters: [{ Name: 'Level', Values: ['9'] }] }, 'InvalidParameter.InvalidFormat');
    await fails('CreateAssetImageRegistryScanTask', {}, 'InvalidParameter');
    await fails('CreateAssetImageRegistryScanTask', { Id: [Id], ScanType: ['CVE'] }, 'UnsupportedOperation');
    await fails('CreateAssetImageRegistryScanTaskOneKey', { Id: [99] }, 'ResourceNotFound');
    await fails('DescribeAssetImageRegistryScanStatusOneKey', { Id: [99] }, 'ResourceNotFound');
    await fails('DescribeAssetImageRegistryScanStatusOneKey', {}, 'ResourceNotFound');
    await fails('ModifyAssetImageRegistryScanStop', {}, 'InvalidParameter');
    await fails('ModifyAssetImageRegistryScanStopOneKey', { Id: [99] }, 'ResourceNotFound');
    await fails('UpdateImageRegistryTimingScanTask', { Enable: true, ScanTime: '01:30' }, 'MissingParameter');
    await fails('DescribeAssetImageRegistryListExport', { ExportField: ['X'] }, 'InvalidParameterValue');
  });
}
