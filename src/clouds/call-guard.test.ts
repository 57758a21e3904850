import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from '#domain/policy.ts';
import { openCall } from '../../test/support/cloud-call.ts';
import { createCallGuard } from './call-guard.ts';
import { alibabaProducts, tencentProducts } from './products.ts';
import { createRateLimit } from './rate.ts';

const who = { cloud: 'x', accountId: 'default', keyId: 'AKIDtest', address: '::1', action: 'CreateThing', requestId: 'r' };

test('a record says what was asked without secrets, and no more than 4 KiB of it', async (context) => {
  const { app } = await openCall(context);
  const guard = createCallGuard(app, createRateLimit(0, app.clock));
  const input = {
    Name: 'mine',
    Password: 'hunter2',
    RegistryPasswd: 'hunter2',
    Deep: [{ secretKey: 'hunter2', AccessToken: 'hunter2', Url: 'https://me:hunter2@example.org/a/b?Signature=hunter2&x=hunter2#c' }],
    Note: 'see http://example.org/x?hunter2 and https://hunter2@example.org/',
  };
  await guard.record(who, { code: 'OK', input });
  await guard.record(who, { code: 'OK', input: { Text: '😀'.repeat(1_000_000) } });
  const { rows } = await app.store.audit.list({ accountId: 'default', offset: 0, limit: 10 });
  const [long, short] = rows.map((row) => row.input);
  for (const part of ['"Name":"mine"', 'https://example.org/a/b#c']) assert.ok(short?.includes(part), short);
  assert.ok(short?.includes('hunter2') === false, short);
  assert.ok(long !== undefined && long.length <= 4097 && long.isWellFormed(), String(long?.length));
});

test('who may do nothing fills the record no faster than others, and takes no rate from them', async (context) => {
  const { app, wait } = await openCall(context);
  const guard = createCallGuard(app, createRateLimit(3, app.clock));
  const total = async (): Promise<number> => (await app.store.audit.list({ accountId: 'default', offset: 0, limit: 1 })).total;
  for (let call = 0; call < 10; call++) await guard.recordDenied(who, 'Denied');
  assert.equal(await total(), 3);
  assert.equal(guard.count('default', 'CreateThing').exceeded, false);
  wait(1000);
  await guard.recordDenied(who, 'Denied');
  assert.equal(await total(), 4);
});

test('a permission is that of the key that asks, for each action', async (context) => {
  const { app } = await openCall(context);
  const guard = createCallGuard(app, createRateLimit(0, app.clock));
  const policies = [parsePolicy('{"Version":"1","Statement":[{"Effect":"Allow","Action":"tcss:Describe*","Resource":"qcs::tcss:::*"}]}')];
  const key = { accountId: 'default', secretId: 'a', secretKey: 'b', name: '', createdAt: 0, disabledAt: undefined, ownerId: '1', policies };
  for (let round = 0; round < 2; round++) {
    assert.equal(guard.permit(key, 'tcss:DescribeThing', ['qcs::tcss:::*']), undefined);
    assert.equal(guard.permit(key, 'tcss:CreateThing', ['qcs::tcss:::*']), 'implicit-deny');
    assert.equal(guard.permit({ ...key, policies: [] }, 'tcss:DescribeThing', ['qcs::tcss:::*']), 'implicit-deny');
    assert.equal(guard.permit({ ...key, policies: undefined }, 'tcss:CreateThing', []), undefined);
  }
});

test('an operation that does more than read says whether it changes something, and its answer is not kept', () => {
  // An export queues a job, whatever its name begins with.
  for (const { name, operations } of [...tencentProducts, ...alibabaProducts]) {
    for (const { action, changes, lasting } of operations) {
      if (/^(?:Check|Describe|Get|List|PublicPreCheck)(?!.*Export$)/.test(action)) assert.notEqual(changes, true, `${name} ${action}`);
      else assert.deepEqual([typeof changes, lasting], ['boolean', false], `${name} ${action}`);
    }
  }
});
