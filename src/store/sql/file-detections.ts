import { LazaretError } from '#domain/error.ts';
import { chunks, marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import type {
  DetectionFailure,
  DetectionJob,
  DetectionOutcome,
  FileDetection,
  FileDetectionStore,
  JudgedFile,
  JudgedMember,
  Listing,
  NewFileDetection,
  Page,
} from '../store.ts';
import { numbersIn } from './number-lists.ts';

interface Row {
  readonly id: number;
  readonly account_id: string;
  readonly hash_key: string;
  readonly file: string;
  readonly url: string;
  readonly unpack_layers: number | null;
  readonly unpack_files: number | null;
  readonly state: FileDetection['state'];
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly attempts: number;
  readonly failure: DetectionFailure | null;
  readonly message: string;
  readonly result: string | null;
}

const COLUMNS = 'id, account_id, hash_key, file, url, unpack_layers, unpack_files, state, created_at, finished_at, attempts, failure, message, result';
// As the partial index has it: SQLite takes one only where the same text stands in the query.
const OPEN = "state IN ('queued', 'running')";
const LIVE = '(expires_at IS NULL OR expires_at > ?)';
/** Workers that may die over one file before it is given up. */
const mostAttempts = 5;

/** Detections of single files. */
export function createFileDetectionStore(sql: Sql): FileDetectionStore {
  return {
    submit: (request, at) => sql.transaction(() => submit(sql, request, at)),
    find: (accountId, hashKeys, at) => find(sql, { accountId, hashKeys }, at),
    findByDigest: async (accountId, digest, at) => {
      const row = await sql.get<Row>(
        `SELECT ${COLUMNS} FROM file_detection WHERE account_id = ? AND ${digest.length === 32 ? 'md5' : 'sha256'} = ? AND ${LIVE} ORDER BY id DESC LIMIT 1`,
        [accountId, digest, at],
      );
      return row === undefined ? undefined : toDetection(row);
    },
    members: (query) => listMembers(sql, query),
    claim: async (owner, at, leaseUntil) => {
      // An idle worker asks often; the lock is taken only when there is something.
      if (!sql.inTransaction() && (await next(sql, at)) === undefined) return undefined;
      return sql.transaction(() => claim(sql, { owner, at, leaseUntil }));
    },
    renew: async (owner, id, leaseUntil) =>
      (await sql.run("UPDATE file_detection SET lease_until = ? WHERE id = ? AND owner = ? AND state = 'running'", [leaseUntil, id, owner])) > 0,
    release: async (owner, id) => {
      await sql.run(
        "UPDATE file_detection SET state = 'queued', owner = NULL, lease_until = NULL, attempts = attempts - 1 WHERE id = ? AND owner = ? AND state = 'running'",
        [id, owner],
      );
    },
    finish: (owner, id, outcome) => sql.transaction(() => finish(sql, { owner, id }, outcome)),
    removeExpired: (at) => sql.transaction(() => removeExpired(sql, at)),
    usesFile: async (file) => (await sql.get("SELECT 1 FROM file_detection WHERE file = ? AND file <> '' LIMIT 1", [file])) !== undefined,
    submissions: async (accountId) =>
      (await sql.get<{ submissions: number }>('SELECT submissions FROM file_detection_count WHERE account_id = ?', [accountId]))?.submissions ?? 0,
  };
}

async function submit(sql: Sql, request: NewFileDetection, at: number): Promise<number> {
  const { accountId, hashKey, file, url, unpack } = request;
  await sql.run(
    'INSERT INTO file_detection_count (account_id, submissions) VALUES (?, 1) ON CONFLICT (account_id) DO UPDATE SET submissions = submissions + 1',
    [accountId],
  );
  const known = await sql.get<Row>(`SELECT ${COLUMNS} FROM file_detection WHERE account_id = ? AND hash_key = ?`, [accountId, hashKey]);
  if (known !== undefined) {
    if (isOpen(known) && isSame(known, request)) return known.id;
    await remove(sql, [known]);
  }
  const row = await sql.get<{ id: number }>(
    `INSERT INTO file_detection (account_id, hash_key, file, url, unpack_layers, unpack_files, state, created_at)
     VALUES (?, ?, ?, ?, ?, ?, 'queued', ?) RETURNING id`,
    [accountId, hashKey, file, url, unpack?.layers ?? null, unpack?.files ?? null, at],
  );
  if (row === undefined) throw new LazaretError('internal', 'the file detection could not be saved');
  return row.id;
}

function isOpen(row: Row): boolean {
  return row.state === 'queued' || row.state === 'running';
}

function isSame(row: Row, { file, url, unpack }: NewFileDetection): boolean {
  return row.file === file && row.url === url && row.unpack_layers === (unpack?.layers ?? null) && row.unpack_files === (unpack?.files ?? null);
}

const CHUNK = 100;

async function find(
  sql: Sql,
  which: { readonly accountId: string; readonly hashKeys: readonly string[] },
  at: number,
): Promise<ReadonlyMap<string, FileDetection>> {
  const found = new Map<string, FileDetection>();
  for (const part of chunks([...new Set(which.hashKeys)], CHUNK)) {
    const rows = await sql.all<Row>(`SELECT ${COLUMNS} FROM file_detection WHERE account_id = ? AND hash_key IN (${marks(part.length)}) AND ${LIVE}`, [
      which.accountId,
      ...part,
      at,
    ]);
    for (const row of rows) found.set(row.hash_key, toDetection(row));
  }
  return found;
}

async function listMembers(
  sql: Sql,
  query: Page & { readonly accountId: string; readonly hashKey?: string; readonly at: number },
): Promise<Listing<JudgedMember>> {
  const { accountId, hashKey, at, offset, limit } = query;
  const which = `d.account_id = ? AND d.members > 0 AND ${LIVE}${hashKey === undefined ? '' : ' AND d.hash_key = ?'}`;
  const values: readonly SqlValue[] = [accountId, at, ...(hashKey === undefined ? [] : [hashKey])];
  const from = `file_detection d INDEXED BY ${hashKey === undefined ? 'file_detection_members' : 'file_detection_hash'}`;
  const counts = await numbersIn(sql, `SELECT d.id AS number, d.members AS members FROM ${from} WHERE ${which} ORDER BY d.id DESC`, values, ['members']);
  let total = 0;
  let first: { readonly id: number; readonly before: number } | undefined;
  for (let index = 0; index < counts.length; index += 2) {
    const members = counts[index + 1] ?? 0;
    if (first === undefined && total + members > offset) first = { id: counts[index] ?? 0, before: total };
    total += members;
  }
  if (first === undefined || limit === 0) return { total, rows: [] };
  const rows = await sql.all<{ member: string }>(
    `SELECT m.member FROM ${from} CROSS JOIN file_detection_member m ON m.account_id = d.account_id AND m.detection_id = d.id
     WHERE ${which} AND d.id <= ? ORDER BY d.id DESC, m.position LIMIT ? OFFSET ?`,
    [...values, first.id, limit, offset - first.before],
  );
  return { total, rows: rows.map((row) => readMember(row.member)) };
}

async function next(sql: Sql, at: number): Promise<Row | undefined> {
  const lost = await sql.get<Row>(`SELECT ${COLUMNS} FROM file_detection WHERE ${OPEN} AND state = 'running' AND lease_until <= ? ORDER BY id LIMIT 1`, [at]);
  return lost ?? sql.get<Row>(`SELECT ${COLUMNS} FROM file_detection WHERE ${OPEN} AND state = 'queued' ORDER BY id LIMIT 1`);
}

async function claim(sql: Sql, request: { readonly owner: string; readonly at: number; readonly leaseUntil: number }): Promise<DetectionJob | undefined> {
  const { owner, at, leaseUntil } = request;
  for (;;) {
    const row = await next(sql, at);
    if (row === undefined) return undefined;
    if (row.attempts < mostAttempts) {
      await sql.run("UPDATE file_detection SET state = 'running', owner = ?, lease_until = ?, attempts = attempts + 1 WHERE id = ?", [
        owner,
        leaseUntil,
        row.id,
      ]);
      return { ...requestOf(row), id: row.id, attempts: row.attempts };
    }
    await end(sql, row.id, { failure: 'internal', message: `${mostAttempts} workers died over this file`, at, keepUntil: at + givenUpMs });
  }
}

/** How long it is told that a file was given up. */
const givenUpMs = 3600_000;

async function end(
  sql: Sql,
  id: number,
  how: { readonly failure: DetectionFailure; readonly message: string; readonly at: number; readonly keepUntil: number },
): Promise<void> {
  await sql.run(
    "UPDATE file_detection SET state = 'failed', owner = NULL, lease_until = NULL, failure = ?, message = ?, finished_at = ?, expires_at = ? WHERE id = ?",
    [how.failure, how.message, how.at, how.keepUntil, id],
  );
}

async function finish(
  sql: Sql,
  held: { readonly owner: string; readonly id: number },
  { outcome, at, keepUntil }: { readonly outcome: DetectionOutcome; readonly at: number; readonly keepUntil: number },
): Promise<boolean> {
  const { owner, id } = held;
  const row = await sql.get<{ account_id: string }>("SELECT account_id FROM file_detection WHERE id = ? AND owner = ? AND state = 'running'", [id, owner]);
  if (row === undefined) return false;
  if (outcome.state === 'failed') {
    await end(sql, id, { failure: outcome.kind, message: outcome.message, at, keepUntil });
    return true;
  }
  const { result, members } = outcome;
  await sql.run(
    `UPDATE file_detection SET state = 'done', owner = NULL, lease_until = NULL, finished_at = ?, expires_at = ?, md5 = ?, sha256 = ?, result = ?, members = ? WHERE id = ?`,
    [at, keepUntil, result.md5, result.sha256, JSON.stringify(result), members.length, id],
  );
  await sql.batch(
    'INSERT INTO file_detection_member (account_id, detection_id, position, member) VALUES (?, ?, ?, ?)',
    members.map((member, position) => [row.account_id, id, position, JSON.stringify(member)]),
  );
  return true;
}

/** Detections forgotten in one transaction, so that it stays short. */
const expiredAtOnce = 500;

async function removeExpired(sql: Sql, at: number): Promise<number> {
  const rows = await sql.all<Row>(`SELECT ${COLUMNS} FROM file_detection WHERE expires_at IS NOT NULL AND expires_at <= ? LIMIT ${expiredAtOnce}`, [at]);
  await remove(sql, rows);
  return rows.length;
}

async function remove(sql: Sql, rows: readonly Row[]): Promise<void> {
  await sql.batch(
    'DELETE FROM file_detection_member WHERE account_id = ? AND detection_id = ?',
    rows.map((row) => [row.account_id, row.id]),
  );
  await sql.batch(
    'DELETE FROM file_detection WHERE id = ?',
    rows.map((row) => [row.id]),
  );
}

function requestOf(row: Row): NewFileDetection {
  const unpack = row.unpack_layers === null || row.unpack_files === null ? undefined : { layers: row.unpack_layers, files: row.unpack_files };
  return { accountId: row.account_id, hashKey: row.hash_key, file: row.file, url: row.url, unpack };
}

function toDetection(row: Row): FileDetection {
  return {
    ...requestOf(row),
    id: row.id,
    state: row.state,
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
    failure: row.failure === null ? undefined : { kind: row.failure, message: row.message },
    result: row.result === null ? undefined : readFile(row.result),
  };
}

// JSON leaves out what is undefined; the shape has it.
function readFile(text: string): JudgedFile {
  const file = JSON.parse(text) as JudgedFile;
  return { ...file, verdict: file.verdict };
}

function readMember(text: string): JudgedMember {
  const member = JSON.parse(text) as JudgedMember;
  return { ...member, verdict: member.verdict };
}
