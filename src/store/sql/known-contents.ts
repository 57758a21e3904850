import type { FileType } from '#domain/file-entry.ts';
import { chunks, marks, type Sql } from '../drivers/sql.ts';
import type { KnownContent } from '../shapes/nested.ts';
import { digestHex } from './digest.ts';
import { findEngines } from './engines.ts';

interface Row {
  readonly id: number;
  readonly sha256: Uint8Array;
  readonly md5: Uint8Array | null;
  readonly sha1: Uint8Array | null;
  readonly size: number;
  readonly file_type: FileType;
}

const COLUMNS = 'c.id, c.sha256, c.md5, c.sha1, c.size, c.file_type';
const CHUNK = 250;
const PAGE = 5000;

/** A page of the contents of a layer's files, by id. */
export async function listContents(sql: Sql, layerId: number, page: { readonly after: number; readonly limit: number }): Promise<readonly KnownContent[]> {
  const rows = await sql.all<Row>(
    `SELECT ${COLUMNS} FROM (SELECT DISTINCT content_id FROM file_entry WHERE layer_id = ? AND content_id > ? ORDER BY content_id LIMIT ?) e
     JOIN content c ON c.id = e.content_id ORDER BY c.id`,
    [layerId, page.after, page.limit],
  );
  return rows.map(toContent);
}

/** What lies inside the archives of a layer, page by page: archive after archive, each once. */
export async function* listNestedContents(sql: Sql, layerId: number, opener: string): AsyncGenerator<readonly KnownContent[]> {
  const openerId = (await findEngines(sql, [opener])).get(opener);
  if (openerId === undefined) return;
  const outermost = await sql.all<{ id: number }>(
    `SELECT DISTINCT e.content_id AS id FROM file_entry e
     WHERE e.layer_id = ? AND EXISTS (SELECT 1 FROM content_member m WHERE m.container_id = e.content_id AND m.engine_id = ?)`,
    [layerId, openerId],
  );
  const waiting = outermost.map(({ id }) => id);
  const seen = new Set(waiting);
  for (let container = waiting.pop(); container !== undefined; container = waiting.pop()) {
    for (let after = -1; ; ) {
      const rows = await sql.all<Row & { readonly ordinal: number }>(
        `SELECT m.ordinal, ${COLUMNS} FROM content_member m CROSS JOIN content c
         WHERE m.container_id = ? AND m.engine_id = ? AND m.ordinal > ? AND c.id = m.content_id ORDER BY m.ordinal LIMIT ?`,
        [container, openerId, after, PAGE],
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.ordinal;
      yield rows.map(toContent);
      for (const id of await containersAmong(sql, rows, openerId)) {
        if (!seen.has(id)) waiting.push(id);
        seen.add(id);
      }
    }
  }
}

async function containersAmong(sql: Sql, rows: readonly Row[], openerId: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (const part of chunks(
    rows.map(({ id }) => id),
    CHUNK,
  )) {
    const containers = await sql.all<{ id: number }>(
      `SELECT c.id FROM content c WHERE c.id IN (${marks(CHUNK)}) AND EXISTS (SELECT 1 FROM content_member m WHERE m.container_id = c.id AND m.engine_id = ?)`,
      [...part, ...new Array<null>(CHUNK - part.length).fill(null), openerId],
    );
    for (const { id } of containers) found.push(id);
  }
  return found;
}

function toContent({ id, sha256, md5, sha1, size, file_type }: Row): KnownContent {
  return { id, sha256: digestHex(sha256), md5: digestHex(md5), sha1: digestHex(sha1), size, fileType: file_type };
}
