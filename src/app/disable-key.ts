import { LazaretError } from '#domain/error.ts';
import type { Records } from './app.ts';

/**
 * Ends a key: requests signed with it are refused from now on.
 * @throws LazaretError 'not-found' when the account has no such key.
 */
export async function disableKey(app: Records, accountId: string, secretId: string): Promise<void> {
  const known = await app.store.keys.disable(accountId, secretId, app.clock());
  if (!known) throw new LazaretError('not-found', `no access key ${secretId}`);
}
