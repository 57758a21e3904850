import type { FileType } from '#domain/file-entry.ts';
import type { Verdict } from '#domain/finding.ts';
import { marks, type Sql } from '../drivers/sql.ts';
import type { FindingQuery, FindingRecord, Listing } from '../store.ts';
import { allOf, type Condition, checkPage, textCondition, valueCondition } from './conditions.ts';
import type { Counts } from './counts.ts';
import { digestHex } from './digest.ts';
import { seenTime } from './seen.ts';
import type { Sequences } from './sequences.ts';
import { rankOf, type Standing, stateOf } from './standing.ts';

interface ImageRow {
  readonly image_key: number;
  readonly visible_findings: number;
  readonly findings: number;
  readonly findings_revision: number;
  readonly seen_at: number;
}

/** A row as `findingColumns` selects it. */
export interface FindingRow {
  readonly id: number;
  readonly path: string;
  readonly layer: string;
  readonly sha256: Uint8Array;
  readonly md5: Uint8Array;
  readonly sha1: Uint8Array;
  readonly size: number;
  readonly file_type: FileType;
  readonly hidden: number;
  readonly standing: Standing;
  readonly verified_at: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly verdict_id: number;
}

export const findingColumns =
  'f.id, f.path, f.layer, f.sha256, f.md5, f.sha1, f.size, f.file_type, f.hidden, f.standing, f.verified_at, f.first_seen, f.last_seen, f.verdict_id';

/** What each order compares. */
export const findingOrders = {
  lastSeen: 'f.last_seen',
  firstSeen: 'f.first_seen',
  severity: 'f.severity',
  path: 'f.path',
  size: 'f.size',
  name: 'f.name',
  fileName: 'f.file_name',
} as const satisfies Record<FindingQuery['by'], string>;

const nameColumns = [
  { plain: 'f.name', folded: 'f.name_folded' },
  { plain: 'f.file_name', folded: 'f.file_name_folded' },
];

/** What is kept between calls of `listFindings`. */
export interface FindingCaches {
  readonly counts: Counts;
  readonly sequences: Sequences;
}

/** Orders that an index has. */
const indexed: ReadonlySet<FindingQuery['by']> = new Set(['lastSeen', 'severity', 'path']);
/** From this offset on the whole order is kept instead of being walked for each page; without an index from the first row on. */
const deepOffset = 200;
/** Most rows of a page that is fetched by ids in one query. */
const idsInQuery = 100;

/**
 * A page of an image's findings; none for an image that the account does not have. By 'severity', 'desc' begins with critical. Equal
 * rows stand in the order in which they were found (turned round with 'desc').
 */
export async function listFindings(sql: Sql, query: FindingQuery, { counts, sequences }: FindingCaches): Promise<Listing<FindingRecord>> {
  checkPage(query);
  const image = await findImage(sql, query);
  if (image === undefined) return { total: 0, rows: [] };
  const list = { query, image, where: conditionOf(query, image) };
  const isDeep = (query.offset >= deepOffset || !indexed.has(query.by)) && query.limit <= idsInQuery && !sql.inTransaction();
  const rows = isDeep ? await deepPage(sql, list, sequences) : await page(sql, list);
  const verdicts = new Map<number, Verdict>();
  return { total: await totalOf(sql, list, counts), rows: rows.map((row) => toFindingRecord(row, { id: query.imageId, seenAt: image.seen_at }, verdicts)) };
}

interface List {
  readonly query: FindingQuery;
  readonly image: ImageRow;
  readonly where: Condition;
}

type ListedRow = FindingRow & { readonly body: string };

function orderOf({ by, order }: FindingQuery): string {
  return `${findingOrders[by]} ${order}, f.id ${order}`;
}

function page(sql: Sql, { query, where }: List): Promise<readonly ListedRow[]> {
  return sql.all<ListedRow>(
    `SELECT ${findingColumns}, v.body FROM finding f JOIN finding_verdict v ON v.id = f.verdict_id
     WHERE ${where.text} ORDER BY ${orderOf(query)} LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
}

async function deepPage(sql: Sql, { query, image, where }: List, sequences: Sequences): Promise<readonly ListedRow[]> {
  const listIds = async () =>
    (await sql.all<{ id: number }>(`SELECT f.id FROM finding f WHERE ${where.text} ORDER BY ${orderOf(query)}`, where.values)).map(({ id }) => id);
  const all = await sequences.ids(JSON.stringify([where, query.by, query.order]), image.findings_revision, listIds);
  const ids = [...all.subarray(query.offset, query.offset + query.limit)];
  if (ids.length === 0) return [];
  const rows = await sql.all<ListedRow>(
    `SELECT ${findingColumns}, v.body FROM finding f JOIN finding_verdict v ON v.id = f.verdict_id WHERE f.id IN (${marks(idsInQuery)})`,
    [...ids, ...new Array<null>(idsInQuery - ids.length).fill(null)],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
}

export async function findImage(sql: Sql, owner: { readonly accountId: string; readonly imageId: string }): Promise<ImageRow | undefined> {
  return sql.get<ImageRow>('SELECT image_key, visible_findings, findings, findings_revision, seen_at FROM image WHERE account_id = ? AND id = ?', [
    owner.accountId,
    owner.imageId,
  ]);
}

export function conditionOf(query: FindingQuery, image: ImageRow): Condition {
  const conditions: Condition[] = [{ text: 'f.account_id = ? AND f.image_key = ?', values: [query.accountId, image.image_key] }];
  conditions.push({ text: query.hidden ? 'f.standing IN (0, 1, 4)' : 'f.standing IN (1, 4)', values: [] });
  if (query.names !== undefined) conditions.push(textCondition(nameColumns, query.names));
  if (query.severities !== undefined) conditions.push(valueCondition('f.severity', [...new Set(query.severities)].map(rankOf)));
  return allOf(conditions);
}

async function totalOf(sql: Sql, list: List, counts: Counts): Promise<number> {
  const { query, image, where } = list;
  if (query.names === undefined && query.severities === undefined) return query.hidden ? image.findings : image.visible_findings;
  const count = async (): Promise<number> =>
    (await sql.get<{ total: number }>(`SELECT count(*) AS total FROM finding f WHERE ${where.text}`, where.values))?.total ?? 0;
  if (sql.inTransaction()) return count();
  return counts.total(JSON.stringify(where), image.findings_revision, count);
}

/** `verdicts` keeps what was parsed for rows of the same page. */
export function toFindingRecord(
  row: FindingRow & { readonly body: string },
  image: { readonly id: string; readonly seenAt: number },
  verdicts: Map<number, Verdict>,
): FindingRecord {
  const verdict = verdicts.get(row.verdict_id) ?? (JSON.parse(row.body) as Verdict);
  verdicts.set(row.verdict_id, verdict);
  return {
    id: row.id,
    imageId: image.id,
    path: row.path,
    layer: row.layer,
    sha256: digestHex(row.sha256),
    md5: digestHex(row.md5),
    sha1: digestHex(row.sha1),
    size: row.size,
    fileType: row.file_type,
    hidden: row.hidden === 1,
    state: stateOf(row.standing),
    verdict,
    firstSeen: row.first_seen,
    lastSeen: seenTime(row.last_seen, image.seenAt),
    verifiedAt: seenTime(row.verified_at, image.seenAt),
  };
}
