import type { AccessKey, App } from './app.ts';

/** The account's keys, disabled ones included, without their secrets. */
export async function listKeys(app: App, accountId: string): Promise<readonly Omit<AccessKey, 'secretKey'>[]> {
  const keys = await app.store.keys.list(accountId);
  return keys.map(({ secretKey: _, ...rest }) => rest);
}
