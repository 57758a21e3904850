import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { addRegistry, storeRepositoryImage } from '../../../../../test/support/stored-registries.ts';
import { describeAssetImageRegistryDetail } from './DescribeAssetImageRegistryDetail.ts';

test('an image is told with all that is known of it, and with its layers', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  const registry = await addRegistry(store, { kind: 'tcr', region: 'ap-nanjing' });
  const image = anImage('hub.example/team/app:1');
  const Id = await storeRepositoryImage(store, image.reference, { scan: aScan({ state: 'failed', error: 'refused' }), findings: [aFinding('/x')] });
  const [low, top] = image.layers;
  const { Solution, ...detail } = await askWell(describeAssetImageRegistryDetail, { ...call, zoneMinutes: 480 }, { Id });
  assert.match(Solution, /still where it was/);
  assert.deepEqual(detail, {
    Id,
    ImageId: image.id,
    ImageDigest: image.digest,
    RegistryType: 'tcr',
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
    ScanStatus: 'SCAN_ERR',
    VirusStatus: 'SCAN_ERR',
    CveStatus: 'NOT_SCAN',
    RiskStatus: 'NOT_SCAN',
    Progress: 100,
    ScanVirusProgress: 100,
    ScanVulProgress: 0,
    ScanRiskProgress: 0,
    ScanRemainTime: 0,
    ScanVirusError: 'refused',
    ScanVulError: '',
    ScanRiskError: '',
    VirusCnt: 1,
    VulCnt: 0,
    RiskCnt: 0,
    SentiveInfoCnt: 0,
    SensitiveInfoCnt: 0,
    IsAuthorized: 1,
    Reason: 'refused',
    LayerInfo: `#${low?.digest}\n\nCOPY app /app\n\n#${top?.digest}\n\nRUN make\n\n`,
  });
});

test('an image is found by its own id too, where it was seen last', async (context) => {
  const call = await openCall(context);
  const { store } = call;
  await addRegistry(store);
  const image = anImage('hub.example/app:1');
  const first = await storeRepositoryImage(store, image.reference);
  const { id: ImageId } = image;
  await storeImage(store, { ...image, reference: 'hub.example/app:2' }, { local: false, at: someTime + 1 });
  const tag = async (raw: Readonly<Record<string, unknown>>) => (await askWell(describeAssetImageRegistryDetail, call, raw)).ImageTag;
  assert.equal(await tag({ ImageId }), '2');
  assert.equal(await tag({ ImageId, Id: first }), '1');
  assert.equal(await tag({ Id: first }), '1');
});

test('what a tag named before is told by its id', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const Id = await storeRepositoryImage(call.store, 'hub.example/app:1', { image: { id: 'sha256:old' } });
  await storeRepositoryImage(call.store, 'hub.example/app:1');
  assert.equal((await askWell(describeAssetImageRegistryDetail, call, { Id })).ImageId, 'sha256:old');
  await assert.rejects(ask(describeAssetImageRegistryDetail, call, { ImageId: 'sha256:old' }), { code: 'not-found' });
});

test('what is no image of a registry is not found, and one must be named', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const Id = await storeRepositoryImage(call.store, 'hub.example/app:1');
  const ImageId = await storeImage(call.store, anImage('local:1'));
  for (const raw of [{ Id: 99 }, { ImageId }, { Id, ImageId }, { ImageId: 'x' }]) {
    await assert.rejects(ask(describeAssetImageRegistryDetail, call, raw), { code: 'not-found' }, JSON.stringify(raw));
  }
  await assert.rejects(ask(describeAssetImageRegistryDetail, { ...call, accountId: 'other' }, { Id }), { code: 'not-found' });
  assert.equal(await ask(describeAssetImageRegistryDetail, call, {}), 'InvalidParameter');
  assert.equal(await ask(describeAssetImageRegistryDetail, call, { Id: -1 }), 'InvalidParameterValue');
});
