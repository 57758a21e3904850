import { LazaretError } from '#domain/error.ts';
import { type ScanState, taskOrigins } from '#domain/scan.ts';
import { chunks, type Database, marks, type Sql } from '../drivers/sql.ts';
import type { NewTask, TaskImage, TaskStore } from '../store.ts';
import type { Condition } from './conditions.ts';
import { createCounts } from './counts.ts';
import { listParts, listTasks, type TaskRow, taskColumns, toTaskRecord } from './task-lists.ts';

interface PartRow {
  readonly account_id: string;
  readonly task_id: number;
  readonly image_id: string;
  readonly position: number;
}

interface ClaimedRow {
  readonly deadline: number;
  readonly source_target: string;
  readonly source_platform: string;
  readonly source_insecure: number;
  readonly reference: string;
  readonly digest: string;
  readonly local: number;
}

// As the partial indexes have it: SQLite takes one only where the same text stands in the query.
const OPEN = "state IN ('queued', 'running')";

/** How far a running scan of the image has come, in a statement about `task_image`. */
const progressOf =
  "coalesce((SELECT i.scan_progress FROM image i WHERE i.account_id = task_image.account_id AND i.id = task_image.image_id AND i.scan_state <> 'queued'), 0)";

/**
 * Scan tasks. A task is queued until a worker claims its first image. It ends with its last image: cancelled when `cancel` ended
 * that one, else done when any image was scanned to its end, else timeout when any ran out of time, else failed when any failed,
 * else cancelled. Images are claimed in the order of tasks, then of the list they were given in.
 */
export function createTaskStore(sql: Database): TaskStore {
  const counts = createCounts();
  return {
    create: (accountId, imageIds, options) => sql.transaction(() => create(sql, { accountId, imageIds }, options)),
    find: async (accountId, taskId) => {
      if (!/^[0-9]{1,15}$/.test(taskId)) return undefined;
      const row = await sql.get<TaskRow>(`SELECT ${taskColumns} FROM task t WHERE t.account_id = ? AND t.id = ?`, [accountId, Number(taskId)]);
      return row === undefined ? undefined : toTaskRecord(sql, row);
    },
    latest: async (accountId, origins = taskOrigins) => {
      const where = `t.account_id = ? AND t.origin IN (${marks(origins.length)})`;
      const row = await sql.get<TaskRow>(`SELECT ${taskColumns} FROM task t WHERE ${where} ORDER BY t.id DESC LIMIT 1`, [accountId, ...origins]);
      return row === undefined ? undefined : toTaskRecord(sql, row);
    },
    busy: (accountId, imageIds) => busyImages(sql, accountId, imageIds),
    list: (query) => listTasks(sql, query, counts),
    parts: (query) => listParts(sql, query, counts),
    claim: async (owner, at, leaseUntil) => {
      // An idle worker asks often; the lock is taken only when there is something.
      if (!sql.inTransaction() && (await nextPart(sql, at)) === undefined) return undefined;
      return sql.transaction(() => claim(sql, { owner, at, leaseUntil }));
    },
    renew: async (owner, image, leaseUntil) => {
      const renewed = await sql.run(
        "UPDATE task_image SET lease_until = ? WHERE account_id = ? AND task_id = ? AND position = ? AND owner = ? AND state = 'running'",
        [leaseUntil, image.accountId, Number(image.taskId), image.position, owner],
      );
      return renewed > 0;
    },
    finish: (owner, image, state, at) => sql.transaction(() => finish(sql, { owner, image }, { state, at })),
    cancel: (accountId, taskId, imageIds, at) => sql.transaction(() => cancel(sql, { accountId, taskId, imageIds }, at)),
  };
}

