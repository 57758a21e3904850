import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { repoId } from '../../ids.ts';
import { describeAffectedMaliciousFileImages } from './DescribeAffectedMaliciousFileImages.ts';

const first = { CurrentPage: 1, PageSize: '20' };

test('each place of a sample is a row with its image, tag and layer', async (context) => {
  const call = await openCall(context);
  const finding = aFinding('/root/shell.php');
  const image = anImage('team/app:1.2');
  await storeImage(call.store, image, { scan: aScan(), findings: [finding] });
  const answer = await askAlibabaWell(describeAffectedMaliciousFileImages, call, first);
  assert.deepEqual(answer.PageInfo, { CurrentPage: 1, PageSize: 20, TotalCount: 1, Count: 1 });
  const [row] = answer.AffectedMaliciousFileImagesResponse;
  const stored = await call.store.images.find('default', image.id);
  assert.ok(row !== undefined && row.Id > 0);
  assert.deepEqual(
    [row.ImageUuid, row.Digest, row.Layer, row.Image, row.Tag, row.RepoName, row.Namespace, row.RepoId, row.RepoInstanceId],
    [image.id.slice(7), image.digest.slice(7), finding.layer.slice(7), 'team/app:1.2', '1.2', 'app', 'team', repoId(stored?.repository.id ?? 0), ''],
  );
  assert.deepEqual(
    [row.FilePath, row.MaliciousMd5, row.Level, row.Status, row.FirstScanTimestamp, row.LatestScanTimestamp, row.LatestVerifyTimestamp],
    ['/root/shell.php', finding.md5, 'serious', 0, someTime, someTime, someTime],
  );
});

test('rows are chosen by status, level, sample, whole image name and place', async (context) => {
  const call = await openCall(context);
  const [kept, gone] = [aFinding('/kept', { severity: 'medium' }), aFinding('/gone')];
  const ImageID = await storeImage(call.store, anImage('team/app:1'), { scan: aScan(), findings: [kept, gone] });
  await call.store.images.setFindings('default', ImageID, { findings: [kept], at: someTime + 1, partial: false });
  const paths = async (raw: object): Promise<readonly string[] | string> => {
    const answer = await askAlibaba(describeAffectedMaliciousFileImages, call, { ...first, ...raw });
    return typeof answer === 'string' ? answer : answer.AffectedMaliciousFileImagesResponse.map((row) => row.FilePath).sort();
  };
  assert.deepEqual(await paths({}), ['/gone', '/kept']);
  assert.deepEqual(await paths({ Status: '0' }), ['/kept']);
  assert.deepEqual(await paths({ Status: '1' }), ['/gone']);
  assert.deepEqual(await paths({ Status: '2' }), []);
  assert.deepEqual(await paths({ Status: '3' }), []);
  assert.equal(await paths({ Status: '4' }), 'InvalidStatus');
  assert.deepEqual(await paths({ Levels: 'suspicious' }), ['/kept']);
  assert.deepEqual(await paths({ MaliciousMd5: gone.md5 }), ['/gone']);
  assert.deepEqual(await paths({ Image: 'team/app:1' }), ['/gone', '/kept']);
  assert.deepEqual(await paths({ Image: 'team/app' }), []);
  assert.deepEqual(await paths({ RepoName: 'pp', ScanRange: ['image'] }), ['/gone', '/kept']);
  for (const name of ['ContainerId', 'Pod', 'Namespace', 'ClusterName', 'ClusterId']) assert.deepEqual(await paths({ [name]: 'x' }), []);
});

test('what was fixed keeps its first time, and tells when that was verified', async (context) => {
  const call = await openCall(context);
  const ImageID = await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [aFinding('/x')] });
  await call.store.images.setFindings('default', ImageID, { findings: [], at: someTime + 5000, partial: false });
  const { AffectedMaliciousFileImagesResponse: rows } = await askAlibabaWell(describeAffectedMaliciousFileImages, call, first);
  assert.deepEqual(
    rows.map((row) => [row.Status, row.FirstScanTimestamp, row.LatestScanTimestamp, row.LatestVerifyTimestamp]),
    [[1, someTime, someTime, someTime + 5000]],
  );
});
