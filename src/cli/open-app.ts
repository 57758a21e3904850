import { resolve } from 'node:path';
import type { App, Records } from '#app/app.ts';
import { prepareSecrets } from '#app/prepare-secrets.ts';
import { LazaretError } from '#domain/error.ts';
import type { MasterKeySource } from '#lib/master-key.ts';
import { openMasterVault } from '#lib/master-vault.ts';
import type { Vault } from '#lib/vault.ts';
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

interface DataOptions {
  readonly data: string | undefined;
}

export interface SecretOptions extends DataOptions {
  readonly masterKey: string | undefined;
}

/** What the master key comes from, by options and environment. An option goes before the environment, as everywhere. */
export function masterKeySource(options: SecretOptions, io: Io): MasterKeySource {
  const file = options.masterKey === undefined ? undefined : resolve(io.cwd, options.masterKey);
  return { text: file === undefined ? masterKeyText(io.env) : undefined, file, dataDir: dataDirectory(options.data, io) };
}

/**
 * Opens the store and the vault over a data directory, for all that needs secrets. The caller closes the store.
 * @throws LazaretError as `openStore`; 'invalid-input' when the master key cannot be read; 'corrupt' when it is not the one that sealed what is in use.
 */
export async function openApp(options: SecretOptions, io: Io): Promise<App> {
  const source = masterKeySource(options, io);
  const store = await openStore({ dataDir: source.dataDir, clock: io.clock });
  try {
    const app = { store, clock: io.clock, vault: openVault(source), dataDir: source.dataDir };
    await prepareSecrets(app);
    return app;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Runs `work` with an open application, and closes it. */
export async function withApp<T>(options: SecretOptions, io: Io, work: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp(options, io);
  try {
    return await work(app);
  } finally {
    await app.store.close();
  }
}

/** The same for work that touches no secret: it goes on without the master key, also when that is lost. */
export async function withRecords<T>(options: DataOptions, io: Io, work: (records: Records) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir: dataDirectory(options.data, io), clock: io.clock });
  try {
    return await work({ store, clock: io.clock });
  } finally {
    await store.close();
  }
}

/** @throws LazaretError 'invalid-input' when the master key cannot be read. */
export function openVault(source: MasterKeySource): Vault {
  try {
    return openMasterVault(source);
  } catch (error) {
    throw new LazaretError('invalid-input', `the master key cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
