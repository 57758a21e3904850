import type { ScanState, TaskOrigin } from '#domain/scan.ts';
import { chunks, type Database, marks, type Sql } from '../drivers/sql.ts';
import type { ImageRecord, Listing, TaskConditions, TaskPart, TaskPartQuery, TaskQuery, TaskRecord } from '../store.ts';
import { allOf, type Condition, checkPage, valueCondition } from './conditions.ts';
import type { Counts } from './counts.ts';
import { type ImageRow, imageColumns, toImageRecord } from './image-rows.ts';
import { scopeCondition } from './image-scope.ts';
import { placesOfImages } from './tag-rows.ts';

/** A row as `taskColumns` selects it. */
export interface TaskRow {
  readonly id: number;
  readonly account_id: string;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly state: ScanState;
  readonly origin: TaskOrigin;
  readonly label: string;
  readonly timeout_seconds: number;
  readonly total: number;
  readonly ended: number;
  readonly succeeded: number;
  readonly infected: number;
}

export const taskColumns =
  't.id, t.account_id, t.created_at, t.started_at, t.finished_at, t.state, t.origin, t.label, t.timeout_seconds, t.total, t.ended, t.succeeded, t.infected';

interface PartRow {
  readonly task_id: number;
  readonly position: number;
  readonly image_id: string;
  readonly state: ScanState;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly progress: number;
  readonly error: string;
}

/** See `TaskStore.list`. */
export async function listTasks(sql: Database, query: TaskQuery, counts: Counts): Promise<Listing<TaskRecord>> {
  checkPage(query);
  const where = allOf([...taskConditions(query), ...(query.states === undefined ? [] : [valueCondition('t.state', query.states)])]);
  const rows = await sql.all<TaskRow>(`SELECT ${taskColumns} FROM task t WHERE ${where.text} ORDER BY t.id DESC LIMIT ? OFFSET ?`, [
    ...where.values,
    query.limit,
    query.offset,
  ]);
  const tasks: TaskRecord[] = [];
  for (const row of rows) tasks.push(await toTaskRecord(sql, row));
  return { total: await countOf(sql, { from: 'task t', where }, counts), rows: tasks };
}

