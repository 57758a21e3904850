import type { ScanState } from '#domain/scan.ts';
import { chunks, marks, type Sql } from '../drivers/sql.ts';
import type { ImageConditions, ImageQuery, ImageRecord, Listing } from '../store.ts';
import { allOf, anyOf, type Condition, checkPage } from './conditions.ts';
import { type ImageRow, imageColumns, toImageRecord } from './image-rows.ts';
import { referenceCondition, scopeCondition } from './image-scope.ts';
import { tallyOf } from './tally.ts';

/** What each order compares, and the index that has it, with what images are filtered by (migration 0019). */
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
  const where = allOf([{ text: ofAccount, values: [query.accountId] }, ...conditionsOf(query.accountId, query)]);
  const { column } = orders[query.by];
  const keys = await sql.all<{ image_key: number }>(
    `SELECT i.image_key FROM ${imagesFrom(query, query.by)} WHERE ${where.text} ORDER BY i.${column} ${query.order}, i.image_key ${query.order} LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
  const records = new Map<number, ImageRecord>();
  for (const part of chunks(keys, together)) {
    const rows = await sql.all<ImageRow>(
      `SELECT ${imageColumns} FROM image i WHERE i.image_key IN (${marks(part.length)})`,
      part.map((row) => row.image_key),
    );
    for (const row of rows) records.set(row.image_key, await toImageRecord(sql, row));
  }
  return { total: await countImages(sql, query, where), rows: keys.flatMap((row) => records.get(row.image_key) ?? []) };
}

const ofAccount = 'i.account_id = ?';

// Few images, named one by one, are looked up; the others are walked along the index of their order.
function imagesFrom({ scope = {} }: ImageConditions, by: ImageQuery['by']): string {
  const { imageIds, digests, layers } = scope;
  const isFew = [imageIds, digests, layers].some((value) => value !== undefined);
  return isFew ? 'image i' : `image i INDEXED BY ${orders[by].index}`;
}

async function countImages(sql: Sql, query: ImageQuery, where: Condition): Promise<number> {
  const { accountId, local } = query;
  if (where.text === ofAccount) return tallyOf(sql, accountId, 'image');
  if (where.text === `${ofAccount} AND ${isLocal}`) return tallyOf(sql, accountId, local === true ? 'local images' : 'far images');
  const row = await sql.get<{ total: number }>(`SELECT count(*) AS total FROM ${imagesFrom(query, 'lastSeen')} WHERE ${where.text}`, where.values);
  return row?.total ?? 0;
}

function conditionsOf(accountId: string, asked: ImageConditions): readonly Condition[] {
  const conditions: Condition[] = [];
  if (asked.ids !== undefined) conditions.push(referenceCondition('i', accountId, asked.ids, ['id']));
  if (asked.names !== undefined) conditions.push(referenceCondition('i', accountId, asked.names, ['reference']));
  if (asked.keywords !== undefined) conditions.push(referenceCondition('i', accountId, asked.keywords, ['reference', 'id']));
  if (asked.scanStates !== undefined) conditions.push(scanCondition(asked.scanStates));
  if (asked.infected !== undefined) conditions.push({ text: asked.infected ? 'i.visible_findings > 0' : 'i.visible_findings = 0', values: [] });
  if (asked.local !== undefined) conditions.push({ text: isLocal, values: [asked.local ? 1 : 0] });
  if (asked.scanned !== undefined) conditions.push({ text: asked.scanned ? 'i.scanned_at > 0' : 'i.scanned_at = 0', values: [] });
  const scope = asked.scope === undefined ? undefined : scopeCondition('i', accountId, asked.scope);
  if (scope !== undefined) conditions.push(scope);
  for (const one of asked.every ?? []) conditions.push(...conditionsOf(accountId, one));
  if (asked.some !== undefined) conditions.push(anyOf(asked.some.map((one) => allOf([always, ...conditionsOf(accountId, one)]))));
  return conditions;
}

const isLocal = 'i.local = ?';
const always: Condition = { text: '1 = 1', values: [] };

function scanCondition(states: readonly (ScanState | 'never')[]): Condition {
  const distinct = [...new Set(states)];
  return { text: `coalesce(i.scan_state, 'never') IN (${distinct.map(() => '?').join(', ')})`, values: distinct };
}