async function create(sql: Sql, request: { readonly accountId: string; readonly imageIds: readonly string[] }, options: NewTask): Promise<string> {
  const { accountId } = request;
  const imageIds = [...new Set(request.imageIds)];
  if (imageIds.length === 0) throw new LazaretError('invalid-input', 'a scan task needs at least one image');
  const known = await knownImages(sql, accountId, imageIds);
  const unknown = imageIds.find((id) => !known.has(id));
  if (unknown !== undefined) throw new LazaretError('not-found', `there is no image ${unknown}`);
  const [busy] = await busyImages(sql, accountId, imageIds);
  if (busy !== undefined) throw new LazaretError('conflict', `image ${busy} is being scanned already: wait until that scan has ended, or cancel it`);
  const { at, timeoutSeconds, origin = 'asked', label = '' } = options;
  const row = await sql.get<{ id: number }>(
    "INSERT INTO task (account_id, created_at, deadline, state, origin, label, timeout_seconds, total) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?) RETURNING id",
    [accountId, at, at + timeoutSeconds * 1000, origin, label, timeoutSeconds, imageIds.length],
  );
  if (row === undefined) throw new LazaretError('internal', 'the scan task could not be saved');
  await sql.batch(
    "INSERT INTO task_image (account_id, task_id, image_id, position, state) VALUES (?, ?, ?, ?, 'queued')",
    imageIds.map((imageId, position) => [accountId, row.id, imageId, position]),
  );
  return String(row.id);
}

function knownImages(sql: Sql, accountId: string, imageIds: readonly string[]): Promise<ReadonlySet<string>> {
  return thoseOf(sql, imageIds, (some) => ({
    text: `SELECT id FROM image WHERE account_id = ? AND id IN (${marks(some.length)})`,
    values: [accountId, ...some],
  }));
}

function busyImages(sql: Sql, accountId: string, imageIds: readonly string[]): Promise<ReadonlySet<string>> {
  const from = `task_image INDEXED BY task_image_busy WHERE ${OPEN} AND account_id = ?`;
  return thoseOf(sql, imageIds, (some) => ({
    text: `SELECT image_id AS id FROM ${from} AND image_id IN (${marks(some.length)})`,
    values: [accountId, ...some],
  }));
}

async function thoseOf(sql: Sql, imageIds: readonly string[], select: (some: readonly string[]) => Condition): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const some of chunks(imageIds, 500)) {
    const { text, values } = select(some);
    for (const { id } of await sql.all<{ id: string }>(text, values)) found.add(id);
  }
  return found;
}

async function nextPart(sql: Sql, at: number): Promise<PartRow | undefined> {
  const columns = 'account_id, task_id, image_id, position';
  const lost = await sql.get<PartRow>(
    `SELECT ${columns} FROM task_image WHERE ${OPEN} AND state = 'running' AND lease_until <= ? ORDER BY task_id, position LIMIT 1`,
    [at],
  );
  return lost ?? sql.get<PartRow>(`SELECT ${columns} FROM task_image WHERE ${OPEN} AND state = 'queued' ORDER BY task_id, position LIMIT 1`);
}

async function claim(sql: Sql, request: { readonly owner: string; readonly at: number; readonly leaseUntil: number }): Promise<TaskImage | undefined> {
  const part = await nextPart(sql, request.at);
  if (part === undefined) return undefined;
  await sql.run(
    `UPDATE task_image SET state = 'running', owner = ?, lease_until = ?, started_at = coalesce(started_at, ?) WHERE account_id = ? AND task_id = ? AND image_id = ?`,
    [request.owner, request.leaseUntil, request.at, part.account_id, part.task_id, part.image_id],
  );
  await sql.run("UPDATE task SET state = 'running', started_at = coalesce(started_at, ?) WHERE id = ? AND state = 'queued'", [request.at, part.task_id]);
  const row = await sql.get<ClaimedRow>(
    `SELECT t.deadline, i.source_target, i.source_platform, i.source_insecure, i.reference, i.digest, i.local
     FROM task t JOIN image i ON i.account_id = t.account_id WHERE t.id = ? AND i.account_id = ? AND i.id = ?`,
    [part.task_id, part.account_id, part.image_id],
  );
  if (row === undefined) throw new LazaretError('internal', `image ${part.image_id} of scan task ${part.task_id} is gone`);
  return {
    accountId: part.account_id,
    taskId: String(part.task_id),
    position: part.position,
    imageId: part.image_id,
    source: { target: row.source_target, platform: row.source_platform, insecure: row.source_insecure === 1 },
    known: { reference: row.reference, digest: row.digest, local: row.local === 1 },
    deadline: row.deadline,
  };
}

