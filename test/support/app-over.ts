import type { App } from '#app/app.ts';
import { readMasterKeys } from '#lib/master-key.ts';
import { createVault } from '#lib/vault.ts';
import { openStore } from '#store/index.ts';

/** An application over a data directory, as another process would have it. The caller closes its store. */
export async function appOver(dataDir: string): Promise<App> {
  const store = await openStore({ dataDir });
  return { store, clock: Date.now, vault: createVault(readMasterKeys({ text: undefined, file: undefined, dataDir })), dataDir };
}
