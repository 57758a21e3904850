import { chunks, marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import type { NestedStore, OpenedContent, OpenOutcome } from '../shapes/nested.ts';
import { findContentIds } from './contents.ts';
import { digestBytes, safeNumber } from './digest.ts';
import { findEngines, internEngines } from './engines.ts';
import { listNestedContents } from './known-contents.ts';

const CHUNK = 250;

interface OutcomeRow {
  readonly content_id: number;
  readonly levels: number;
  readonly height: number;
  readonly skipped: string;
}

/** What lies inside archives, and which of them need not be opened again. */
export function createNestedStore(sql: Sql): NestedStore {
  return {
    find: (sha256s, key) => find(sql, sha256s, key),
    contents: (layerId, opener) => listNestedContents(sql, layerId, opener),
    save: (records) => (records.length === 0 ? Promise.resolve() : sql.transaction(() => save(sql, records))),
  };
}

async function find(sql: Sql, sha256s: readonly string[], key: string): Promise<ReadonlyMap<string, readonly OpenOutcome[]>> {
  const found = new Map<string, OpenOutcome[]>();
  const engineId = (await findEngines(sql, [key])).get(key);
  if (engineId === undefined) return found;
  const ids = await findContentIds(sql, sha256s);
  const names = new Map([...ids].map(([sha256, id]) => [id, sha256]));
  for (const part of chunks([...names.keys()], CHUNK)) {
    const rows = await sql.all<OutcomeRow>(
      `SELECT content_id, levels, height, skipped FROM content_opened WHERE content_id IN (${marks(CHUNK)}) AND engine_id = ?`,
      [...part, ...new Array<null>(CHUNK - part.length).fill(null), engineId],
    );
    for (const { content_id, levels, height, skipped } of rows) {
      const sha256 = names.get(content_id) ?? '';
      const outcome = { key, levels, height, skipped: JSON.parse(skipped) as OpenOutcome['skipped'] };
      found.set(sha256, [...(found.get(sha256) ?? []), outcome]);
    }
  }
  return found;
}

async function save(sql: Sql, records: readonly OpenedContent[]): Promise<void> {
  await saveContents(sql, records);
  const contentIds = await findContentIds(sql, hashesOf(records));
  const idOf = (sha256: string): SqlValue => contentIds.get(sha256) ?? null;
  const engineIds = await internEngines(sql, enginesOf(records));
  const engineOf = (fingerprint: string): SqlValue => engineIds.get(fingerprint) ?? null;
  const members: (readonly SqlValue[])[] = [];
  const detections: (readonly SqlValue[])[] = [];
  const outcomes: (readonly SqlValue[])[] = [];
  for (const record of records) {
    const container = idOf(record.sha256);
    const opener = engineOf(record.opener);
    for (const { path, ordinal, sha256 } of record.members) members.push([container, opener, ordinal, idOf(sha256), path]);
    for (const { ordinal, engine, detections: found } of record.detections)
      detections.push([container, opener, ordinal, engineOf(engine), JSON.stringify(found)]);
    const { outcome } = record;
    if (outcome !== undefined) outcomes.push([container, engineOf(outcome.key), outcome.levels, outcome.height, JSON.stringify(outcome.skipped)]);
  }
  await sql.batch(
    `INSERT INTO content_member (container_id, engine_id, ordinal, content_id, path) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (container_id, engine_id, ordinal) DO UPDATE SET content_id = excluded.content_id, path = excluded.path
     WHERE content_id <> excluded.content_id OR path <> excluded.path`,
    members,
  );
  await sql.batch(
    `INSERT INTO member_detection (container_id, opener_id, ordinal, engine_id, detections) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (container_id, opener_id, ordinal, engine_id) DO UPDATE SET detections = excluded.detections`,
    detections,
  );
  await sql.batch(
    `INSERT INTO content_opened (content_id, engine_id, levels, height, skipped) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (content_id, engine_id, levels) DO UPDATE SET height = excluded.height, skipped = excluded.skipped`,
    outcomes,
  );
}

// Rows for contents that an inspector has not answered about yet; what it tells replaces their type.
async function saveContents(sql: Sql, records: readonly OpenedContent[]): Promise<void> {
  const sizes = new Map<string, number>();
  for (const { sha256, size, members } of records) {
    sizes.set(sha256, size);
    for (const member of members) sizes.set(member.sha256, member.size);
  }
  const known = await findContentIds(sql, sizes.keys());
  await sql.batch(
    "INSERT INTO content (sha256, size, file_type) VALUES (?, ?, 'other') ON CONFLICT (sha256) DO NOTHING",
    [...sizes].filter(([sha256]) => !known.has(sha256)).map(([sha256, size]) => [digestBytes(sha256), safeNumber(size)]),
  );
}

function* hashesOf(records: readonly OpenedContent[]): Generator<string> {
  for (const { sha256, members } of records) {
    yield sha256;
    for (const member of members) yield member.sha256;
  }
}

function* enginesOf(records: readonly OpenedContent[]): Generator<string> {
  for (const { opener, outcome, detections } of records) {
    yield opener;
    if (outcome !== undefined) yield outcome.key;
    for (const { engine } of detections) yield engine;
  }
}
