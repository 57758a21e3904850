import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openCall } from '../../test/support/cloud-call.ts';
import { setPolicy } from './accounts.ts';
import { authenticateKey } from './authenticate-key.ts';
import { createKey } from './create-key.ts';
import { disableKey } from './disable-key.ts';
import { listKeys } from './list-keys.ts';

test('a key has the form that clients expect, and works until it is disabled', async (context) => {
  const { app } = await openCall(context);
  const key = await createKey(app, 'default', { name: 'ci', randomBytes });
  assert.match(key.secretId, /^AKID[A-Za-z0-9]{32}$/);
  assert.match(key.secretKey, /^[A-Za-z0-9]{32}$/);
  const account = await app.store.accounts.find('default');
  assert.deepEqual(await authenticateKey(app, key.secretId), { ...key, policies: undefined, ownerId: account?.ownerId });
  const kept = await app.store.keys.find(key.secretId);
  assert.ok(kept !== undefined && !JSON.stringify(kept).includes(key.secretKey), 'the secret does not lie open');
  await disableKey(app, 'default', key.secretId);
  assert.equal(await authenticateKey(app, key.secretId), undefined);
  assert.equal(await authenticateKey(app, 'AKIDother'), undefined);
});

test('keys are listed without their secrets, those of other accounts not at all', async (context) => {
  const { app } = await openCall(context);
  const key = await createKey(app, 'default', { name: 'ci', randomBytes });
  await createKey(app, 'other', { name: 'theirs', randomBytes });
  const listed = await listKeys(app, 'default');
  assert.deepEqual(listed, [{ accountId: 'default', secretId: key.secretId, name: 'ci', policies: [], createdAt: key.createdAt, disabledAt: undefined }]);
});

test('a key of another account cannot be disabled', async (context) => {
  const { app } = await openCall(context);
  const key = await createKey(app, 'default', { name: '', randomBytes });
  await assert.rejects(disableKey(app, 'other', key.secretId), { code: 'not-found' });
  assert.notEqual(await authenticateKey(app, key.secretId), undefined);
});

test('a random source that gives nothing usable is an error and not an endless loop', async (context) => {
  const { app } = await openCall(context);
  await assert.rejects(createKey(app, 'default', { name: '', randomBytes: (size) => new Uint8Array(size).fill(255) }), { code: 'internal' });
  await assert.rejects(createKey(app, 'default', { name: 'x'.repeat(129), randomBytes }), { code: 'invalid-input' });
});

test('a key is made with policies that there are, each once, and with no more than twenty', async (context) => {
  const { app } = await openCall(context);
  const document = '{"Version":"1","Statement":{"Effect":"Allow","Action":"a:*","Resource":"*"}}';
  await setPolicy(app, { accountId: 'default', name: 'reader', document });
  const key = await createKey(app, 'default', { name: '', policies: ['reader', 'reader'], randomBytes });
  assert.deepEqual(key.policies, ['reader']);
  assert.equal((await authenticateKey(app, key.secretId))?.policies?.length, 1);
  const make = (accountId: string, policies: readonly string[]) => createKey(app, accountId, { name: '', policies, randomBytes });
  await assert.rejects(make('default', ['reader', 'nothing']), { code: 'not-found', message: /nothing/ });
  await assert.rejects(make('other', ['reader']), { code: 'not-found' }, 'a policy of another account');
  await assert.rejects(
    make(
      'default',
      Array.from({ length: 21 }, (_, n) => `p${n}`),
    ),
    { code: 'invalid-input' },
  );
  assert.equal((await app.store.keys.all()).length, 1);
});