/** See `TaskStore.parts`. */
export async function listParts(sql: Database, given: TaskPartQuery, counts: Counts): Promise<Listing<TaskPart>> {
  checkPage(given);
  const query = await withImageIds(sql, given);
  const where = partCondition(query);
  const rows = await sql.all<PartRow>(
    `SELECT p.task_id, p.position, p.image_id, p.state, p.started_at, p.finished_at, p.progress, p.error FROM ${partsFrom(query)}
     WHERE ${where.text} ORDER BY p.task_id DESC, p.position LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
  return { total: await countParts(sql, { query, where }, counts), rows: await toParts(sql, query.accountId, rows) };
}

type ResolvedQuery = Omit<TaskPartQuery, 'digests'>;

async function withImageIds(sql: Database, { digests, ...query }: TaskPartQuery): Promise<ResolvedQuery> {
  const scope = digests === undefined ? undefined : scopeCondition('i', query.accountId, { digests });
  if (scope === undefined) return query;
  const rows = await sql.all<{ id: string }>(`SELECT i.id FROM image i WHERE +i.account_id = ? AND ${scope.text}`, [query.accountId, ...scope.values]);
  const named = query.imageIds === undefined ? undefined : new Set(query.imageIds);
  return { ...query, imageIds: rows.map(({ id }) => id).filter((id) => named?.has(id) !== false) };
}

// Where nothing is asked of the images, the tasks know how many they have.
async function countParts(sql: Database, { query, where }: { readonly query: ResolvedQuery; readonly where: Condition }, counts: Counts): Promise<number> {
  if (query.states !== undefined || query.imageIds !== undefined) return countOf(sql, { from: partsFrom(query), where }, counts);
  const ofTask = allOf(taskConditions(query));
  const row = await sql.get<{ total: number }>(`SELECT coalesce(sum(t.total), 0) AS total FROM task t WHERE ${ofTask.text}`, ofTask.values);
  return row?.total ?? 0;
}

/** As the partial index of waiting and running images has it: SQLite takes that only where the same text stands in the query. */
const open: Condition = { text: "p.state IN ('queued', 'running')", values: [] };

function isOpen({ states }: ResolvedQuery): boolean {
  return states?.every((state) => state === 'queued' || state === 'running') === true;
}

// SQLite would rather walk through all images in their order, of which few wait, or are those that are named.
function partsFrom(query: ResolvedQuery): string {
  if (query.imageIds !== undefined) return 'task_image p INDEXED BY task_image_of';
  return isOpen(query) ? 'task_image p INDEXED BY task_image_open' : 'task_image p';
}

function partCondition(query: ResolvedQuery): Condition {
  const { accountId, taskIds, states, imageIds, ...rest } = query;
  const conditions: Condition[] = [{ text: 'p.account_id = ?', values: [accountId] }];
  if (taskIds !== undefined) conditions.push(valueCondition('p.task_id', numbersOf(taskIds)));
  if (states !== undefined) conditions.push(valueCondition('p.state', states));
  if (isOpen(query)) conditions.push(open);
  if (imageIds !== undefined) conditions.push(valueCondition('p.image_id', imageIds));
  const ofTask = taskConditions({ accountId, ...rest });
  if (ofTask.length > 1) {
    const tasks = allOf(ofTask);
    conditions.push({ text: `p.task_id IN (SELECT t.id FROM task t WHERE ${tasks.text})`, values: tasks.values });
  }
  return allOf(conditions);
}

function taskConditions({ accountId, taskIds, from, until, origins, label }: TaskConditions): readonly Condition[] {
  const conditions: Condition[] = [{ text: 't.account_id = ?', values: [accountId] }];
  if (taskIds !== undefined) conditions.push(valueCondition('t.id', numbersOf(taskIds)));
  if (from !== undefined) conditions.push({ text: 't.created_at >= ?', values: [from] });
  if (until !== undefined) conditions.push({ text: 't.created_at <= ?', values: [until] });
  if (origins !== undefined) conditions.push(valueCondition('t.origin', origins));
  if (label !== undefined)
    conditions.push({ text: `(t.label = ? OR (t.label = '' AND t.origin IN (${marks(label.origins.length)})))`, values: [label.text, ...label.origins] });
  return conditions;
}

// What is no id names no task.
function numbersOf(taskIds: readonly string[]): readonly number[] {
  return taskIds.filter((id) => /^[0-9]{1,15}$/.test(id)).map(Number);
}

async function countOf(sql: Database, { from, where }: { readonly from: string; readonly where: Condition }, counts: Counts): Promise<number> {
  const count = async (): Promise<number> =>
    (await sql.get<{ total: number }>(`SELECT count(*) AS total FROM ${from} WHERE ${where.text}`, where.values))?.total ?? 0;
  return sql.inTransaction() ? count() : counts.total(`${from} ${JSON.stringify(where)}`, await sql.version(), count);
}

async function toParts(sql: Sql, accountId: string, rows: readonly PartRow[]): Promise<readonly TaskPart[]> {
  const tasks = new Map<number, TaskRecord>();
  for (const id of new Set(rows.map((row) => row.task_id))) {
    const row = await sql.get<TaskRow>(`SELECT ${taskColumns} FROM task t WHERE t.account_id = ? AND t.id = ?`, [accountId, id]);
    if (row !== undefined) tasks.set(id, await toTaskRecord(sql, row));
  }
  const byKey = await imagesOf(sql, accountId, [...new Set(rows.map((row) => row.image_id))]);
  const places = await placesOfImages(sql, accountId, byKey);
  const byId = new Map([...byKey].map(([key, image]) => [image.image.id, { image, place: places.get(key) }]));
  return rows.flatMap((row) => {
    const task = tasks.get(row.task_id);
    return task === undefined ? [] : [toPart(row, { task, image: byId.get(row.image_id)?.image, place: byId.get(row.image_id)?.place })];
  });
}

async function imagesOf(sql: Sql, accountId: string, ids: readonly string[]): Promise<ReadonlyMap<number, ImageRecord>> {
  const images = new Map<number, ImageRecord>();
  for (const part of chunks(ids, 100)) {
    const rows = await sql.all<ImageRow>(`SELECT ${imageColumns} FROM image i WHERE i.account_id = ? AND i.id IN (${marks(part.length)})`, [
      accountId,
      ...part,
    ]);
    for (const row of rows) images.set(row.image_key, await toImageRecord(sql, row));
  }
  return images;
}

function toPart(row: PartRow, about: Pick<TaskPart, 'task' | 'image' | 'place'>): TaskPart {
  const scan = about.image?.scan;
  return {
    ...about,
    position: row.position,
    imageId: row.image_id,
    state: row.state,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    progress: row.state === 'running' && scan?.state === 'running' ? Math.min(99, scan.progress) : row.progress,
    error: row.error,
  };
}

export async function toTaskRecord(sql: Sql, row: TaskRow): Promise<TaskRecord> {
  const running = await sql.get<{ progress: number | null }>(
    `SELECT sum(i.scan_progress) AS progress FROM task_image t CROSS JOIN image i
     WHERE t.state IN ('queued', 'running') AND t.state = 'running' AND t.task_id = ? AND i.account_id = t.account_id AND i.id = t.image_id AND i.scan_state = 'running'`,
    [row.id],
  );
  const progress = row.finished_at === null ? Math.min(99, Math.floor((100 * row.ended + (running?.progress ?? 0)) / row.total)) : 100;
  return {
    accountId: row.account_id,
    id: String(row.id),
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    state: row.state,
    origin: row.origin,
    label: row.label,
    timeoutSeconds: row.timeout_seconds,
    total: row.total,
    ended: row.ended,
    succeeded: row.succeeded,
    infected: row.infected,
    progress,
  };
}
