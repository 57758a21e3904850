import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry } from '../../../../../test/support/stored-registries.ts';
import { checkRepeatAssetImageRegistry } from './CheckRepeatAssetImageRegistry.ts';

test('a name is taken where a registry of the account has it', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  assert.deepEqual(await ask(checkRepeatAssetImageRegistry, call, { Name: 'main' }), { IsRepeat: true });
  assert.deepEqual(await ask(checkRepeatAssetImageRegistry, call, { Name: 'other' }), { IsRepeat: false });
  assert.deepEqual(await ask(checkRepeatAssetImageRegistry, { ...call, accountId: 'two' }, { Name: 'main' }), { IsRepeat: false });
  assert.equal(await ask(checkRepeatAssetImageRegistry, call, {}), 'MissingParameter');
});