async function finish(
  sql: Sql,
  part: { readonly owner: string; readonly image: TaskImage },
  end: { readonly state: Exclude<ScanState, 'queued' | 'running'>; readonly at: number },
): Promise<void> {
  const { owner, image } = part;
  const taskId = Number(image.taskId);
  const claimed = await sql.get<{ image_id: string }>(
    "SELECT image_id FROM task_image WHERE account_id = ? AND task_id = ? AND position = ? AND owner = ? AND state = 'running'",
    [image.accountId, taskId, image.position, owner],
  );
  // Cancelled meanwhile, or another worker's after the lease ran out.
  if (claimed === undefined) return;
  const key = [image.accountId, claimed.image_id];
  const { state } = end;
  await sql.run(
    `UPDATE task_image SET state = ?, owner = NULL, lease_until = NULL, finished_at = ?, progress = ${state === 'done' ? '100' : progressOf},
       error = ${state === 'done' ? "''" : "coalesce((SELECT scan_error FROM image i WHERE i.account_id = task_image.account_id AND i.id = task_image.image_id), '')"}
     WHERE account_id = ? AND task_id = ? AND position = ?`,
    [state, end.at, image.accountId, taskId, image.position],
  );
  const row = await sql.get<{ visible_findings: number }>('SELECT visible_findings FROM image WHERE account_id = ? AND id = ?', key);
  const infected = (row?.visible_findings ?? 0) > 0 ? 1 : 0;
  await sql.run('UPDATE task SET ended = ended + 1, succeeded = succeeded + ?, infected = infected + ? WHERE id = ?', [
    state === 'done' ? 1 : 0,
    infected,
    taskId,
  ]);
  await endTask(sql, taskId, end.at);
}

// Ends the task when none of its images is left.
async function endTask(sql: Sql, taskId: number, at: number, cancelled = false): Promise<void> {
  const task = await sql.get<Pick<TaskRow, 'account_id'>>('SELECT account_id FROM task WHERE id = ? AND ended >= total AND finished_at IS NULL', [taskId]);
  if (task === undefined) return;
  const rows = await sql.all<{ state: ScanState }>('SELECT DISTINCT state FROM task_image WHERE account_id = ? AND task_id = ?', [task.account_id, taskId]);
  const states = new Set(rows.map((row) => row.state));
  const ends = ['done', 'timeout', 'failed'] as const;
  const state = cancelled ? 'cancelled' : (ends.find((one) => states.has(one)) ?? 'cancelled');
  await sql.run('UPDATE task SET state = ?, finished_at = ? WHERE id = ?', [state, at, taskId]);
}

async function cancel(
  sql: Sql,
  which: { readonly accountId: string; readonly taskId: string | undefined; readonly imageIds: readonly string[] | undefined },
  at: number,
): Promise<number> {
  const parts = await openParts(sql, which);
  await sql.batch(
    `UPDATE task_image SET state = 'cancelled', owner = NULL, lease_until = NULL, finished_at = ?, progress = ${progressOf} WHERE account_id = ? AND task_id = ? AND image_id = ?`,
    parts.map((part) => [at, part.account_id, part.task_id, part.image_id]),
  );
  await sql.batch(
    `UPDATE image SET scan_state = 'cancelled', scan_started = coalesce(scan_started, ?), scan_finished = ?, scan_time = ?, scan_remaining = 0, scan_complete = 0
     WHERE account_id = ? AND id = ?`,
    parts.map((part) => [at, at, at, part.account_id, part.image_id]),
  );
  await sql.batch(
    `UPDATE task SET ended = ended + 1, infected = infected + (SELECT count(*) FROM image WHERE account_id = ? AND id = ? AND visible_findings > 0) WHERE id = ?`,
    parts.map((part) => [part.account_id, part.image_id, part.task_id]),
  );
  for (const taskId of new Set(parts.map((part) => part.task_id))) await endTask(sql, taskId, at, true);
  return parts.length;
}

async function openParts(
  sql: Sql,
  which: { readonly accountId: string; readonly taskId: string | undefined; readonly imageIds: readonly string[] | undefined },
): Promise<readonly PartRow[]> {
  if (which.taskId !== undefined && !/^[0-9]{1,15}$/.test(which.taskId)) return [];
  const parts = await sql.all<PartRow>(
    `SELECT account_id, task_id, image_id, position FROM task_image WHERE ${OPEN} AND account_id = ? AND task_id = coalesce(?, task_id)`,
    [which.accountId, which.taskId === undefined ? null : Number(which.taskId)],
  );
  const wanted = which.imageIds === undefined ? undefined : new Set(which.imageIds);
  return wanted === undefined ? parts : parts.filter((part) => wanted.has(part.image_id));
}
