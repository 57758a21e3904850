import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCall } from '../../test/support/cloud-call.ts';
import { anImage, storeImage } from '../../test/support/stored-images.ts';
import { chooseImages } from './choose-images.ts';

test('a filter chooses beyond one page of the store, each image once', async (context) => {
  const { app, store } = await openCall(context);
  const ids = new Set<string>();
  await store.transaction(async () => {
    for (let index = 0; index < 501; index++) ids.add(await storeImage(store, anImage(`app:${index}`)));
  });
  const chosen = await chooseImages(app, 'default', { filter: {}, except: [anImage('app:7').id] });
  assert.equal(chosen.length, 500);
  assert.equal(new Set(chosen).size, 500);
  assert.ok(!chosen.includes(anImage('app:7').id));
  assert.deepEqual(await chooseImages(app, 'default', { filter: { none: true }, except: [] }), []);
});
