import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { someTime } from '../../../../../test/support/stored-images.ts';
import { describeImageInfoList } from './DescribeImageInfoList.ts';

test('images are told by their Uuids, numbers as numbers', async (context) => {
  const { call, images } = await openInventory(context);
  const Uuids = `${images.app.slice(7)}, ${images.cart},nonsense`;
  const { ImageInfos } = await askAlibabaWell(describeImageInfoList, call, { Uuids });
  const [cart, app] = ImageInfos;
  assert.deepEqual(
    ImageInfos.map(({ Uuid }) => Uuid),
    [images.cart.slice(7), images.app.slice(7)],
  );
  assert.deepEqual([cart?.RepoType, cart?.RegistryType, cart?.ImageUpdate, cart?.ImageSize], ['PRIVATE', 'acr', someTime + 3, 1000]);
  assert.deepEqual([app?.AlarmCount, app?.ImageCreate, app?.RepoNamespace], [2, Date.UTC(2024, 11, 31, 20), 'team']);
  assert.deepEqual((await askAlibabaWell(describeImageInfoList, { ...call, accountId: 'other' }, { Uuids })).ImageInfos, []);
  assert.equal(await askAlibaba(describeImageInfoList, call, {}), 'MissingUuids');
  assert.equal(await askAlibaba(describeImageInfoList, call, { Uuids: new Array(101).fill('a').join(',') }), 'InvalidUuids');
});
