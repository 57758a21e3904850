import { LazaretError } from '#domain/error.ts';
import { isSealed } from '#lib/vault.ts';
import type { App } from './app.ts';

/**
 * To be called before secrets are used: seals those of keys that an earlier version kept open, and makes sure that the master key at hand opens all that are in use. What
 * disabled keys have is of no use any more and may stay closed. A database that has held many open secrets may still have copies in unused parts of its file.
 * @throws LazaretError 'corrupt' that names whose secrets cannot be opened, and the ways out.
 */
export async function prepareSecrets(app: Pick<App, 'store' | 'vault'>): Promise<void> {
  await sealOpenSecrets(app);
  const { store, vault } = app;
  const keys = (await store.keys.all()).filter(({ disabledAt, secretKey }) => disabledAt === undefined && !vault.opens(secretKey));
  const registries = (await store.registries.all()).filter(({ secret }) => secret !== '' && !vault.opens(secret));
  const closed = [...keys.map(({ secretId }) => `access key ${secretId}`), ...registries.map(({ name }) => `registry ${name}`)];
  if (closed.length === 0) return;
  throw new LazaretError(
    'corrupt',
    `this is not the master key that sealed the secrets of ${listed(closed)}: give the right one by --master-key FILE or LAZARET_MASTER_KEY; where it is lost, disable these keys with lazaret keys disable and remove these registries with lazaret registry remove, and make others`,
  );
}

// Looked up again inside the transaction: of two processes that start at once, one seals.
async function sealOpenSecrets({ store, vault }: Pick<App, 'store' | 'vault'>): Promise<void> {
  const areOpen = async () => (await store.keys.all()).filter(({ secretKey }) => !isSealed(secretKey));
  if ((await areOpen()).length === 0) return;
  await store.transaction(async () => {
    for (const { secretId, secretKey } of await areOpen()) await store.keys.replaceSecret(secretId, vault.seal(secretKey));
  });
}

const mostNamed = 5;

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
