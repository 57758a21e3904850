import type { AccessKey, Records } from './app.ts';

/** The account's keys, disabled ones included, without their secrets. */
export async function listKeys(app: Records, accountId: string): Promise<readonly Omit<AccessKey, 'secretKey'>[]> {
  const keys = await app.store.keys.list(accountId);
  return keys.map(({ secretKey: _, ...rest }) => rest);
}
