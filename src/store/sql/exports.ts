import { LazaretError } from '#domain/error.ts';
import type { Sql } from '../drivers/sql.ts';
import type { ExportJob, ExportJobQuery, ExportRequest, ExportSource, ExportState, ExportStore, Listing, NewExportJob } from '../store.ts';
import { allOf, type Condition, checkPage, valueCondition } from './conditions.ts';

interface Row {
  readonly key: number;
  readonly id: string;
  readonly account_id: string;
  readonly source: ExportSource;
  readonly name: string;
  readonly request: string;
  readonly state: ExportState;
  readonly progress: number;
  readonly failure: string;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly expires_at: number;
  readonly attempts: number;
}

const COLUMNS = 'key, id, account_id, source, name, request, state, progress, failure, created_at, finished_at, expires_at, attempts';
// As the partial index has it: SQLite takes one only where the same text stands in the query.
const OPEN = "state IN ('queued', 'running')";
/** Jobs of one account that have not ended, and all of them: files cost room on the disk. */
const mostOpen = 50;
const mostJobs = 1000;
/** Workers that may die over one job before it is given up. */
const mostAttempts = 3;

/** Export jobs; see `ExportStore`. */
export function createExportStore(sql: Sql): ExportStore {
  const find = async (where: string, values: readonly string[]): Promise<ExportJob | undefined> => {
    const row = await sql.get<Row>(`SELECT ${COLUMNS} FROM export_job WHERE ${where}`, values);
    return row === undefined ? undefined : toJob(row);
  };
  return {
    create: (job, at) => sql.transaction(() => create(sql, job, at)),
    find: (accountId, id) => find('account_id = ? AND id = ?', [accountId, id]),
    findLinked: (id) => find('id = ?', [id]),
    list: (query) => list(sql, query),
    claim: async (owner, at, leaseUntil) => {
      // An idle worker asks often; the lock is taken only when there is something.
      if (!sql.inTransaction() && (await next(sql, at)) === undefined) return undefined;
      return sql.transaction(() => claim(sql, { owner, at, leaseUntil }));
    },
    renew: async (owner, id, { leaseUntil, progress }) =>
      (await sql.run("UPDATE export_job SET lease_until = ?, progress = ? WHERE id = ? AND owner = ? AND state = 'running'", [
        leaseUntil,
        progress,
        id,
        owner,
      ])) > 0,
    release: async (owner, id) => {
      await sql.run(
        "UPDATE export_job SET state = 'queued', owner = NULL, lease_until = NULL, attempts = attempts - 1 WHERE id = ? AND owner = ? AND state = 'running'",
        [id, owner],
      );
    },
    finish: async (owner, id, { failure, at }) =>
      (await sql.run(
        `UPDATE export_job SET state = ?, failure = ?, finished_at = ?, progress = CASE WHEN ? THEN 100 ELSE progress END, owner = NULL, lease_until = NULL
         WHERE id = ? AND owner = ? AND state = 'running'`,
        [failure === undefined ? 'done' : 'failed', failure ?? '', at, failure === undefined ? 1 : 0, id, owner],
      )) > 0,
    removeExpired: (at) => sql.run('DELETE FROM export_job WHERE expires_at <= ?', [at]),
    isKept: async (id) => (await sql.get("SELECT 1 FROM export_job WHERE id = ? AND state <> 'failed'", [id])) !== undefined,
  };
}

async function create(sql: Sql, job: NewExportJob, at: number): Promise<string> {
  const counts = await sql.get<{ open: number | null; total: number }>(`SELECT sum(${OPEN}) AS open, count(*) AS total FROM export_job WHERE account_id = ?`, [
    job.accountId,
  ]);
  if ((counts?.open ?? 0) >= mostOpen) throw new LazaretError('limit', `${mostOpen} exports have not ended yet: wait for one of them`);
  if ((counts?.total ?? 0) >= mostJobs) throw new LazaretError('limit', `${mostJobs} exports are kept: wait until the oldest is removed`);
  const row = await sql.get<{ id: string }>(
    `INSERT INTO export_job (id, account_id, source, name, request, state, created_at, expires_at)
     VALUES (lower(hex(randomblob(16))), ?, ?, ?, ?, 'queued', ?, ?) RETURNING id`,
    [job.accountId, job.source, job.name, JSON.stringify(job.request), at, job.expiresAt],
  );
  if (row === undefined) throw new LazaretError('internal', 'the export could not be saved');
  return row.id;
}

async function list(sql: Sql, query: ExportJobQuery): Promise<Listing<ExportJob>> {
  checkPage(query);
  const conditions: Condition[] = [{ text: 'account_id = ? AND expires_at > ?', values: [query.accountId, query.at] }];
  if (query.states !== undefined) conditions.push(valueCondition('state', query.states));
  if (query.sources !== undefined) conditions.push(valueCondition('source', query.sources));
  const where = allOf(conditions);
  const total = await sql.get<{ total: number }>(`SELECT count(*) AS total FROM export_job WHERE ${where.text}`, where.values);
  const rows = await sql.all<Row>(
    `SELECT ${COLUMNS} FROM export_job WHERE ${where.text} ORDER BY created_at ${query.order}, key ${query.order} LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
  return { total: total?.total ?? 0, rows: rows.map(toJob) };
}

async function next(sql: Sql, at: number): Promise<Row | undefined> {
  const lost = await sql.get<Row>(`SELECT ${COLUMNS} FROM export_job WHERE ${OPEN} AND state = 'running' AND lease_until <= ? ORDER BY key LIMIT 1`, [at]);
  return lost ?? sql.get<Row>(`SELECT ${COLUMNS} FROM export_job WHERE ${OPEN} AND state = 'queued' ORDER BY key LIMIT 1`);
}

async function claim(sql: Sql, request: { readonly owner: string; readonly at: number; readonly leaseUntil: number }): Promise<ExportJob | undefined> {
  for (;;) {
    const row = await next(sql, request.at);
    if (row === undefined) return undefined;
    if (row.attempts < mostAttempts) {
      await sql.run("UPDATE export_job SET state = 'running', owner = ?, lease_until = ?, attempts = attempts + 1, progress = 0 WHERE key = ?", [
        request.owner,
        request.leaseUntil,
        row.key,
      ]);
      return toJob({ ...row, state: 'running', progress: 0 });
    }
    await sql.run("UPDATE export_job SET state = 'failed', failure = ?, finished_at = ?, owner = NULL, lease_until = NULL WHERE key = ?", [
      `${mostAttempts} workers died over this export`,
      request.at,
      row.key,
    ]);
  }
}

function toJob(row: Row): ExportJob {
  return {
    id: row.id,
    accountId: row.account_id,
    source: row.source,
    name: row.name,
    request: JSON.parse(row.request) as ExportRequest,
    state: row.state,
    progress: row.progress,
    failure: row.failure,
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
    expiresAt: row.expires_at,
  };
}
