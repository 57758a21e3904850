import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { instanceId, repoId } from '../../ids.ts';
import { describeImage } from './DescribeImage.ts';

test('a tag tells the digest of the image that it names now', async (context) => {
  const { call, acr, images } = await openInventory(context);
  const stored = await call.store.images.find('default', images.cart);
  const named = { ImageInstanceId: instanceId(acr), ImageRegionId: 'cn-hangzhou', ImageRepoId: repoId(stored?.repository.id ?? 0), ImageTag: '7' };
  const digest = async (): Promise<string> => (await askAlibabaWell(describeImage, call, named)).Data.Digest;
  assert.equal(await digest(), anImage('acr.example/shop/cart:7').digest.slice(7));
  const next = { ...anImage('next'), reference: 'acr.example/shop/cart:7' };
  await storeImage(call.store, next);
  assert.equal(await digest(), next.digest.slice(7));
  const isMissing = (error: unknown): boolean => error instanceof LazaretError && error.code === 'not-found';
  for (const wrong of [{ ImageTag: '8' }, { ImageRegionId: 'cn-beijing' }, { ImageInstanceId: 'cri-x' }, { ImageRepoId: 'crr-x' }])
    await assert.rejects(askAlibaba(describeImage, call, { ...named, ...wrong }), isMissing);
  await assert.rejects(askAlibaba(describeImage, { ...call, accountId: 'other' }, named), isMissing);
  for (const name of Object.keys(named)) assert.equal(await askAlibaba(describeImage, call, { ...named, [name]: '' }), `Missing${name}`);
});
