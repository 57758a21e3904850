import { LazaretError } from '#domain/error.ts';
import type { FileEntry } from '#domain/file-entry.ts';
import type { Clock } from '#lib/clock.ts';
import type { Sql } from '../drivers/sql.ts';
import type { LayerEntry, LayerRecord, LayerStore, PlaceDetections } from '../store.ts';
import { findContentIds } from './contents.ts';
import { digestBytes, digestHex, safeNumber } from './digest.ts';
import { internEngines } from './engines.ts';
import { listContents } from './known-contents.ts';
import { findPlaces } from './places.ts';

/** Kinds of entries as stored: their place in this list. */
const entryKinds = ['file', 'hardlink', 'symlink', 'directory', 'device', 'fifo', 'whiteout', 'opaque'] as const satisfies readonly FileEntry['kind'][];

/** Rows resolved or deleted in one transaction, so that no other process waits long for the lock. */
const PAGE = 10_000;
/** An inventory that nobody has added to for this many milliseconds was left by a run that died. Long, since a slow scan may pause between two additions. */
const ABANDONED = 3600 * 1000;
const STEADY_TRIES = 5;

interface LayerRow {
  readonly id: number;
  readonly diff_id: string;
  readonly state: 'reading' | 'finished' | 'dropping' | 'replaced';
  readonly files: number;
  readonly contents: number;
  readonly bytes: number;
  readonly os_name: string;
  readonly skipped: string;
}

interface PendingRow {
  readonly ordinal: number;
  readonly path: string;
}

const COLUMNS = 'id, diff_id, state, files, contents, bytes, os_name, skipped';

/**
 * Inventories of layers. Several processes may read the same layer at once: each fills an inventory of its own, and only one of
 * them stays. The ids of the others go on working and stand for the one that stayed.
 */
export function createLayerStore(sql: Sql, clock: Clock): LayerStore {
  return {
    find: (diffId) => find(sql, diffId),
    begin: (diffId) => begin(sql, diffId, clock()),
    add: (layerId, entries) => (entries.length === 0 ? Promise.resolve() : sql.transaction(() => add(sql, layerId, entries, clock()))),
    addPlaceDetections: (layerId, rows) => (rows.length === 0 ? Promise.resolve() : sql.transaction(() => addPlaceDetections(sql, layerId, rows, clock()))),
    finish: (layerId, summary) => finish(sql, layerId, summary),
    addEngine: (layerId, engine) => sql.transaction(async () => markEngines(sql, (await current(sql, layerId)).id, [engine])),
    contents: (layerId, after, limit) => steadily(sql, [layerId], (stored) => listContents(sql, stored.get(layerId) ?? layerId, { after, limit })),
    abandon: (layerId) => abandon(sql, layerId),
    places: async (layerIds, engines, inside) => {
      for (const id of new Set(layerIds)) if ((await layerRow(sql, id)).state === 'reading') await resolveHashes(sql, id);
      return steadily(sql, layerIds, (stored) => findPlaces(sql, { layers: layerIds.map((id) => ({ id, stored: stored.get(id) ?? id })), engines, inside }));
    },
    holding: (sha256) => holding(sql, sha256),
  };
}

async function find(sql: Sql, diffId: string): Promise<LayerRecord | undefined> {
  const row = await sql.get<LayerRow>(`SELECT ${COLUMNS} FROM layer WHERE diff_id = ? AND state = 'finished'`, [diffId]);
  if (row === undefined) return undefined;
  const engines = await sql.all<{ fingerprint: string }>('SELECT e.fingerprint FROM layer_engine l JOIN engine e ON e.id = l.engine_id WHERE l.layer_id = ?', [
    row.id,
  ]);
  return {
    id: row.id,
    diffId: row.diff_id,
    files: row.files,
    contents: row.contents,
    bytes: row.bytes,
    osName: row.os_name,
    skipped: JSON.parse(row.skipped) as LayerRecord['skipped'],
    engines: new Set(engines.map((engine) => engine.fingerprint)),
  };
}

