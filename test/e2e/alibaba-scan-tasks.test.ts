import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { defaultAccount } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import { instanceId } from '#clouds/alibaba/ids.ts';
import { type AlibabaCall, alibabaSdks } from '../support/alibaba-sdks.ts';
import { appOver } from '../support/app-over.ts';
import { testFolder } from '../support/folder.ts';
import { buildImage, file } from '../support/images.ts';
import { registryHandler, serve } from '../support/registry.ts';
import { eicar } from '../support/samples.ts';
import { addRegistry } from '../support/scan-tasks.ts';
import { startServing } from '../support/serving.ts';
import { until } from '../support/until.ts';

const scan = { TaskName: 'IMAGE_SCAN', TaskType: 'IMAGE_SCAN' };

type Row = Readonly<Record<string, unknown>>;

/** A server with a worker, and a registry with a log-in that its account has registered, with one infected image. */
async function openGround(context: TestContext) {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  const image = buildImage({ layers: [{ entries: [file('srv/eicar.com', eicar())] }] });
  const held = registryHandler({ blobs: image.blobs, tags: {} });
  const logIn = `Basic ${Buffer.from('robot:password').toString('base64')}`;
  const { host } = await serve(context, (request, response) =>
    request.headers.authorization === logIn ? held(request, response) : void response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end(),
  );
  const id = await addRegistry(app.store, { address: host, username: 'robot', secret: app.vault.seal('password') });
  const server = await startServing(dataDir);
  context.after(async () => {
    await server.stop();
    await app.store.close();
  });
  return { place: { endpoint: server.endpoint, protocol: 'http', key } as const, image, registryId: id };
}

async function ended(call: AlibabaCall, TaskId: unknown): Promise<Row> {
  let task: Row = {};
  await until(async () => {
    task = await call('GetOnceTaskResultInfo', { ...scan, TaskId });
    return !['INIT', 'START'].includes(String((task['TaskInfo'] as Row)['Status']));
  }, 'the task ends');
  return task;
}

async function leaves(call: AlibabaCall, TaskId: unknown): Promise<readonly Row[]> {
  const page = await call('DescribeOnceTaskLeafRecordPage', { CurrentPage: 1, PageSize: 10, RelateInfo: true, TaskType: 'IMAGE_SCAN', TaskId });
  return page['OnceTasks'] as readonly Row[];
}

test('an image that only its digest names is registered and really scanned, and told of by every client', { timeout: 120_000 }, async (context) => {
  const { place, image, registryId } = await openGround(context);
  const digest = image.manifestDigest.slice(7);
  const [first, ...others] = alibabaSdks;
  assert.ok(first);
  const call = first.connect(place);
  const named = {
    registryType: 'acr',
    instanceId: instanceId(registryId),
    repoNamespace: 'shop',
    repoName: 'cart',
    regionId: 'cn-hangzhou',
    digest,
    tag: 'v1',
  };
  const missing = { ...named, digest: '0'.repeat(64), tag: 'v2' };
  const started = (await call('PublicSyncAndCreateImageScanTask', { Images: JSON.stringify([named, missing]) }))['Data'] as Row;
  assert.deepEqual([started['CanCreate'], started['TotalCount']], [true, 2]);
  const task = await ended(call, started['TaskId']);
  assert.deepEqual([task['FinishCount'], (task['TaskInfo'] as Row)['Status']], [2, 'SUCCESS']);
  const [good, bad] = await leaves(call, started['TaskId']);
  const info = good?.['TaskImageInfo'] as Row;
  assert.deepEqual([good?.['StatusText'], good?.['Target'], info['RepoName'], info['Tag'], info['Digest']], ['SUCCESS', digest, 'cart', 'v1', digest]);
  assert.equal(bad?.['StatusText'], 'FAIL');
  assert.match(String(bad['ResultInfo']), /manifest/);
  const affected = await call('DescribeAffectedMaliciousFileImages', { CurrentPage: 1, PageSize: '20' });
  const [row, ...more] = affected['AffectedMaliciousFileImagesResponse'] as readonly Row[];
  assert.deepEqual(
    [row?.['FilePath'], row?.['ImageUuid'], row?.['RepoRegionId'], more.length],
    ['/srv/eicar.com', image.configDigest.slice(7), 'cn-hangzhou', 0],
  );
  for (const sdk of others) {
    const other = sdk.connect(place);
    const counts = (await other('PublicPreCheckImageScanTask', { Digests: digest }))['Data'] as Row;
    assert.deepEqual({ ...counts }, { ScanImageCount: 1, NeedAuthCount: 0 }, sdk.name);
    const again = (await other('PublicCreateImageScanTask', { RegistryTypes: 'acr,harbor', Digests: digest }))['Data'] as Row;
    assert.equal((await ended(other, again['TaskId']))['FinishCount'], 1, sdk.name);
    const latest = (await other('DescribeImageLatestScanTask', { Digest: digest }))['Task'] as readonly Row[];
    assert.deepEqual([latest[0]?.['TaskId'], latest[0]?.['Status']], [again['TaskId'], 'SUCCESS'], sdk.name);
    const repositories = (await sdk.connect(place, '2018-12-01')('ListRepository', { InstanceId: named.instanceId }))['Repositories'] as readonly Row[];
    assert.deepEqual(
      repositories.map((repository) => [repository['RepoNamespaceName'], repository['RepoName']]),
      [['shop', 'cart']],
      sdk.name,
    );
  }
});

test('a task that is cancelled before its worker takes it scans nothing', { timeout: 120_000 }, async (context) => {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  await addRegistry(app.store, { address: '127.0.0.1:9' });
  const server = await startServing(dataDir, ['--no-scanning']);
  context.after(async () => {
    await server.stop();
    await app.store.close();
  });
  for (const [index, sdk] of alibabaSdks.entries()) {
    const call = sdk.connect({ endpoint: server.endpoint, protocol: 'http', key });
    const Images = JSON.stringify([{ RegistryType: 'acr', RepoNamespace: 'shop', RepoName: 'cart', Digest: String(index).repeat(64) }]);
    const { TaskId } = (await call('PublicSyncAndCreateImageScanTask', { Images }))['Data'] as Row;
    const unfinished = (await call('ListUnfinishedOnceTask', { TaskType: 'IMAGE_SCAN' }))['OnceTasks'] as readonly Row[];
    assert.deepEqual(
      unfinished.map((row) => [row['TaskId'], row['Status']]),
      [[TaskId, 0]],
      sdk.name,
    );
    await call('CancelOnceTask', { TaskId });
    const [row] = await leaves(call, TaskId);
    assert.deepEqual([row?.['StatusText'], row?.['ResultInfo']], ['FAIL', 'CANCELLED'], sdk.name);
  }
  await assert.rejects(
    alibabaSdks[0]?.connect({ endpoint: server.endpoint, protocol: 'http', key })('CancelOnceTask', { TaskId: 'none' }) ?? Promise.resolve(),
    {
      code: 'ResourceNotFound',
    },
  );
});
