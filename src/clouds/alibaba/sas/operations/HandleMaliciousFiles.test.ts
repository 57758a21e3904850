import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall, type TestCall } from '../../../../../test/support/cloud-call.ts';
import { addRule, ruleByMd5, statusesOf } from '../../../../../test/support/image-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { handleMaliciousFiles } from './HandleMaliciousFiles.ts';

async function findingIds(call: TestCall, path: string): Promise<readonly number[]> {
  const { rows } = await call.store.samples.affected({ accountId: call.accountId, offset: 0, limit: 100, by: 'firstSeen', order: 'asc' });
  return rows.filter(({ finding }) => finding.path === path).map(({ finding }) => finding.id);
}

test('single files go on the white list and off it, and stay on it when their image is scanned again', async (context) => {
  const call = await openCall(context);
  const [x, y] = [aFinding('/x'), aFinding('/y')];
  const image = anImage('a:1');
  await storeImage(call.store, image, { scan: aScan(), findings: [x, y] });
  await storeImage(call.store, anImage('b:1'), { scan: aScan(), findings: [x] });
  const [first = 0, second = 0] = await findingIds(call, '/x');
  const done = { Code: '200', Message: 'successful', Success: true, HttpStatusCode: 200 };
  assert.deepEqual(await askAlibabaWell(handleMaliciousFiles, call, { FileIdList: [first, first], Operation: 'addWhitelist' }), done);
  await askAlibabaWell(handleMaliciousFiles, call, { FileIdList: [first], Operation: 'addWhitelist' });
  assert.deepEqual(await statusesOf(call), ['a:1 /x 3', 'a:1 /y 0', 'b:1 /x 0']);
  await storeImage(call.store, image, { scan: aScan(), findings: [x, y] });
  assert.equal((await statusesOf(call))[0], 'a:1 /x 3');
  await askAlibabaWell(handleMaliciousFiles, call, { FileIdList: [first, second], Operation: 'addWhitelist' });
  assert.deepEqual(await statusesOf(call), ['a:1 /x 3', 'a:1 /y 0', 'b:1 /x 3']);
  await askAlibabaWell(handleMaliciousFiles, call, { FileIdList: [first, second, ...(await findingIds(call, '/y'))], Operation: 'offWhitelist' });
  assert.deepEqual(await statusesOf(call), ['a:1 /x 0', 'a:1 /y 0', 'b:1 /x 0']);
});

test('nothing is handled where one file is unknown, or kept on the white list by a rule', async (context) => {
  const call = await openCall(context);
  const [x, y] = [aFinding('/x'), aFinding('/y')];
  await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [x, y] });
  const FileIdList = [...(await findingIds(call, '/x')), ...(await findingIds(call, '/y'))];
  const fails = (code: string) => (error: unknown) => error instanceof LazaretError && error.code === code;
  await assert.rejects(askAlibaba(handleMaliciousFiles, call, { FileIdList: [...FileIdList, 99], Operation: 'addWhitelist' }), fails('not-found'));
  await assert.rejects(askAlibaba(handleMaliciousFiles, { ...call, accountId: 'other' }, { FileIdList, Operation: 'addWhitelist' }), fails('not-found'));
  assert.deepEqual(await statusesOf(call), ['a:1 /x 0', 'a:1 /y 0']);
  await addRule(call, ruleByMd5(y.md5));
  await askAlibabaWell(handleMaliciousFiles, call, { FileIdList, Operation: 'addWhitelist' });
  await assert.rejects(askAlibaba(handleMaliciousFiles, call, { FileIdList, Operation: 'offWhitelist' }), fails('conflict'));
  assert.deepEqual(await statusesOf(call), ['a:1 /x 3', 'a:1 /y 3']);
  assert.equal(await askAlibaba(handleMaliciousFiles, call, { Operation: 'addWhitelist' }), 'MissingFileIdList');
  assert.equal(await askAlibaba(handleMaliciousFiles, call, { FileIdList }), 'MissingOperation');
  assert.equal(await askAlibaba(handleMaliciousFiles, call, { FileIdList, Operation: 'ignore' }), 'InvalidOperation');
});
