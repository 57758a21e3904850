import { chmod, mkdir, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '#lib/clock.ts';
import { openNonceFile } from './drivers/nonce-file.ts';
import type { Database } from './drivers/sql.ts';
import { openSqlite } from './drivers/sqlite.ts';
import { explain } from './drivers/sqlite-error.ts';
import { migrate } from './migrations/index.ts';
import { createAccountStore, createAuditStore, createPolicyStore } from './sql/accounts.ts';
import { createAllowRuleStore } from './sql/allow-rules.ts';
import { createContentStore } from './sql/contents.ts';
import { createExportStore } from './sql/exports.ts';
import { createFileDetectionStore } from './sql/file-detections.ts';
import { createImageStore } from './sql/images.ts';
import { createKeyStore } from './sql/keys.ts';
import { createLayerStore } from './sql/layers.ts';
import { createNestedStore } from './sql/nested.ts';
import { createRegistryStore } from './sql/registries.ts';
import { createRepositoryStore } from './sql/repositories.ts';
import { createSampleStore } from './sql/samples.ts';
import { createScanSettingStore } from './sql/scan-settings.ts';
import { createTaskStore } from './sql/tasks.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** Created with mode 0700 where it does not exist; the database in it has mode 0600, since it holds secret keys. */
  readonly dataDir: string;
  /** Only tells inventories that a dead run left from those being filled. */
  readonly clock?: Clock;
}

/**
 * Opens the store in a data directory. Any number of processes may have it open at once.
 *
 * @throws LazaretError naming the path: 'unavailable' when it cannot be read or written, the disk is full or the database is damaged, 'conflict' when a newer version of
 * Lazaret wrote it.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const path = await prepareFile(resolve(options.dataDir));
  const database = await openSqlite(path);
  const nonces = openNonceFile(join(resolve(options.dataDir), 'nonces.db'));
  try {
    await migrate(database, path);
  } catch (error) {
    await database.close();
    throw error;
  }
  return createStore({ database, nonces, path }, options.clock ?? Date.now);
}

interface Files {
  readonly database: Database;
  readonly nonces: ReturnType<typeof openNonceFile>;
  /** Where the database lies. */
  readonly path: string;
}

function createStore({ database, nonces, path }: Files, clock: Clock): Store {
  return {
    accounts: createAccountStore(database),
    keys: createKeyStore(database),
    policies: createPolicyStore(database),
    audit: createAuditStore(database),
    nonces,
    contents: createContentStore(database),
    nested: createNestedStore(database),
    layers: createLayerStore(database, clock),
    images: createImageStore(database, clock),
    tasks: createTaskStore(database),
    registries: createRegistryStore(database),
    repositories: createRepositoryStore(database),
    samples: createSampleStore(database),
    allowRules: createAllowRuleStore(database),
    fileDetections: createFileDetectionStore(database),
    scanSettings: createScanSettingStore(database),
    exports: createExportStore(database),
    version: () => database.version(),
    flush: () => flushFiles(path),
    transaction: (work) => database.transaction(work),
    close: async () => {
      nonces.close();
      await database.close();
    },
  };
}

// What is committed lies in the log, or in the database once the log was taken over, which writes both to the disk in that order.
async function flushFiles(path: string): Promise<void> {
  try {
    for (const name of [`${path}-wal`, path]) {
      const file = await open(name, 'r');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  } catch (error) {
    throw explain(error, path);
  }
}

async function prepareFile(dataDir: string): Promise<string> {
  const path = join(dataDir, 'lazaret.db');
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explain(error, dataDir);
  }
  try {
    const file = await open(path, 'a', 0o600);
    const { mode } = await file.stat();
    await file.close();
    if ((mode & 0o077) !== 0) await chmod(path, 0o600);
  } catch (error) {
    throw explain(error, path);
  }
  return path;
}
