import type { Vault } from '#lib/vault.ts';
import type { App } from './app.ts';

/** Seals every secret with the newest key of `next`, in one transaction. Returns how many there are. */
export async function resealSecrets({ store, vault }: App, next: Vault): Promise<number> {
  return store.transaction(async () => {
    const keys = await store.keys.all();
    for (const { secretId, secretKey } of keys) await store.keys.replaceSecret(secretId, next.seal(vault.open(secretKey)));
    const registries = (await store.registries.all()).filter(({ secret }) => secret !== '');
    for (const { id, createdAt: _, updatedAt, sync: __, ...registry } of registries) {
      await store.registries.update(id, { ...registry, secret: next.seal(vault.open(registry.secret)) }, updatedAt);
    }
    return keys.length + registries.length;
  });
}
