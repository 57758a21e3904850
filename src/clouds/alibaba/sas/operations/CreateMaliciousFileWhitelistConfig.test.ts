import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { statusesOf } from '../../../../../test/support/image-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { createMaliciousFileWhitelistConfig } from './CreateMaliciousFileWhitelistConfig.ts';

test('a rule with all that is not given filled in allows the file everywhere', async (context) => {
  const call = await openCall(context);
  const finding = aFinding('/x');
  await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [finding] });
  await storeImage(call.store, anImage('b:1'), { scan: aScan(), findings: [finding, aFinding('/y')] });
  const now = String(call.app.clock());
  const { Data, ...envelope } = await askAlibabaWell(createMaliciousFileWhitelistConfig, call, {
    Field: 'fileMd5',
    FieldValue: finding.md5.toUpperCase(),
    Remark: 'ours',
  });
  assert.deepEqual(envelope, { Code: '200', Message: 'successful', Success: true, HttpStatusCode: 200 });
  assert.match(Data.Id, /^\d+$/);
  const rule = { EventName: 'ALL', Field: 'fileMd5', FieldValue: finding.md5.toUpperCase(), Operator: 'strEqual', Source: 'agentless' };
  const target = { TargetType: 'ALL', TargetValue: 'ALL', GmtCreate: now, GmtModified: now };
  assert.deepEqual(Data, { Id: Data.Id, ...rule, ...target });
  assert.deepEqual(await statusesOf(call), ['a:1 /x 3', 'b:1 /x 3', 'b:1 /y 0']);
});

test('a rule may be of a SHA-256, a path, and one name of malware', async (context) => {
  const call = await openCall(context);
  const [one, two, three] = [aFinding('/1'), aFinding('/2'), aFinding('/3', { name: 'Linux.Miner.X' })];
  await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [one, two, three] });
  const add = (raw: object): Promise<object | string> => askAlibaba(createMaliciousFileWhitelistConfig, call, { ...raw });
  await add({ Field: 'fileSha256', FieldValue: one.sha256, EventName: 'Linux.Miner.X' });
  assert.deepEqual(await statusesOf(call), ['a:1 /1 0', 'a:1 /2 0', 'a:1 /3 0']);
  await add({ Field: 'fileSha256', FieldValue: one.sha256 });
  await add({ Field: 'filePath', FieldValue: '/3', EventName: 'Linux.Miner.X' });
  assert.deepEqual(await statusesOf(call), ['a:1 /1 3', 'a:1 /2 0', 'a:1 /3 3']);
  const sound = { Field: 'fileMd5', FieldValue: one.md5 };
  assert.equal(await add({ FieldValue: one.md5 }), 'MissingField');
  assert.equal(await add({ Field: 'fileMd5' }), 'MissingFieldValue');
  assert.equal(await add({ ...sound, Field: 'toString' }), 'InvalidField');
  assert.equal(await add({ ...sound, FieldValue: 'x' }), 'InvalidFieldValue');
  assert.equal(await add({ ...sound, Operator: 'strContains' }), 'InvalidOperator');
  assert.equal(await add({ ...sound, Source: 'image' }), 'InvalidSource');
  assert.equal(await add({ ...sound, TargetType: 'SELECTION_KEY', TargetValue: 'k' }), 'InvalidTargetType');
  assert.equal(await add({ ...sound, TargetValue: 'k' }), 'InvalidTargetValue');
});
