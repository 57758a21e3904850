import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba } from '../../../../../test/support/alibaba-call.ts';
import { addRule, ruleByMd5 } from '../../../../../test/support/image-rules.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { instanceId, repoId } from '../../ids.ts';
import { describeImageSecurityScanCount } from './DescribeImageSecurityScanCount.ts';

test('malicious files are counted by what became of them and where they are', async (context) => {
  const { call, acr, images } = await openInventory(context);
  await addRule(call, ruleByMd5(aFinding('/a').md5));
  const cart = await call.store.images.find('default', images.cart);
  const count = async (raw: object, accountId = 'default'): Promise<number | string> => {
    const answer = await askAlibaba(describeImageSecurityScanCount, { ...call, accountId }, { ...raw });
    return typeof answer === 'string' ? answer : answer.Data.ImageMaliciousFileCount;
  };
  const cases: readonly (readonly [object, number | string])[] = [
    [{}, 3],
    [{ Dealed: 'A' }, 3],
    [{ Dealed: 'N' }, 2],
    [{ Dealed: 'Y' }, 1],
    [{ Dealed: 'Y', ImageUuid: images.app.slice(7) }, 1],
    [{ Dealed: 'N', ImageUuid: images.app.slice(7) }, 1],
    [{ Dealed: 'Y', ImageUuid: images.cart.slice(7) }, 0],
    [{ Uuids: [images.app.slice(7), images.cart.slice(7)] }, 3],
    [{ Uuids: [images.cart.slice(7)], ImageUuid: images.app.slice(7) }, 0],
    [{ ImageDigest: anImage('team/app:1').digest.slice(7) }, 2],
    [{ ImageTag: '7' }, 1],
    [{ RepoId: repoId(cart?.repository.id ?? 0) }, 1],
    [{ RepoInstanceId: instanceId(acr) }, 1],
    [{ RepoRegionId: 'cn-hangzhou' }, 1],
    [{ RepoRegionId: 'cn-beijing' }, 0],
    [{ ClusterId: 'c' }, 0],
    [{ ScanRange: ['image'] }, 3],
    [{ ScanRange: ['container'] }, 0],
    [{ ScanRange: ['moon'] }, 'InvalidScanRange'],
    [{ Dealed: 'toString' }, 'InvalidDealed'],
  ];
  for (const [raw, wanted] of cases) assert.equal(await count(raw), wanted, JSON.stringify(raw));
  assert.equal(await count({}, 'other'), 0);
  const next = { ...anImage('next'), reference: 'team/app:1' };
  await storeImage(call.store, next, { scan: aScan(), findings: [] });
  await call.store.images.setFindings('default', next.id, { findings: [], at: someTime + 9, partial: false });
  assert.deepEqual([await count({ Dealed: 'N' }), await count({ Dealed: 'Y' })], [1, 2], 'what a newer image of the tag is without is fixed');
});
