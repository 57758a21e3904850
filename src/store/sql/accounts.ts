import { LazaretError } from '#domain/error.ts';
import type { Sql } from '../drivers/sql.ts';
import type { Account, AccountStore, AuditQuery, AuditRecord, AuditStore, PolicyStore, StoredPolicy } from '../shapes/accounts.ts';
import { allOf, type Condition, checkPage, valueCondition } from './conditions.ts';

export function createAccountStore(sql: Sql): AccountStore {
  const findBy = async (column: 'id' | 'name', value: string): Promise<Account | undefined> => {
    const row = await sql.get<AccountRow>(`${ACCOUNT} WHERE ${column} = ?`, [value]);
    return row === undefined ? undefined : toAccount(row);
  };
  return {
    create: async ({ id, ownerId, name, createdAt }) => {
      const added = await sql.run('INSERT INTO account (id, owner_id, name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', [
        id,
        ownerId,
        name,
        createdAt,
      ]);
      if (added === 0) throw new LazaretError('conflict', `there is an account ${name} already: choose another name`);
    },
    find: (id) => findBy('id', id),
    findByName: (name) => findBy('name', name),
    list: async () => (await sql.all<AccountRow>(`${ACCOUNT} ORDER BY created_at, name`)).map(toAccount),
  };
}

interface AccountRow {
  readonly id: string;
  readonly owner_id: string;
  readonly name: string;
  readonly created_at: number;
}

const ACCOUNT = 'SELECT id, owner_id, name, created_at FROM account';

function toAccount(row: AccountRow): Account {
  return { id: row.id, ownerId: row.owner_id, name: row.name, createdAt: row.created_at };
}

interface PolicyRow {
  readonly account_id: string;
  readonly name: string;
  readonly document: string;
  readonly created_at: number;
  readonly updated_at: number;
}

const POLICY = 'SELECT account_id, name, document, created_at, updated_at FROM policy';

export function createPolicyStore(sql: Sql): PolicyStore {
  return {
    set: async ({ accountId, name, document }, at) => {
      await sql.run(
        `INSERT INTO policy (account_id, name, document, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (account_id, name) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at`,
        [accountId, name, document, at, at],
      );
    },
    find: async (accountId, name) => {
      const row = await sql.get<PolicyRow>(`${POLICY} WHERE account_id = ? AND name = ?`, [accountId, name]);
      return row === undefined ? undefined : toPolicy(row);
    },
    list: async (accountId) => (await sql.all<PolicyRow>(`${POLICY} WHERE account_id = ? ORDER BY name`, [accountId])).map(toPolicy),
    remove: (accountId, name) =>
      sql.transaction(async () => {
        const user = await sql.get<{ secret_id: string }>(
          'SELECT k.secret_id FROM key_policy p JOIN access_key k ON k.secret_id = p.secret_id WHERE k.account_id = ? AND p.policy = ? AND k.disabled_at IS NULL LIMIT 1',
          [accountId, name],
        );
        if (user !== undefined) throw new LazaretError('conflict', `key ${user.secret_id} has the policy ${name}: disable the key first`);
        return (await sql.run('DELETE FROM policy WHERE account_id = ? AND name = ?', [accountId, name])) > 0;
      }),
  };
}

function toPolicy(row: PolicyRow): StoredPolicy {
  return { accountId: row.account_id, name: row.name, document: row.document, createdAt: row.created_at, updatedAt: row.updated_at };
}

interface AuditRow {
  readonly account_id: string;
  readonly at: number;
  readonly cloud: string;
  readonly key_id: string;
  readonly address: string;
  readonly action: string;
  readonly request_id: string;
  readonly code: string;
  readonly input: string;
}

export function createAuditStore(sql: Sql): AuditStore {
  return {
    add: async (record) => {
      await sql.run('INSERT INTO audit_record (account_id, at, cloud, key_id, address, action, request_id, code, input) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', [
        record.accountId,
        record.at,
        record.cloud,
        record.keyId,
        record.address,
        record.action,
        record.requestId,
        record.code,
        record.input,
      ]);
    },
    list: async (query) => {
      checkPage(query);
      const where = auditCondition(query);
      const total = await sql.get<{ total: number }>(`SELECT count(*) AS total FROM audit_record WHERE ${where.text}`, where.values);
      const rows = await sql.all<AuditRow>(
        `SELECT account_id, at, cloud, key_id, address, action, request_id, code, input FROM audit_record WHERE ${where.text} ORDER BY at DESC, id DESC LIMIT ? OFFSET ?`,
        [...where.values, query.limit, query.offset],
      );
      return { total: total?.total ?? 0, rows: rows.map(toAudit) };
    },
    prune: (before, most) => sql.run('DELETE FROM audit_record WHERE id IN (SELECT id FROM audit_record WHERE at < ? ORDER BY at LIMIT ?)', [before, most]),
  };
}

function auditCondition({ accountId, since, until, actions, keyIds }: AuditQuery): Condition {
  const conditions: Condition[] = [{ text: 'account_id = ?', values: [accountId] }];
  if (since !== undefined) conditions.push({ text: 'at >= ?', values: [since] });
  if (until !== undefined) conditions.push({ text: 'at < ?', values: [until] });
  if (actions !== undefined) conditions.push(valueCondition('action', actions));
  if (keyIds !== undefined) conditions.push(valueCondition('key_id', keyIds));
  return allOf(conditions);
}

function toAudit(row: AuditRow): AuditRecord {
  return {
    accountId: row.account_id,
    at: row.at,
    cloud: row.cloud,
    keyId: row.key_id,
    address: row.address,
    action: row.action,
    requestId: row.request_id,
    code: row.code,
    input: row.input,
  };
}
