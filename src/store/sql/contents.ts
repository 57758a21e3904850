import type { Detection } from '#domain/detection.ts';
import type { FileType } from '#domain/file-entry.ts';
import { chunks, marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import type { ContentRecord, ContentStore } from '../store.ts';
import { digestBytes, digestHex, safeNumber, sha256Bytes } from './digest.ts';
import { findEngines, internEngines } from './engines.ts';

/** Hashes asked for in one query; shorter lists are filled up with NULL, so that one prepared statement serves all. */
const CHUNK = 250;

interface ContentRow {
  readonly id: number;
  readonly sha256: Uint8Array;
  readonly md5: Uint8Array | null;
  readonly sha1: Uint8Array | null;
  readonly size: number;
  readonly file_type: FileType;
}

interface VerdictRow {
  readonly content_id: number;
  readonly detections: string | null;
}

const SELECT_IDS = `SELECT id, sha256 FROM content WHERE sha256 IN (${marks(CHUNK)})`;
const SELECT_CONTENTS = `SELECT id, sha256, md5, sha1, size, file_type FROM content WHERE sha256 IN (${marks(CHUNK)})`;
const SELECT_VERDICTS = `SELECT content_id, detections FROM verdict WHERE content_id IN (${marks(CHUNK)}) AND engine_id = ?`;

const none: readonly Detection[] = [];

/** Contents and what engines said of them. A verdict saved again replaces the earlier one of the same engine fingerprint. */
export function createContentStore(sql: Sql): ContentStore {
  return {
    find: (sha256s, engines) => find(sql, sha256s, engines),
    save: (records) => (records.length === 0 ? Promise.resolve() : sql.transaction(() => save(sql, records))),
  };
}

/** Row ids of those contents that are known, by SHA-256. Texts that are no SHA-256 are left out. */
export async function findContentIds(sql: Sql, sha256s: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const part of chunks(sha256Bytes(sha256s), CHUNK)) {
    const rows = await sql.all<Pick<ContentRow, 'id' | 'sha256'>>(SELECT_IDS, filledUp(part));
    for (const row of rows) found.set(digestHex(row.sha256), row.id);
  }
  return found;
}

async function find(sql: Sql, sha256s: readonly string[], engines: readonly string[]): Promise<ReadonlyMap<string, ContentRecord>> {
  const engineIds = await findEngines(sql, engines);
  const fingerprints = new Map([...engineIds].map(([fingerprint, id]) => [id, fingerprint]));
  const found = new Map<string, ContentRecord>();
  for (const part of chunks(sha256Bytes(sha256s), CHUNK)) {
    const rows = await sql.all<ContentRow>(SELECT_CONTENTS, filledUp(part));
    const verdicts = await findVerdicts(
      sql,
      rows.map((row) => row.id),
      fingerprints,
    );
    for (const row of rows) {
      const sha256 = digestHex(row.sha256);
      found.set(sha256, {
        sha256,
        md5: digestHex(row.md5),
        sha1: digestHex(row.sha1),
        size: row.size,
        fileType: row.file_type,
        verdicts: verdicts.get(row.id) ?? new Map(),
      });
    }
  }
  return found;
}

async function findVerdicts(
  sql: Sql,
  contentIds: readonly number[],
  fingerprints: ReadonlyMap<number, string>,
): Promise<ReadonlyMap<number, ReadonlyMap<string, readonly Detection[]>>> {
  const found = new Map<number, Map<string, readonly Detection[]>>();
  if (contentIds.length === 0) return found;
  for (const [engineId, fingerprint] of fingerprints) {
    const rows = await sql.all<VerdictRow>(SELECT_VERDICTS, [...filledUp(contentIds), engineId]);
    for (const row of rows) {
      const verdicts = found.get(row.content_id) ?? new Map<string, readonly Detection[]>();
      verdicts.set(fingerprint, row.detections === null ? none : parseDetections(row.detections));
      found.set(row.content_id, verdicts);
    }
  }
  return found;
}

async function save(sql: Sql, records: readonly ContentRecord[]): Promise<void> {
  await sql.batch(
    `INSERT INTO content (sha256, md5, sha1, size, file_type) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (sha256) DO UPDATE SET md5 = coalesce(content.md5, excluded.md5), sha1 = coalesce(content.sha1, excluded.sha1), file_type = excluded.file_type
     WHERE content.file_type <> excluded.file_type OR (content.md5 IS NULL AND excluded.md5 IS NOT NULL) OR (content.sha1 IS NULL AND excluded.sha1 IS NOT NULL)`,
    records.map((record) => [
      digestBytes(record.sha256),
      record.md5 === '' ? null : digestBytes(record.md5),
      record.sha1 === '' ? null : digestBytes(record.sha1),
      safeNumber(record.size),
      record.fileType,
    ]),
  );
  const engineIds = await internEngines(
    sql,
    records.flatMap((record) => [...record.verdicts.keys()]),
  );
  const contentIds = await findContentIds(
    sql,
    records.map((record) => record.sha256),
  );
  const verdicts: (readonly SqlValue[])[] = [];
  for (const record of records) {
    for (const [fingerprint, detections] of record.verdicts) {
      verdicts.push([contentIds.get(record.sha256) ?? null, engineIds.get(fingerprint) ?? null, detections.length === 0 ? null : JSON.stringify(detections)]);
    }
  }
  await sql.batch(
    'INSERT INTO verdict (content_id, engine_id, detections) VALUES (?, ?, ?) ON CONFLICT (content_id, engine_id) DO UPDATE SET detections = excluded.detections',
    verdicts,
  );
}

/** Detections as the database keeps them. */
export function parseDetections(text: string): readonly Detection[] {
  return JSON.parse(text) as readonly Detection[];
}

function filledUp(values: readonly SqlValue[]): readonly SqlValue[] {
  return values.length === CHUNK ? values : [...values, ...new Array<null>(CHUNK - values.length).fill(null)];
}
