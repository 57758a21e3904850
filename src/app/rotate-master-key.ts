import { LazaretError } from '#domain/error.ts';
import { type MasterKeySource, masterKeyFile, newMasterKey, readMasterKeys, replaceKeyFile } from '#lib/master-key.ts';
import { createVault, type Vault } from '#lib/vault.ts';
import type { App, Store } from './app.ts';

/**
 * Seals every secret with a new master key and returns how many there are. A key file gets the new key before the old ones, and loses those that nothing needs any more
 * when all is done: whenever this is cut off, the file opens every secret. The file changes only while the store is locked for writing; who seals a secret and keeps it in
 * one transaction (as `createKey` does) never uses a key that is on its way out. Where the keys are a text, its first key takes the place of a new one.
 * @throws LazaretError 'invalid-input' for a text with one key only.
 */
export async function rotateMasterKey({ store }: Pick<App, 'store'>, source: MasterKeySource): Promise<number> {
  const file = masterKeyFile(source);
  if (file === undefined) return store.transaction(() => resealAll(store, createVault(severalKeys(source))));
  const sealed = await store.transaction(async () => {
    const keys = [newMasterKey(), ...readMasterKeys(source)];
    replaceKeyFile(file, keys);
    return resealAll(store, createVault(keys));
  });
  // The old key must not be gone sooner than what it sealed.
  await store.flush();
  await store.transaction(async () => replaceKeyFile(file, await neededKeys(store, readMasterKeys(source))));
  return sealed;
}

function severalKeys(source: MasterKeySource): readonly Buffer[] {
  const keys = readMasterKeys(source);
  if (keys.length > 1) return keys;
  throw new LazaretError(
    'invalid-input',
    'LAZARET_MASTER_KEY has one key only: put a new one (openssl rand -base64 32) and a comma before it, start every server anew with both, and call this again',
  );
}

async function resealAll(store: Store, vault: Vault): Promise<number> {
  let count = 0;
  for (const { secretId, secretKey, disabledAt } of await store.keys.all()) {
    // A key that was disabled because its master key is lost.
    if (disabledAt !== undefined && !vault.opens(secretKey)) continue;
    await store.keys.replaceSecret(secretId, vault.seal(vault.open(secretKey)));
    count += 1;
  }
  for (const { id, createdAt: _, updatedAt, sync: __, ...registry } of await store.registries.all()) {
    if (registry.secret === '') continue;
    await store.registries.update(id, { ...registry, secret: vault.seal(vault.open(registry.secret)) }, updatedAt);
    count += 1;
  }
  return count;
}

// Another rotation may have begun meanwhile, and a key of this one may be an older key by now.
async function neededKeys(store: Store, keys: readonly Buffer[]): Promise<readonly Buffer[]> {
  const sealed = [...(await store.keys.all()).map(({ secretKey }) => secretKey), ...(await store.registries.all()).map(({ secret }) => secret)];
  return keys.filter((key, index) => {
    const vault = createVault([key]);
    return index === 0 || sealed.some((text) => vault.isCurrent(text));
  });
}
