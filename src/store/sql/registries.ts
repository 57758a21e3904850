import { LazaretError } from '#domain/error.ts';
import type { RegistryKind } from '#domain/registry.ts';
import type { Sql } from '../drivers/sql.ts';
import type { NewRegistry, Registry, RegistryPolicy, RegistryQuery, RegistryStore, RegistrySync } from '../shapes/repositories.ts';
import { allOf, type Condition, checkPage, textCondition, valueCondition } from './conditions.ts';
import { renewImage } from './image-share.ts';

/** A row as `registryColumns` selects it. */
export interface RegistryRow {
  readonly id: number;
  readonly account_id: string;
  readonly name: string;
  readonly kind: RegistryKind;
  readonly address: string;
  readonly region: string;
  readonly insecure: number;
  readonly username: string;
  readonly secret: string;
  readonly policy: string;
  readonly extra: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly sync_state: RegistrySync['state'];
  readonly sync_started: number | null;
  readonly sync_finished: number | null;
  readonly sync_error: string;
  readonly sync_succeeded: number | null;
}

export const registryColumns = `g.id, g.account_id, g.name, g.kind, g.address, g.region, g.insecure, g.username, g.secret, g.policy, g.extra, g.created_at, g.updated_at,
  g.sync_state, g.sync_started, g.sync_finished, g.sync_error, g.sync_succeeded`;

const SELECT = `SELECT ${registryColumns} FROM registry g`;

/** Registries of accounts. */
export function createRegistryStore(sql: Sql): RegistryStore {
  const findBy = async (condition: string, values: readonly (string | number)[]): Promise<Registry | undefined> => {
    const row = await sql.get<RegistryRow>(`${SELECT} WHERE ${condition} ORDER BY g.id LIMIT 1`, values);
    return row === undefined ? undefined : toRegistry(row);
  };
  return {
    add: (registry, at) => sql.transaction(() => add(sql, registry, at)),
    update: (id, registry, at) => sql.transaction(() => update(sql, { id, registry, at })),
    remove: (accountId, id) => sql.transaction(() => remove(sql, accountId, id)),
    find: (accountId, id) => findBy('g.account_id = ? AND g.id = ?', [accountId, id]),
    findByName: (accountId, name) => findBy('g.account_id = ? AND g.name = ?', [accountId, name]),
    findByAddress: (accountId, address) => findBy('g.account_id = ? AND g.address = ?', [accountId, address]),
    list: async (query) => {
      checkPage(query);
      const where = allOf(conditionsOf(query));
      const total = await sql.get<{ total: number }>(`SELECT count(*) AS total FROM registry g WHERE ${where.text}`, where.values);
      const { by = 'id', order = 'asc' } = query;
      const rows = await sql.all<RegistryRow>(`${SELECT} WHERE ${where.text} ORDER BY ${orders[by]} ${order}, g.id ${order} LIMIT ? OFFSET ?`, [
        ...where.values,
        query.limit,
        query.offset,
      ]);
      return { total: total?.total ?? 0, rows: rows.map(toRegistry) };
    },
    all: async () => (await sql.all<RegistryRow>(`${SELECT} ORDER BY g.account_id, g.id`)).map(toRegistry),
    setSync: async (accountId, id, sync) => {
      const succeeded = sync.state === 'done' ? (sync.finishedAt ?? null) : null;
      await sql.run(
        `UPDATE registry SET sync_state = ?, sync_started = ?, sync_finished = ?, sync_error = ?, sync_succeeded = coalesce(?, sync_succeeded)
         WHERE account_id = ? AND id = ?`,
        [sync.state, sync.startedAt ?? null, sync.finishedAt ?? null, sync.error, succeeded, accountId, id],
      );
    },
    claimSync: async (request) => {
      // An idle worker asks often; the lock is taken only when there is something.
      if ((await freeSync(sql, request)) === undefined) return undefined;
      return sql.transaction(() => claimSync(sql, request));
    },
    renewSync: async ({ id, owner, leaseUntil }) =>
      (await sql.run("UPDATE registry SET sync_lease = ? WHERE id = ? AND sync_owner = ? AND sync_state = 'running'", [leaseUntil, id, owner])) > 0,
  };
}

const orders = { id: 'g.id', name: 'lower(g.name)', synced: 'g.sync_succeeded' } as const satisfies Record<NonNullable<RegistryQuery['by']>, string>;

