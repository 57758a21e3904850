import type { App } from './app.ts';

/** Seals the secrets of keys that an earlier version kept as they are. A sealed text has dots, which no secret has. */
export async function sealOldKeys({ store, vault }: App): Promise<void> {
  const plain = (await store.keys.all()).filter(({ secretKey }) => !secretKey.includes('.'));
  if (plain.length === 0) return;
  await store.transaction(async () => {
    for (const { secretId, secretKey } of plain) await store.keys.replaceSecret(secretId, vault.seal(secretKey));
  });
}
