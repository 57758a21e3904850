import { hash } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { NonceStore } from '../shapes/nonces.ts';
import { explain } from './sqlite-error.ts';

/** Expired rows are removed at most so often, ms. */
const sweepMs = 10_000;

/**
 * Nonces in a database file of their own: any number of processes may have it open. What a loss of power takes is not missed, since a request of before must still be signed.
 * A nonce is kept as 16 bytes of a digest over key and nonce.
 */
export function openNonceFile(path: string): NonceStore & { close(): void } {
  let opened: Opened | undefined;
  let swept = 0;
  return {
    use: async (keyId, nonce, { at, until }) => {
      try {
        // At the first use, so that what needs none also works where nothing can be written.
        opened ??= openFile(path);
        if (at - swept > sweepMs) {
          swept = at;
          opened.sweep.run(at);
        }
        const name = Buffer.from(hash('sha256', `${keyId}\n${nonce}`), 'hex').subarray(0, 16);
        return Number(opened.insert.run(name, until, at).changes) === 1;
      } catch (error) {
        throw explain(error, path);
      }
    },
    close: () => opened?.database.close(),
  };
}

interface Opened {
  readonly database: DatabaseSync;
  readonly insert: StatementSync;
  readonly sweep: StatementSync;
}

function openFile(path: string): Opened {
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  database.exec('CREATE TABLE IF NOT EXISTS nonce (name BLOB NOT NULL PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID');
  database.exec('CREATE INDEX IF NOT EXISTS nonce_until ON nonce (until)');
  const insert = database.prepare(
    'INSERT INTO nonce (name, until) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET until = excluded.until WHERE nonce.until <= ?',
  );
  return { database, insert, sweep: database.prepare('DELETE FROM nonce WHERE until <= ?') };
}
