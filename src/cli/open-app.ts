import type { App } from '#app/app.ts';
import { sealOldKeys } from '#app/seal-old-keys.ts';
import { LazaretError } from '#domain/error.ts';
import { type MasterKeySource, readMasterKeys } from '#lib/master-key.ts';
import { createVault } from '#lib/vault.ts';
import { openStore } from '#store/index.ts';
import type { Io, Option } from './command.ts';
import { dataDirectory, masterKeyText } from './settings.ts';

/** The option of every command that reads or keeps secrets. */
export const masterKeyOption = {
  type: 'text',
  flag: 'master-key',
  value: 'FILE',
  description: 'file with the master key that seals secrets (default: $LAZARET_MASTER_KEY, else master.key in the data directory, made at first use)',
} as const satisfies Option;

/** What the master key comes from, by options and environment. */
export function masterKeySource(options: { readonly data: string | undefined; readonly masterKey: string | undefined }, io: Io): MasterKeySource {
  return { text: options.masterKey === undefined ? masterKeyText(io.env) : undefined, file: options.masterKey, dataDir: dataDirectory(options.data, io) };
}

/**
 * Opens the store and the vault over a data directory. The caller closes the store.
 * @throws LazaretError as `openStore`; 'invalid-input' when the master key cannot be read.
 */
export async function openApp(options: { readonly data: string | undefined; readonly masterKey: string | undefined }, io: Io): Promise<App> {
  const source = masterKeySource(options, io);
  const store = await openStore({ dataDir: source.dataDir, clock: io.clock });
  try {
    const app = { store, clock: io.clock, vault: createVault(readKeys(source)), dataDir: source.dataDir };
    await sealOldKeys(app);
    return app;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Runs `work` with an open application, and closes it. */
export async function withApp<T>(
  options: { readonly data: string | undefined; readonly masterKey: string | undefined },
  io: Io,
  work: (app: App) => Promise<T>,
): Promise<T> {
  const app = await openApp(options, io);
  try {
    return await work(app);
  } finally {
    await app.store.close();
  }
}

function readKeys(source: MasterKeySource): readonly Buffer[] {
  try {
    return readMasterKeys(source);
  } catch (error) {
    throw new LazaretError('invalid-input', `the master key cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
