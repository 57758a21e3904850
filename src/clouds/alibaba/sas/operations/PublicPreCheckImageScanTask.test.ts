import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry } from '../../../../../test/support/scan-tasks.ts';
import { anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { instanceId, repoId } from '../../ids.ts';
import { publicPreCheckImageScanTask } from './PublicPreCheckImageScanTask.ts';

test('images that a scan would look at are counted, and those that none has looked at', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store);
  await addRegistry(call.store, { name: 'harbor-1', kind: 'harbor', address: 'harbor.example', region: '' });
  await storeImage(call.store, anImage('acr.example/shop/cart:1'), { scan: aScan() });
  await storeImage(call.store, anImage('acr.example/shop/cart:2'));
  await storeImage(call.store, anImage('harbor.example/shop/till:1'));
  await storeImage(call.store, anImage('acr.example/shop/busy:1'), { scan: aScan({ state: 'running' }) });
  await storeImage(call.store, anImage('acr.example/shop/cart:3'), { accountId: 'other' });
  const counts = async (raw: object): Promise<unknown> => {
    const answer = await askAlibaba(publicPreCheckImageScanTask, call, { ...raw });
    return typeof answer === 'string' ? answer : [answer.Data.ScanImageCount, answer.Data.NeedAuthCount];
  };
  const [cart] = (
    await call.store.repositories.list({ accountId: 'default', names: { values: ['cart'], exact: true }, offset: 0, limit: 1, by: 'name', order: 'asc' })
  ).rows;
  assert.deepEqual(await counts({}), [3, 2]);
  assert.deepEqual(await counts({ RegistryTypes: 'acr' }), [2, 1]);
  assert.deepEqual(await counts({ RegistryTypes: 'acr, HARBOR' }), [3, 2]);
  assert.deepEqual(await counts({ RegistryTypes: 'moon' }), 'InvalidRegistryTypes');
  assert.deepEqual(await counts({ RegionIds: 'cn-hangzhou,cn-beijing' }), [2, 1]);
  assert.deepEqual(await counts({ InstanceIds: instanceId(id) }), [2, 1]);
  assert.deepEqual(await counts({ InstanceIds: 'cri-nonsense' }), [0, 0]);
  assert.deepEqual(await counts({ RepoIds: repoId(cart?.id ?? 0) }), [2, 1]);
  assert.deepEqual(await counts({ RepoNames: 'till,cart' }), [3, 2]);
  assert.deepEqual(await counts({ RepoNames: 'car' }), [0, 0]);
  assert.deepEqual(await counts({ RepoNamespaces: 'shop' }), [3, 2]);
  assert.deepEqual(await counts({ RepoNames: 'cart', Tags: '2,9' }), [1, 1]);
  const digest = anImage('acr.example/shop/cart:2').digest;
  assert.deepEqual(await counts({ Digests: `${digest.slice(7).toUpperCase()},${anImage('harbor.example/shop/till:1').digest}` }), [2, 2]);
  assert.deepEqual(await counts({ Digests: ['a', digest], SourceIp: '1.2.3.4' }), [1, 1]);
  assert.deepEqual(await counts({ Digests: Array.from({ length: 201 }, String).join(',') }), 'InvalidDigests');
});

test('the answer has two counts', async (context) => {
  const call = await openCall(context);
  assert.deepEqual(await askAlibabaWell(publicPreCheckImageScanTask, call, {}), { Data: { ScanImageCount: 0, NeedAuthCount: 0 } });
});