function conditionsOf({ accountId, ids, names, addresses, kinds }: RegistryQuery): readonly Condition[] {
  const conditions: Condition[] = [{ text: 'g.account_id = ?', values: [accountId] }];
  if (ids !== undefined) conditions.push(valueCondition('g.id', ids));
  if (names !== undefined) conditions.push(textCondition([{ plain: 'g.name', folded: 'lower(g.name)' }], names));
  if (addresses !== undefined) conditions.push(textCondition([{ plain: 'g.address', folded: 'lower(g.address)' }], addresses));
  if (kinds !== undefined) conditions.push(valueCondition('g.kind', kinds));
  return conditions;
}

async function add(sql: Sql, registry: NewRegistry, at: number): Promise<number> {
  const row = await sql.get<{ id: number }>(
    `INSERT INTO registry (account_id, name, kind, address, region, insecure, username, secret, policy, extra, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account_id, name) DO NOTHING RETURNING id`,
    [registry.accountId, ...columnsOf(registry), at, at],
  );
  if (row === undefined) throw new LazaretError('conflict', `there is a registry ${registry.name} already: choose another name, or remove that one`);
  // What was known of this host before belongs to the registry from now on.
  await adopt(sql, { accountId: registry.accountId, id: row.id, address: registry.address });
  return row.id;
}

async function adopt(sql: Sql, { accountId, id, address }: { readonly accountId: string; readonly id: number; readonly address: string }): Promise<void> {
  const rows = await sql.all<{ id: number; namespace: string }>(
    "SELECT id, namespace FROM repository WHERE account_id = ? AND registry_id = 0 AND (namespace = ? OR substr(namespace, 1, length(?) + 1) = ? || '/')",
    [accountId, address, address, address],
  );
  for (const row of rows) {
    const namespace = row.namespace.slice(address.length + 1);
    const changed = await sql.run('UPDATE OR IGNORE repository SET registry_id = ?, namespace = ?, namespace_folded = ? WHERE id = ?', [
      id,
      namespace,
      namespace.toLowerCase(),
      row.id,
    ]);
    if (changed === 0) continue;
    await sql.run('UPDATE repository_image SET registry_id = ? WHERE account_id = ? AND repository_id = ?', [id, accountId, row.id]);
    await sql.run('UPDATE image SET registry_id = ?, namespace = ? WHERE account_id = ? AND repository_id = ?', [id, namespace, accountId, row.id]);
  }
}

async function update(sql: Sql, change: { readonly id: number; readonly registry: NewRegistry; readonly at: number }): Promise<void> {
  const { id, registry, at } = change;
  const other = await sql.get('SELECT 1 FROM registry WHERE account_id = ? AND name = ? AND id <> ?', [registry.accountId, registry.name, id]);
  if (other !== undefined) throw new LazaretError('conflict', `there is a registry ${registry.name} already: choose another name`);
  const changed = await sql.run(
    `UPDATE registry SET name = ?, kind = ?, address = ?, region = ?, insecure = ?, username = ?, secret = ?, policy = ?, extra = ?, updated_at = ?,
       sync_state = CASE sync_state WHEN 'running' THEN 'queued' ELSE sync_state END, sync_owner = NULL WHERE account_id = ? AND id = ?`,
    [...columnsOf(registry), at, registry.accountId, id],
  );
  if (changed === 0) throw new LazaretError('not-found', `there is no registry ${id}`);
}

function columnsOf({ name, kind, address, region, insecure, username, secret, policy, extra = {} }: NewRegistry): readonly (string | number)[] {
  return [name, kind, address, region, insecure ? 1 : 0, username, secret, JSON.stringify(policy), JSON.stringify(extra)];
}

