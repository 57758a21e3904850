import type { AccessKey, App } from './app.ts';

/** The access key of this id while it works; undefined when it is unknown or disabled. */
export async function authenticateKey(app: App, secretId: string): Promise<AccessKey | undefined> {
  const key = await app.store.keys.find(secretId);
  return key?.disabledAt === undefined ? key : undefined;
}
