import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry, scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { instanceId, repoId } from '../../ids.ts';
import { publicSyncAndCreateImageScanTask } from './PublicSyncAndCreateImageScanTask.ts';

const digest = 'b1'.repeat(32);

test('an image that is not known is registered under its digest, and scanned from its registry', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store, { insecure: true });
  const created = Date.UTC(2022, 0, 4, 3);
  const Images = JSON.stringify([
    {
      registryType: 'acr',
      instanceId: instanceId(id),
      repoNamespace: 'shop',
      regionId: 'cn-hangzhou',
      repoName: 'cart',
      digest,
      tag: 'v1',
      createTime: created,
    },
  ]);
  const { Data } = await askAlibabaWell(publicSyncAndCreateImageScanTask, call, { Images });
  assert.deepEqual([Data.CanCreate, Data.TotalCount, Data.Status], [true, 1, 'INIT']);
  const image = await call.store.images.find('default', `sha256:${digest}`);
  assert.deepEqual(
    [image?.image.reference, image?.image.created, image?.source, image?.local, image?.scan?.state],
    [
      'acr.example/shop/cart:v1',
      '2022-01-04T03:00:00.000Z',
      { target: `acr.example/shop/cart:v1@sha256:${digest}`, platform: 'linux/amd64', insecure: true },
      false,
      'queued',
    ],
  );
  const [place] = (await call.store.repositories.images({ accountId: 'default', registryIds: [id], offset: 0, limit: 9, by: 'name', order: 'asc' })).rows;
  assert.deepEqual([place?.tag, place?.digest, place?.repository.name], ['v1', `sha256:${digest}`, 'cart']);
});

test('keys are taken in either case, digests with and without their algorithm, and a repository by its id', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store);
  await storeImage(call.store, anImage('acr.example/shop/cart:1'));
  const [cart] = (await call.store.repositories.list({ accountId: 'default', registryIds: [id], offset: 0, limit: 1, by: 'name', order: 'asc' })).rows;
  const Images = [
    { RegistryType: 'acr', RepoNamespace: 'shop', RepoName: 'cart', Digest: `sha256:${digest.toUpperCase()}` },
    { repoId: repoId(cart?.id ?? 0), digest, tag: '2', updateTime: '1641267909090' },
  ];
  assert.equal((await askAlibabaWell(publicSyncAndCreateImageScanTask, call, { Images, SourceIp: '1.2.3.4' })).Data.TotalCount, 1);
  const { rows } = await call.store.repositories.images({
    accountId: 'default',
    repositoryIds: [cart?.id ?? 0],
    offset: 0,
    limit: 9,
    by: 'name',
    order: 'asc',
  });
  assert.deepEqual(rows.map(({ tag }) => tag).sort(), ['', '1', '2']);
});

test('a known image is scanned as it is, and by its tag where that is known', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const known = anImage('acr.example/shop/cart:1');
  await storeImage(call.store, known);
  const place = { RegistryType: 'acr', RepoNamespace: 'shop', RepoName: 'cart' };
  const sync = async (...images: readonly object[]): Promise<number> =>
    (await askAlibabaWell(publicSyncAndCreateImageScanTask, call, { Images: JSON.stringify(images) })).Data.TotalCount;
  assert.equal(await sync({ ...place, Tag: '1' }, { ...place, Digest: known.digest.slice(7) }), 1);
  assert.equal((await scanNext(call.store, call.app.clock())).imageId, known.id);
  assert.equal(await sync({ ...place, RepoName: 'copy', Tag: 'new', Digest: known.digest }), 1);
  assert.equal((await scanNext(call.store, call.app.clock())).imageId, known.id);
  const copies = await call.store.repositories.images({
    accountId: 'default',
    names: { values: ['copy'], exact: true },
    offset: 0,
    limit: 9,
    by: 'name',
    order: 'asc',
  });
  assert.deepEqual(
    copies.rows.map(({ tag, image }) => [tag, image.image.id]),
    [['new', known.id]],
  );
});

test('what cannot be is refused, and then nothing is registered', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  await addRegistry(call.store, { name: 'acr-2', address: 'two.example' });
  const good = { RegistryType: 'acr', RegionId: 'cn-hangzhou', InstanceId: instanceId(1), RepoNamespace: 'shop', RepoName: 'cart', Digest: digest };
  const sync = (image: unknown): Promise<unknown> => askAlibaba(publicSyncAndCreateImageScanTask, call, { Images: JSON.stringify([good, image]) });
  assert.equal(await askAlibaba(publicSyncAndCreateImageScanTask, call, {}), 'MissingImages');
  for (const Images of ['nonsense', '[]', '[1]', '["a"]', '[[]]', JSON.stringify(Array.from({ length: 101 }, () => good))])
    assert.equal(
      await askAlibaba(publicSyncAndCreateImageScanTask, call, { Images }),
      Images === '[]' ? 'MissingImages' : 'InvalidImages',
      Images.slice(0, 20),
    );
  assert.equal(await sync({ ...good, RegistryType: 'moon' }), 'InvalidRegistryType');
  assert.equal(await sync({ ...good, CreateTime: 'today' }), 'InvalidCreateTime');
  const broken: readonly [object, string][] = [
    [{ InstanceId: 'cri-nothing' }, 'not-found'],
    [{ InstanceId: undefined }, 'conflict'],
    [{ RegistryType: 'harbor' }, 'not-found'],
    [{ RegionId: 'cn-beijing' }, 'not-found'],
    [{ RepoId: 'crr-0000000000000009' }, 'not-found'],
    [{ RepoName: '../up' }, 'invalid-input'],
    [{ RepoName: undefined }, 'invalid-input'],
    [{ Digest: 'short' }, 'invalid-input'],
    [{ Tag: 'a b' }, 'invalid-input'],
    [{ Digest: undefined }, 'invalid-input'],
    [{ Digest: undefined, Tag: 'unknown' }, 'not-found'],
  ];
  for (const [over, code] of broken) await assert.rejects(sync({ ...good, ...over }), { code }, JSON.stringify(over));
  assert.equal((await call.store.images.list({ accountId: 'default', offset: 0, limit: 1, by: 'name', order: 'asc' })).total, 0);
  await assert.rejects(askAlibaba(publicSyncAndCreateImageScanTask, { ...call, accountId: 'other' }, { Images: JSON.stringify([good]) }), {
    code: 'not-found',
  });
});

test('with ten tasks unfinished nothing is registered', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  for (let index = 0; index < 10; index++) {
    const id = await storeImage(call.store, anImage(`team/a:${index}`));
    await call.store.tasks.create('default', [id], { timeoutSeconds: 60, at: call.app.clock() });
  }
  const Images = JSON.stringify([{ RegistryType: 'acr', RepoNamespace: 'shop', RepoName: 'cart', Digest: digest }]);
  assert.equal((await askAlibabaWell(publicSyncAndCreateImageScanTask, call, { Images })).Data.CanCreate, false);
  assert.equal(await call.store.images.find('default', `sha256:${digest}`), undefined);
});