// Images that only its syncs have seen go with it, unless another repository names them.
async function remove(sql: Sql, accountId: string, id: number): Promise<boolean> {
  const removed = await sql.run('DELETE FROM registry WHERE account_id = ? AND id = ?', [accountId, id]);
  if (removed === 0) return false;
  await sql.run('DELETE FROM repository_image WHERE account_id = ? AND registry_id = ?', [accountId, id]);
  await sql.run('DELETE FROM repository WHERE account_id = ? AND registry_id = ?', [accountId, id]);
  await sql.run("UPDATE image SET registry_id = 0, repository_id = 0, namespace = '', repository = '', tag = '' WHERE account_id = ? AND registry_id = ?", [
    accountId,
    id,
  ]);
  const lost = `SELECT image_key FROM image i WHERE i.account_id = ? AND i.local = 0 AND NOT EXISTS (
    SELECT 1 FROM repository_image t WHERE t.account_id = i.account_id AND t.image_key = i.image_key)`;
  const lostKeys = await sql.all<{ image_key: number }>(lost, [accountId]);
  const lostIds = `SELECT id FROM image i WHERE i.account_id = ? AND i.local = 0 AND NOT EXISTS (
    SELECT 1 FROM repository_image t WHERE t.account_id = i.account_id AND t.image_key = i.image_key)`;
  await sql.run(
    `UPDATE task SET total = total - (SELECT count(*) FROM task_image t WHERE t.task_id = task.id AND t.state IN ('queued', 'running') AND t.image_id IN (${lostIds})) WHERE account_id = ?`,
    [accountId, accountId],
  );
  await sql.run(`DELETE FROM task_image WHERE account_id = ? AND state IN ('queued', 'running') AND image_id IN (${lostIds})`, [accountId, accountId]);
  await endTasks(sql, accountId);
  for (const { image_key: imageKey } of lostKeys) {
    await sql.run('DELETE FROM finding WHERE account_id = ? AND image_key = ?', [accountId, imageKey]);
    await renewImage(sql, { accountId, imageKey });
  }
  await sql.run(`DELETE FROM image_layer WHERE account_id = ? AND image_key IN (${lost})`, [accountId, accountId]);
  await sql.run(`DELETE FROM image WHERE image_key IN (${lost})`, [accountId]);
  return true;
}

// Tasks that have nothing left to scan; they ended with what they did last.
async function endTasks(sql: Sql, accountId: string): Promise<void> {
  const last = 'SELECT max(p.finished_at) FROM task_image p WHERE p.account_id = task.account_id AND p.task_id = task.id';
  await sql.run(
    `UPDATE task SET state = 'cancelled', finished_at = coalesce((${last}), started_at, created_at) WHERE account_id = ? AND finished_at IS NULL AND ended >= total`,
    [accountId],
  );
}

interface SyncClaim {
  readonly owner: string;
  readonly at: number;
  readonly leaseUntil: number;
  readonly id?: number;
}

function freeSync(sql: Sql, { at, id }: SyncClaim): Promise<RegistryRow | undefined> {
  const free =
    id === undefined ? "(g.sync_state = 'queued' OR (g.sync_state = 'running' AND g.sync_lease <= ?))" : "(g.sync_state <> 'running' OR g.sync_lease <= ?)";
  return sql.get<RegistryRow>(`${SELECT} WHERE ${free} AND g.id = coalesce(?, g.id) ORDER BY g.id LIMIT 1`, [at, id ?? null]);
}

async function claimSync(sql: Sql, request: SyncClaim): Promise<Registry | undefined> {
  const { owner, at, leaseUntil } = request;
  const row = await freeSync(sql, request);
  if (row === undefined) return undefined;
  await sql.run(
    "UPDATE registry SET sync_state = 'running', sync_started = ?, sync_finished = NULL, sync_error = '', sync_owner = ?, sync_lease = ? WHERE id = ?",
    [at, owner, leaseUntil, row.id],
  );
  return toRegistry({ ...row, sync_state: 'running', sync_started: at, sync_finished: null, sync_error: '' });
}

const defaultPolicy: RegistryPolicy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: true };

export function toRegistry(row: RegistryRow): Registry {
  return {
    accountId: row.account_id,
    id: row.id,
    name: row.name,
    kind: row.kind,
    address: row.address,
    region: row.region,
    insecure: row.insecure === 1,
    username: row.username,
    secret: row.secret,
    policy: { ...defaultPolicy, ...(JSON.parse(row.policy) as Partial<RegistryPolicy>) },
    ...(row.extra === '{}' ? {} : { extra: JSON.parse(row.extra) as Readonly<Record<string, string>> }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    sync: {
      state: row.sync_state,
      startedAt: row.sync_started ?? undefined,
      finishedAt: row.sync_finished ?? undefined,
      succeededAt: row.sync_succeeded ?? undefined,
      error: row.sync_error,
    },
  };
}
