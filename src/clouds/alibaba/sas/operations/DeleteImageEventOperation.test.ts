import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRule, conditionsText, ruleByMd5, statusesOf } from '../../../../../test/support/image-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { deleteImageEventOperation } from './DeleteImageEventOperation.ts';

test('what a removed rule allowed is open again, unless another rule allows it too', async (context) => {
  const call = await openCall(context);
  const finding = aFinding('/bin/x');
  await storeImage(call.store, anImage('a:1'), { scan: aScan(), findings: [finding] });
  const first = await addRule(call, ruleByMd5(finding.md5));
  const second = await addRule(call, ruleByMd5('', { Conditions: conditionsText(['PATH', 'startWith', '/bin/']) }));
  await assert.rejects(
    askAlibaba(deleteImageEventOperation, { ...call, accountId: 'other' }, { Id: first.Id }),
    (error) => error instanceof LazaretError && error.code === 'not-found',
  );
  assert.deepEqual(await askAlibabaWell(deleteImageEventOperation, call, { Id: first.Id }), { Code: '200', Message: 'successful', Success: true });
  assert.deepEqual(await statusesOf(call), ['a:1 /bin/x 3']);
  await askAlibabaWell(deleteImageEventOperation, call, { Id: second.Id });
  assert.deepEqual(await statusesOf(call), ['a:1 /bin/x 0']);
  assert.equal(await askAlibaba(deleteImageEventOperation, call, {}), 'MissingId');
});