async function begin(sql: Sql, diffId: string, at: number): Promise<number> {
  await dropAbandoned(sql, at);
  return sql.transaction(async () => {
    const row = await sql.get<{ id: number }>("INSERT INTO layer (diff_id, state, touched_at) VALUES (?, 'reading', ?) RETURNING id", [diffId, at]);
    if (row === undefined) throw new LazaretError('internal', `no inventory could be started for layer ${diffId}`);
    return row.id;
  });
}

async function add(sql: Sql, layerId: number, entries: readonly LayerEntry[], at: number): Promise<void> {
  await touch(sql, layerId, at);
  const contentIds = await findContentIds(sql, hashesOf(entries));
  await sql.batch(
    'INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    entries.map((entry) => [
      layerId,
      entry.path,
      entry.ordinal,
      entryKinds.indexOf(entry.kind),
      entry.sha256 === undefined ? null : (contentIds.get(entry.sha256) ?? null),
      safeNumber(entry.size),
      safeNumber(entry.mode),
      safeNumber(entry.mtime),
      safeNumber(entry.uid),
      safeNumber(entry.gid),
      entry.link,
    ]),
  );
  const pending = entries.filter((entry) => (entry.sha256 === undefined ? entry.kind === 'hardlink' : !contentIds.has(entry.sha256)));
  await sql.batch(
    'INSERT INTO entry_pending (layer_id, ordinal, path, sha256) VALUES (?, ?, ?, ?)',
    pending.map((entry) => [layerId, entry.ordinal, entry.path, entry.sha256 === undefined ? null : digestBytes(entry.sha256)]),
  );
}

function* hashesOf(entries: readonly LayerEntry[]): Generator<string> {
  for (const { sha256 } of entries) if (sha256 !== undefined) yield sha256;
}

async function addPlaceDetections(sql: Sql, layerId: number, rows: readonly PlaceDetections[], at: number): Promise<void> {
  await touch(sql, layerId, at);
  const engineIds = await internEngines(
    sql,
    rows.map((row) => row.engine),
  );
  await sql.batch(
    `INSERT INTO place_detection (layer_id, engine_id, path, ordinal, detections) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (layer_id, engine_id, path, ordinal) DO UPDATE SET detections = excluded.detections`,
    rows
      .filter((row) => row.detections.length > 0)
      .map((row) => [layerId, engineIds.get(row.engine) ?? null, row.path, row.ordinal, JSON.stringify(row.detections)]),
  );
}

async function touch(sql: Sql, layerId: number, at: number): Promise<void> {
  if ((await sql.run("UPDATE layer SET touched_at = ? WHERE id = ? AND state = 'reading'", [at, layerId])) > 0) return;
  throw new LazaretError(
    'conflict',
    `inventory ${layerId} of a layer is not being filled: it was finished, or dropped after a long pause; scan the image again`,
  );
}

async function finish(sql: Sql, layerId: number, summary: Omit<LayerRecord, 'id' | 'diffId'>): Promise<void> {
  await resolveHashes(sql, layerId);
  const unsaved = await sql.get<{ sha256: Uint8Array }>('SELECT sha256 FROM entry_pending WHERE layer_id = ? AND sha256 IS NOT NULL LIMIT 1', [layerId]);
  if (unsaved !== undefined) throw new LazaretError('internal', `the inventory of a layer names content ${digestHex(unsaved.sha256)}, which was never saved`);
  await untilNone(() => sql.transaction(() => resolveLinks(sql, layerId)));
  const loser = await sql.transaction(() => settle(sql, layerId, summary));
  if (loser !== undefined) await dropEntries(sql, loser);
}

// Gives entries that were added before their contents were saved those that have been saved since.
async function resolveHashes(sql: Sql, layerId: number): Promise<void> {
  let last: PendingRow | undefined = { ordinal: -1, path: '' };
  while (last !== undefined) {
    const after: PendingRow = last;
    last = await sql.transaction(() => resolveHashesAfter(sql, layerId, after));
  }
}

