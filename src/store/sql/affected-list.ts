import type { Verdict } from '#domain/finding.ts';
import { handlingStates } from '#domain/handling.ts';
import { type Severity, severities } from '#domain/severity.ts';
import { chunks, marks, type Sql } from '../drivers/sql.ts';
import type { AffectedConditions, AffectedImage, AffectedQuery } from '../shapes/samples.ts';
import type { Listing } from '../store.ts';
import { countPlace, countWidth } from './alike.ts';
import { allOf, type Condition, checkPage, valueCondition } from './conditions.ts';
import { countOfSamples } from './counted-samples.ts';
import { type FindingRow, findingColumns, toFindingRecord } from './findings.ts';
import { type ImageRow, imageColumns, toImageRecord } from './image-rows.ts';
import { scopeCondition } from './image-scope.ts';
import { md5Condition } from './md5-condition.ts';
import { numbersIn } from './number-lists.ts';
import { markScope } from './scope-images.ts';
import { seenTimeOf } from './seen.ts';
import type { ShareBook, ShareBooks } from './share-book.ts';
import { rankOf, standings, standingsOf } from './standing.ts';
import { placesOfImages } from './tag-rows.ts';

type AffectedRow = FindingRow & { readonly image_key: number; readonly body: string };

/** Images fetched at once. */
const together = 100;
const verdicts = 'finding_verdict v ON v.id = f.verdict_id';
const columns = `${findingColumns}, f.image_key, v.body`;

/** See `SampleStore.affected`. By time the book tells which findings stand on the page; otherwise all are looked at. */
export async function listAffected(sql: Sql, query: AffectedQuery, books: ShareBooks): Promise<Listing<AffectedImage>> {
  checkPage(query);
  const book = query.by === 'lastSeen' ? await bookFor(sql, query, books) : undefined;
  const { total, rows } = book === undefined ? await searchAll(sql, query) : await searchBook(sql, query, book);
  return { total, rows: await withImages(sql, query.accountId, rows) };
}

/** See `SampleStore.countAffected`. */
export async function countAffected(sql: Sql, query: AffectedConditions, books: ShareBooks): Promise<Readonly<Record<Severity, number>>> {
  const book = await bookFor(sql, query, books);
  const counts = book === undefined || query.md5s !== undefined ? await countAll(sql, query) : await countBook(sql, query, book);
  return Object.fromEntries(severities.map((severity) => [severity, counts.get(rankOf(severity)) ?? 0])) as Record<Severity, number>;
}

async function bookFor(sql: Sql, { accountId, ids }: AffectedConditions, books: ShareBooks): Promise<ShareBook | undefined> {
  return ids === undefined && !sql.inTransaction() ? await books.open(accountId) : undefined;
}

// ------------------------------------------------------------ by the book

interface Found {
  readonly total: number;
  readonly rows: readonly AffectedRow[];
}

/** A group of which the page shows some. */
interface Slice {
  readonly imageKey: number;
  readonly stored: number;
  readonly offset: number;
  readonly limit: number;
}

async function searchBook(sql: Sql, query: AffectedQuery, book: ShareBook): Promise<Found> {
  const images = await wantedImages(sql, query, book);
  const counted = query.md5s === undefined ? counterOf(query, book) : await countOfSamples(sql, { ...query, md5s: query.md5s }, book);
  const { order, slots, imageKeys, storeds } = book.table;
  let total = 0;
  const slices: Slice[] = [];
  for (let index = 0; index < order.length; index++) {
    const group = order[query.order === 'asc' ? index : order.length - 1 - index] as number;
    if (images !== undefined && images[slots[group] as number] !== 1) continue;
    const count = counted(group);
    if (count === 0) continue;
    const offset = Math.max(0, query.offset - total);
    const limit = Math.min(count - offset, query.offset + query.limit - Math.max(total, query.offset));
    if (limit > 0) slices.push({ imageKey: imageKeys[group] as number, stored: storeds[group] as number, offset, limit });
    total += count;
  }
  const rows: AffectedRow[] = [];
  for (const slice of slices) rows.push(...(await rowsOf(sql, query, slice)));
  return { total, rows };
}

// How many findings that are asked for a group has, by its number.
function counterOf({ severities: wanted, states }: AffectedConditions, { table: { totals, counts } }: ShareBook): (group: number) => number {
  if (wanted === undefined && states === undefined) return (group) => totals[group] as number;
  const ranks = [...new Set((wanted ?? severities).map(rankOf))];
  const stands = standingsOf(states ?? handlingStates);
  const places = ranks.flatMap((rank) => stands.map((standing) => countPlace(rank, standing)));
  return (group) => {
    let sum = 0;
    for (const place of places) sum += counts[group * countWidth + place] as number;
    return sum;
  };
}

// By severity.
async function countBook(sql: Sql, query: AffectedConditions, book: ShareBook): Promise<ReadonlyMap<number, number>> {
  const images = await wantedImages(sql, query, book);
  const { order, slots, counts } = book.table;
  const sums = new Float64Array(countWidth);
  for (const group of order) {
    if (images !== undefined && images[slots[group] as number] !== 1) continue;
    const start = group * countWidth;
    for (let place = 0; place < countWidth; place++) sums[place] = (sums[place] as number) + (counts[start + place] as number);
  }
  const stands = standingsOf(query.states ?? handlingStates);
  const ranks = [...new Set((query.severities ?? severities).map(rankOf))];
  return new Map(ranks.map((rank) => [rank, stands.reduce<number>((sum, standing) => sum + (sums[countPlace(rank, standing)] as number), 0)]));
}

