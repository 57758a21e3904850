import type { App } from '#app/app.ts';
import type { WorkingKey } from '#app/authenticate-key.ts';
import { authenticateKey } from '#app/authenticate-key.ts';
import { createBoundedCache } from './bounded-cache.ts';

/** A key as gateways know it. */
export type Key = WorkingKey;

/**
 * Working access keys with their policies, remembered until the store changes in any way, so that a key that is disabled and a policy that is changed count at once. All
 * gateways of a server share one, made by `createServer`: each asks the store's version once a request and `find`s the key by it, checks the signature with
 * `Key.secretKey`, and asks the shared `CallGuard` what the key may do. Nothing else is read for a key that is remembered.
 */
export interface Keyring {
  /** At once when the key is remembered. `version` is the store's, asked for during this request. */
  find(secretId: string, version: number): Key | Promise<Key | undefined>;
}

const rememberedKeys = 1024;

export function createKeyring(app: App): Keyring {
  const keys = createBoundedCache<Key>(rememberedKeys);
  let keysVersion: number | undefined;

  async function load(secretId: string, version: number): Promise<Key | undefined> {
    const key = await authenticateKey(app, secretId);
    // Unknown ids are not remembered: anybody can make them up.
    if (key !== undefined && version === keysVersion) keys.set(secretId, key, 1);
    return key;
  }

  return {
    find(secretId, version) {
      if (version !== keysVersion) {
        keys.clear();
        keysVersion = version;
      }
      return keys.get(secretId) ?? load(secretId, version);
    },
  };
}