async function resolveHashesAfter(sql: Sql, layerId: number, after: PendingRow): Promise<PendingRow | undefined> {
  const rows = await sql.all<PendingRow & { readonly sha256: Uint8Array }>(
    'SELECT ordinal, path, sha256 FROM entry_pending WHERE layer_id = ? AND (ordinal, path) > (?, ?) AND sha256 IS NOT NULL ORDER BY ordinal, path LIMIT ?',
    [layerId, after.ordinal, after.path, PAGE],
  );
  const contentIds = await findContentIds(
    sql,
    rows.map((row) => digestHex(row.sha256)),
  );
  const saved = rows.filter((row) => contentIds.has(digestHex(row.sha256)));
  await sql.batch(
    'UPDATE file_entry SET content_id = ? WHERE layer_id = ? AND path = ? AND ordinal = ?',
    saved.map((row) => [contentIds.get(digestHex(row.sha256)) ?? null, layerId, row.path, row.ordinal]),
  );
  await dropPending(sql, layerId, saved);
  return rows.at(-1);
}

// A hard link has the content of the last earlier entry of its target's path. Taken in the order of the tar, so that a link to a link finds the latter resolved.
async function resolveLinks(sql: Sql, layerId: number): Promise<number> {
  const rows = await sql.all<PendingRow>('SELECT ordinal, path FROM entry_pending WHERE layer_id = ? ORDER BY ordinal, path LIMIT ?', [layerId, PAGE]);
  await sql.batch(
    `UPDATE file_entry SET content_id = (
       SELECT t.content_id FROM file_entry t
       WHERE t.layer_id = file_entry.layer_id AND t.path = file_entry.link AND t.ordinal < file_entry.ordinal
       ORDER BY t.ordinal DESC LIMIT 1)
     WHERE layer_id = ? AND path = ? AND ordinal = ?`,
    rows.map((row) => [layerId, row.path, row.ordinal]),
  );
  await dropPending(sql, layerId, rows);
  return rows.length;
}

async function dropPending(sql: Sql, layerId: number, rows: readonly PendingRow[]): Promise<void> {
  await sql.batch(
    'DELETE FROM entry_pending WHERE layer_id = ? AND ordinal = ? AND path = ?',
    rows.map((row) => [layerId, row.ordinal, row.path]),
  );
}

// Marks the inventory as finished, or keeps the one that is there when it says the same. Returns the id of the one that must go.
async function settle(sql: Sql, layerId: number, summary: Omit<LayerRecord, 'id' | 'diffId'>): Promise<number | undefined> {
  const own = await layerRow(sql, layerId);
  if (own.state !== 'reading')
    throw new LazaretError('conflict', `inventory ${layerId} of a layer was finished before, or dropped after a long pause; scan the image again`);
  const other = await sql.get<LayerRow>(`SELECT ${COLUMNS} FROM layer WHERE diff_id = ? AND state = 'finished'`, [own.diff_id]);
  const skipped = JSON.stringify(summary.skipped);
  const same =
    other !== undefined && other.files === summary.files && other.contents === summary.contents && other.bytes === summary.bytes && other.skipped === skipped;
  const winner = same ? other.id : layerId;
  const loser = same ? layerId : other?.id;
  if (loser !== undefined) {
    await sql.run("UPDATE layer SET state = 'dropping' WHERE id = ?", [loser]);
    await sql.run(
      `INSERT INTO place_detection (layer_id, engine_id, path, ordinal, detections)
       SELECT ?, engine_id, path, ordinal, detections FROM place_detection WHERE layer_id = ?
       ON CONFLICT (layer_id, engine_id, path, ordinal) DO NOTHING`,
      [winner, loser],
    );
  }
  await sql.run("UPDATE layer SET state = 'finished', files = ?, contents = ?, bytes = ?, os_name = ?, skipped = ? WHERE id = ?", [
    summary.files,
    summary.contents,
    summary.bytes,
    summary.osName,
    skipped,
    winner,
  ]);
  await markEngines(sql, winner, summary.engines);
  return loser;
}

async function markEngines(sql: Sql, layerId: number, fingerprints: Iterable<string>): Promise<void> {
  const ids = await internEngines(sql, fingerprints);
  await sql.batch(
    'INSERT INTO layer_engine (layer_id, engine_id) VALUES (?, ?) ON CONFLICT (layer_id, engine_id) DO NOTHING',
    [...ids.values()].map((id) => [layerId, id]),
  );
}