// Marks by the places of images in the book; undefined for all.
async function wantedImages(sql: Sql, { accountId, scope, verifying }: AffectedConditions, book: ShareBook): Promise<Uint8Array | undefined> {
  const inScope = scope === undefined ? undefined : await markScope(sql, { accountId, scope }, book);
  if (verifying === undefined) return inScope;
  const text = "SELECT image_key AS number FROM image WHERE account_id = ? AND scan_state IN ('queued', 'running')";
  const scanned = book.mark(await numbersIn(sql, text, [accountId]));
  const images = inScope ?? book.allImages();
  for (let slot = 0; slot < images.length; slot++) if ((scanned[slot] === 1) !== verifying) images[slot] = 0;
  return images;
}

function rowsOf(sql: Sql, query: AffectedQuery, { imageKey, stored, offset, limit }: Slice): Promise<readonly AffectedRow[]> {
  const { accountId, md5s } = query;
  const ofSample = md5s === undefined ? [] : [sampleCondition(accountId, md5s)];
  const ofImage = { text: 'f.account_id = ? AND f.image_key = ? AND f.last_seen = ?', values: [accountId, imageKey, stored] };
  const where = allOf([...ofSample, ofImage, ...findingConditions(query)]);
  const index = md5s === undefined ? 'finding_last_seen' : 'finding_sample';
  return sql.all<AffectedRow>(
    `SELECT ${columns} FROM finding f INDEXED BY ${index} JOIN ${verdicts} WHERE ${where.text} ORDER BY f.id ${query.order} LIMIT ? OFFSET ?`,
    [...where.values, limit, offset],
  );
}

// ------------------------------------------------------------ by looking at all

const orders = { lastSeen: seenTimeOf('f.last_seen', 'i.seen_at'), firstSeen: 'f.first_seen', severity: 'f.severity' } as const satisfies Record<
  AffectedQuery['by'],
  string
>;

async function searchAll(sql: Sql, query: AffectedQuery): Promise<Found> {
  const { by, order } = query;
  const where = affectedCondition(query);
  // Those of one time stand together by image, as in the book.
  const then = by === 'lastSeen' ? `f.image_key ${order}, f.last_seen ${order}, f.id ${order}` : `f.id ${order}`;
  const rows = await sql.all<AffectedRow>(
    `SELECT ${columns} FROM ${from} JOIN ${verdicts} WHERE ${where.text} ORDER BY ${orders[by]} ${order}, ${then} LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
  const counts = await countAll(sql, query);
  return { total: [...counts.values()].reduce((sum, count) => sum + count, 0), rows };
}

// By severity.
async function countAll(sql: Sql, query: AffectedConditions): Promise<ReadonlyMap<number, number>> {
  const where = affectedCondition(query);
  const rows = await sql.all<{ severity: number; total: number }>(
    `SELECT f.severity, count(*) AS total FROM ${from} WHERE ${where.text} GROUP BY f.severity`,
    where.values,
  );
  return new Map(rows.map(({ severity, total }) => [severity, total]));
}

const from = 'finding f JOIN image i ON i.image_key = f.image_key';

function affectedCondition(query: AffectedConditions): Condition {
  const { accountId, ids, md5s, scope, verifying } = query;
  const conditions: Condition[] = [{ text: 'f.account_id = ?', values: [accountId] }, ...findingConditions(query)];
  if (ids !== undefined) conditions.push(valueCondition('f.id', ids));
  if (md5s !== undefined) conditions.push(sampleCondition(accountId, md5s));
  if (verifying !== undefined) conditions.push({ text: `coalesce(i.scan_state IN ('queued', 'running'), 0) = ?`, values: [verifying ? 1 : 0] });
  const chosen = scope === undefined ? undefined : scopeCondition('i', accountId, scope);
  if (chosen !== undefined) conditions.push(chosen);
  return allOf(conditions);
}

function findingConditions({ severities: wanted, states }: AffectedConditions): readonly Condition[] {
  return [
    states === undefined ? { text: `f.standing > ${standings.hidden}`, values: [] } : valueCondition('f.standing', standingsOf(states)),
    ...(wanted === undefined ? [] : [valueCondition('f.severity', wanted.map(rankOf))]),
  ];
}

function sampleCondition(accountId: string, md5s: readonly string[]): Condition {
  const md5 = md5Condition('md5', md5s);
  return {
    text: `f.account_id = ? AND f.sha256 IN (SELECT sha256 FROM sample WHERE account_id = ? AND ${md5.text})`,
    values: [accountId, accountId, ...md5.values],
  };
}

// ------------------------------------------------------------ their images

async function withImages(sql: Sql, accountId: string, rows: readonly AffectedRow[]): Promise<readonly AffectedImage[]> {
  const keys = [...new Set(rows.map((row) => row.image_key))];
  const images = new Map<number, AffectedImage['image']>();
  const seenAts = new Map<number, number>();
  for (const part of chunks(keys, together)) {
    for (const row of await sql.all<ImageRow>(`SELECT ${imageColumns} FROM image i WHERE i.image_key IN (${marks(part.length)})`, part)) {
      images.set(row.image_key, await toImageRecord(sql, row));
      seenAts.set(row.image_key, row.seen_at);
    }
  }
  const placesOf = await placesOfImages(sql, accountId, images);
  const parsed = new Map<number, Verdict>();
  return rows.flatMap((row) => {
    const image = images.get(row.image_key);
    if (image === undefined) return [];
    const finding = toFindingRecord(row, { id: image.image.id, seenAt: seenAts.get(row.image_key) ?? 0 }, parsed);
    return [{ finding, image, place: placesOf.get(row.image_key) }];
  });
}
