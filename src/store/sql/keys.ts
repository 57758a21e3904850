import { LazaretError } from '#domain/error.ts';
import type { Sql } from '../drivers/sql.ts';
import type { AccessKey, KeyStore } from '../store.ts';

interface KeyRow {
  readonly account_id: string;
  readonly secret_id: string;
  readonly secret_key: string;
  readonly name: string;
  readonly created_at: number;
  readonly disabled_at: number | null;
  readonly policies: string | null;
}

const COLUMNS = 'account_id, secret_id, secret_key, name, created_at, disabled_at';
const SELECT = `SELECT ${COLUMNS}, (SELECT json_group_array(p.policy ORDER BY p.policy) FROM key_policy p WHERE p.secret_id = access_key.secret_id) AS policies FROM access_key`;

/** Access keys. Creating a secret id a second time, for whichever account, is a LazaretError 'conflict'. */
export function createKeyStore(sql: Sql): KeyStore {
  return {
    create: (key) =>
      sql.transaction(async () => {
        const added = await sql.run(`INSERT INTO access_key (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (secret_id) DO NOTHING`, [
          key.accountId,
          key.secretId,
          key.secretKey,
          key.name,
          key.createdAt,
          key.disabledAt ?? null,
        ]);
        if (added === 0) throw new LazaretError('conflict', `an access key ${key.secretId} exists already: choose another secret id`);
        await sql.batch(
          'INSERT INTO key_policy (secret_id, policy) VALUES (?, ?) ON CONFLICT DO NOTHING',
          key.policies.map((policy) => [key.secretId, policy]),
        );
      }),
    find: async (secretId) => {
      const row = await sql.get<KeyRow>(`${SELECT} WHERE secret_id = ?`, [secretId]);
      return row === undefined ? undefined : toKey(row);
    },
    list: async (accountId) => {
      const rows = await sql.all<KeyRow>(`${SELECT} WHERE account_id = ? ORDER BY created_at, secret_id`, [accountId]);
      return rows.map(toKey);
    },
    all: async () => (await sql.all<KeyRow>(`${SELECT} ORDER BY secret_id`)).map(toKey),
    replaceSecret: (secretId, secretKey) =>
      sql.transaction(async () => {
        // The old secret must not stay behind in the unused part of a page.
        await sql.run('PRAGMA secure_delete = ON');
        try {
          await sql.run('UPDATE access_key SET secret_key = ? WHERE secret_id = ?', [secretKey, secretId]);
        } finally {
          await sql.run('PRAGMA secure_delete = OFF');
        }
      }),
    disable: async (accountId, secretId, at) => {
      const changed = await sql.run('UPDATE access_key SET disabled_at = coalesce(disabled_at, ?) WHERE account_id = ? AND secret_id = ?', [
        at,
        accountId,
        secretId,
      ]);
      return changed > 0;
    },
  };
}

function toKey(row: KeyRow): AccessKey {
  return {
    accountId: row.account_id,
    secretId: row.secret_id,
    secretKey: row.secret_key,
    name: row.name,
    createdAt: row.created_at,
    policies: JSON.parse(row.policies ?? '[]') as readonly string[],
    disabledAt: row.disabled_at ?? undefined,
  };
}