async function dropAbandoned(sql: Sql, at: number): Promise<void> {
  const rows = await sql.all<{ id: number }>("SELECT id FROM layer WHERE state IN ('reading', 'dropping') AND touched_at < ?", [at - ABANDONED]);
  for (const { id } of rows) {
    await sql.run("UPDATE layer SET state = 'dropping' WHERE id = ? AND state = 'reading' AND touched_at < ?", [id, at - ABANDONED]);
    await dropEntries(sql, id);
  }
}

async function abandon(sql: Sql, layerId: number): Promise<void> {
  if ((await sql.run("UPDATE layer SET state = 'dropping' WHERE id = ? AND state = 'reading'", [layerId])) > 0) await dropEntries(sql, layerId);
}

// The row of the layer stays, so that its id still leads to the layer.
async function dropEntries(sql: Sql, layerId: number): Promise<void> {
  for (const table of ['file_entry', 'entry_pending'] as const) {
    const keys = 'layer_id, path, ordinal';
    await untilNone(() => sql.run(`DELETE FROM ${table} WHERE (${keys}) IN (SELECT ${keys} FROM ${table} WHERE layer_id = ? LIMIT ?)`, [layerId, PAGE]));
  }
  await sql.transaction(async () => {
    await sql.run('DELETE FROM place_detection WHERE layer_id = ?', [layerId]);
    await sql.run('DELETE FROM layer_engine WHERE layer_id = ?', [layerId]);
    await sql.run("UPDATE layer SET state = 'replaced' WHERE id = ? AND state = 'dropping'", [layerId]);
  });
}

async function layerRow(sql: Sql, layerId: number): Promise<LayerRow> {
  const row = await sql.get<LayerRow>(`SELECT ${COLUMNS} FROM layer WHERE id = ?`, [layerId]);
  if (row === undefined) throw new LazaretError('not-found', `there is no inventory ${layerId} of a layer`);
  return row;
}

// The inventory that the id stands for: the finished one of its layer, or one that is being filled.
async function current(sql: Sql, layerId: number): Promise<LayerRow> {
  const row = await layerRow(sql, layerId);
  if (row.state === 'finished' || row.state === 'reading') return row;
  const other = await sql.get<LayerRow>(`SELECT ${COLUMNS} FROM layer WHERE diff_id = ? AND state = 'finished'`, [row.diff_id]);
  if (other === undefined) throw new LazaretError('conflict', `layer ${row.diff_id} was never read to its end: scan the image again`);
  return other;
}

// Works on the inventories behind the ids, and once more when another process put one of them aside meanwhile.
async function steadily<T>(sql: Sql, layerIds: readonly number[], work: (stored: ReadonlyMap<number, number>) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const before = await storedIds(sql, layerIds);
    const result = await work(before);
    const after = await storedIds(sql, layerIds);
    if ([...before].every(([id, stored]) => after.get(id) === stored)) return result;
    if (tries === STEADY_TRIES) throw new LazaretError('conflict', 'the layers of the image are being read again by other scans: try again later');
  }
}

async function storedIds(sql: Sql, layerIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const stored = new Map<number, number>();
  for (const id of new Set(layerIds)) stored.set(id, (await current(sql, id)).id);
  return stored;
}

async function untilNone(work: () => Promise<number>): Promise<void> {
  let done: number;
  do done = await work();
  while (done > 0);
}

async function holding(sql: Sql, sha256: string): Promise<readonly string[]> {
  const contentId = (await findContentIds(sql, [sha256])).get(sha256);
  if (contentId === undefined) return [];
  const rows = await sql.all<{ diff_id: string }>(
    `WITH RECURSIVE holder (id) AS (SELECT ? UNION SELECT m.container_id FROM holder h CROSS JOIN content_member m WHERE m.content_id = h.id)
     SELECT diff_id FROM layer WHERE state = 'finished'
       AND EXISTS (SELECT 1 FROM holder h CROSS JOIN file_entry e WHERE e.layer_id = layer.id AND e.content_id = h.id) ORDER BY diff_id`,
    [contentId],
  );
  return rows.map((row) => row.diff_id);
}
