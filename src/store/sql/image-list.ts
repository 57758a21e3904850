import { chunks, marks, type Sql } from '../drivers/sql.ts';
import type { ImageScope } from '../shapes/repositories.ts';
import type { ImageConditions, ImageQuery, ImageRecord, Listing } from '../store.ts';
import { allOf, type Condition, checkPage } from './conditions.ts';
import { type ImageRow, imageColumns, toImageRecord } from './image-rows.ts';
import { placeConditions } from './image-scope.ts';
import { fromOf, type ImageSearch, ofAccount, searchOf, tagSearchOf, whereOf } from './image-search.ts';
import { nearerEnd } from './nearer-end.ts';
import { tallyOf } from './tally.ts';

/** What each order compares, and the index that has it, with what images are filtered by (migration 0027). */
const orders = {
  lastSeen: { column: 'last_seen', index: 'image_last_seen' },
  created: { column: 'created_at', index: 'image_created' },
  size: { column: 'size', index: 'image_size' },
  name: { column: 'reference_folded', index: 'image_name' },
  scanTime: { column: 'scan_time', index: 'image_scan_time' },
  findings: { column: 'visible_findings', index: 'image_findings' },
  hosts: { column: 'hosts', index: 'image_by_hosts' },
} as const satisfies Record<ImageQuery['by'], { readonly column: string; readonly index: string }>;

/** Rows fetched by their keys at once. */
const together = 100;

/** See `ImageStore.list`. */
export async function listImages(sql: Sql, query: ImageQuery): Promise<Listing<ImageRecord>> {
  checkPage(query);
  const { accountId } = query;
  const search = await searchOf(sql, accountId, query);
  const total = await countImages(sql, accountId, search);
  const page = nearerEnd(query, total);
  if (page.limit === 0) return { total, rows: [] };
  const where = await wherePaged(sql, { accountId, search, total });
  const { column, index } = orders[query.by];
  const keys = await sql.all<{ image_key: number }>(
    `SELECT i.image_key FROM ${fromOf(search, index)} WHERE ${where.text} ORDER BY i.${column} ${page.order}, i.image_key ${page.order} LIMIT ? OFFSET ?`,
    [...where.values, page.limit, page.offset],
  );
  const records = new Map<number, ImageRecord>();
  for (const part of chunks(keys, together)) {
    const rows = await sql.all<ImageRow>(
      `SELECT ${imageColumns} FROM image i WHERE i.image_key IN (${marks(part.length)})`,
      part.map((row) => row.image_key),
    );
    for (const row of rows) records.set(row.image_key, await toImageRecord(sql, row));
  }
  return { total, rows: page.inOrder(keys.flatMap((row) => records.get(row.image_key) ?? [])) };
}

/** See `ImageStore.has`. */
export async function hasImage(sql: Sql, accountId: string, conditions: ImageConditions): Promise<boolean> {
  const search = await searchOf(sql, accountId, conditions);
  const tags = tagSearchOf(accountId, search);
  if (tags?.scope !== undefined && tags.scope.tags === undefined) return hasRepositoryWithImages(sql, accountId, tags.scope);
  const { text, values } = tags?.where ?? whereOf(accountId, search, 'each');
  return (await sql.get(`SELECT 1 FROM ${tags?.from ?? fromOf(search, orders.lastSeen.index)} WHERE ${text} LIMIT 1`, values)) !== undefined;
}

// Repositories are fewer than tags.
async function hasRepositoryWithImages(sql: Sql, accountId: string, scope: ImageScope): Promise<boolean> {
  const where = allOf([{ text: 'r.account_id = ?', values: [accountId] }, ...placeConditions(accountId, scope)]);
  const holding = 'SELECT 1 FROM repository_image ri INDEXED BY repository_image_tags WHERE ri.account_id = r.account_id AND ri.repository_id = r.id';
  return (await sql.get(`SELECT 1 FROM repository r WHERE ${where.text} AND EXISTS (${holding}) LIMIT 1`, where.values)) !== undefined;
}

async function countImages(sql: Sql, accountId: string, search: ImageSearch): Promise<number> {
  const tags = tagSearchOf(accountId, search);
  if (tags !== undefined) return countOf(sql, `count(DISTINCT ri.image_key) AS total FROM ${tags.from} WHERE`, tags.where);
  const where = whereOf(accountId, search, 'list');
  if (where.text === ofAccount) return tallyOf(sql, accountId, 'image');
  if (where.text === `${ofAccount} AND i.local = ?`) return tallyOf(sql, accountId, where.values[1] === 1 ? 'local images' : 'far images');
  return countOf(sql, `count(*) AS total FROM ${fromOf(search, orders.lastSeen.index)} WHERE`, where);
}

async function countOf(sql: Sql, text: string, where: Condition): Promise<number> {
  return (await sql.get<{ total: number }>(`SELECT ${text} ${where.text}`, where.values))?.total ?? 0;
}

// Where many images have what is asked for, a page takes a look at few; where few have it, they are listed first.
async function wherePaged(
  sql: Sql,
  { accountId, search, total }: { readonly accountId: string; readonly search: ImageSearch; readonly total: number },
): Promise<Condition> {
  if (total * 2 > (await tallyOf(sql, accountId, 'image'))) return whereOf(accountId, search, 'each');
  const tags = tagSearchOf(accountId, search);
  if (tags === undefined) return whereOf(accountId, search, 'list');
  const listed = { text: `i.image_key IN (SELECT ri.image_key FROM ${tags.from} WHERE ${tags.where.text})`, values: tags.where.values };
  return allOf([{ text: ofAccount, values: [accountId] }, listed]);
}
