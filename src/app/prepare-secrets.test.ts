import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createVault } from '#lib/vault.ts';
import { openCall } from '../../test/support/cloud-call.ts';
import { authenticateKey } from './authenticate-key.ts';
import { createKey } from './create-key.ts';
import { disableKey } from './disable-key.ts';
import { prepareSecrets } from './prepare-secrets.ts';

const plain = { accountId: 'default', secretKey: 'PlainSecretOfAnEarlierVersion000', name: '', policies: [], createdAt: 0, disabledAt: undefined };

test('secrets that an earlier version kept open are sealed once, by whoever comes first', async (context) => {
  const { app } = await openCall(context);
  for (let n = 0; n < 20; n++) await app.store.keys.create({ ...plain, secretId: `AKIDold${n}` });
  const { secretId } = await createKey(app, 'default', { name: 'new', randomBytes });
  const before = await app.store.keys.find(secretId);
  await Promise.all([prepareSecrets(app), prepareSecrets(app), prepareSecrets(app)]);
  assert.equal((await authenticateKey(app, 'AKIDold7'))?.secretKey, plain.secretKey);
  assert.deepEqual(await app.store.keys.find(secretId), before, 'what is sealed stays as it is');
  const sealed = await app.store.keys.all();
  await prepareSecrets(app);
  assert.deepEqual(await app.store.keys.all(), sealed);
});

test('an open secret does not stay behind where it stood in the database', async (context) => {
  const { app, store } = await openCall(context);
  for (let n = 0; n < 20; n++) await app.store.keys.create({ ...plain, secretId: `AKIDold${n}` });
  await prepareSecrets(app);
  await store.close();
  for (const name of readdirSync(app.dataDir)) assert.ok(!readFileSync(join(app.dataDir, name)).includes(plain.secretKey), name);
});

test('another master key is told at once, with whose secrets it does not open and the ways out', async (context) => {
  const { app } = await openCall(context);
  const keys = await Promise.all(Array.from({ length: 7 }, () => createKey(app, 'default', { name: '', randomBytes })));
  const wrong = { ...app, vault: createVault([randomBytes(32)]) };
  await assert.rejects(prepareSecrets(wrong), { code: 'corrupt', message: /AKID.* and 2 more: .*--master-key.*LAZARET_MASTER_KEY.*keys disable/ });
  for (const { secretId } of keys) await disableKey(app, 'default', secretId);
  await prepareSecrets(wrong);
  const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false };
  const secret = app.vault.seal('password');
  const registry = {
    accountId: 'default',
    name: 'mine',
    kind: 'docker',
    address: 'registry.example',
    region: '',
    insecure: false,
    username: 'u',
    secret,
    policy,
  };
  await app.store.registries.add({ ...registry, kind: 'harbor' }, 1);
  await assert.rejects(prepareSecrets(wrong), { code: 'corrupt', message: /registry mine/ });
  await prepareSecrets(app);
});
