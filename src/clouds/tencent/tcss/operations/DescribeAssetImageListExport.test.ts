import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { writeNextExport } from '../../../../../test/support/exported.ts';
import { anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageListExport } from './DescribeAssetImageListExport.ts';

test('a part of the list of images is exported, and the link is told', async (context) => {
  const call = await openCall(context);
  for (const name of ['a:1', 'b:1', 'c:1']) await storeImage(call.store, anImage(name));
  const { DownloadUrl } = await askWell(describeAssetImageListExport, call, { ExportField: ['ImageName'], By: 'ImageName', Order: 'asc', Limit: 2, Offset: 1 });
  const { job, cells } = await writeNextExport(call);
  assert.match(DownloadUrl, new RegExp(`/downloads/${job.id}/`));
  assert.deepEqual(cells, [['Image'], ['b:1'], ['c:1']]);
  assert.equal(await ask(describeAssetImageListExport, call, { ExportField: ['Rank'] }), 'InvalidParameterValue');
});
