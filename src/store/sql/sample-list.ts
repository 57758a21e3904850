import { chunks, marks, type Sql } from '../drivers/sql.ts';
import type { Sample, SampleQuery } from '../shapes/samples.ts';
import type { Listing, TextCondition } from '../store.ts';
import { allOf, type Condition, checkPage, textCondition, valueCondition } from './conditions.ts';
import { digestHex } from './digest.ts';
import { scopeCondition } from './image-scope.ts';
import { partCondition } from './image-texts.ts';
import { md5Condition } from './md5-condition.ts';
import { numbersIn } from './number-lists.ts';
import { type SampleShare, sampleShares } from './sample-shares.ts';
import { markScope } from './scope-images.ts';
import { seenTimeOf } from './seen.ts';
import type { ShareBook, ShareBooks } from './share-book.ts';
import { rankOf, type Standing, severityOf, standings, standingsOf, stateOf } from './standing.ts';
import { tallyOf } from './tally.ts';

interface SampleRow {
  readonly id: number;
  readonly sha256: Uint8Array;
  readonly md5: Uint8Array;
  readonly name: string;
  readonly severity: number;
  readonly tags: string;
  readonly images: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly standing: Standing;
  readonly verifying: number;
}

/** Rows fetched by ids at once. */
const together = 100;
/** So many samples of a name, at most, are sorted; of more, those seen last are walked until the page is full. */
const mostSorted = 2000;
/** So many samples, at most, are skipped along an index. */
const mostSkipped = 1000;

const isScanned = "SELECT 1 FROM image i WHERE i.image_key = f.image_key AND coalesce(i.scan_state, '') NOT IN ('queued', 'running')";
// Open in an image that is not being scanned; sought only where anything is scanned at all.
const verifying = `(s.standing = 1 AND EXISTS (SELECT 1 FROM image i WHERE i.account_id = s.account_id AND i.scan_state IN ('queued', 'running'))
  AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.account_id = s.account_id AND f.sha256 = s.sha256 AND f.standing = 1 AND EXISTS (${isScanned})))`;
const sampleColumns = `s.id, s.sha256, s.md5, s.name, s.severity, s.tags, s.images, s.first_seen, s.last_seen, s.standing, ${verifying} AS verifying`;
const ofAccount = 's.account_id = ?';

/** See `SampleStore.list`. Where the account's samples are more than one look at an index, the book tells which stand on the page. */
export async function listSamples(sql: Sql, query: SampleQuery, books: ShareBooks): Promise<Listing<Sample>> {
  checkPage(query);
  const scope = query.scope === undefined ? undefined : scopeCondition('i', query.accountId, query.scope);
  const book = sql.inTransaction() || (scope === undefined && isNear(query)) ? undefined : await books.open(query.accountId);
  if (book === undefined && scope === undefined) return listAll(sql, query);
  const found = book === undefined ? await searchScope(sql, query, scope as Condition) : await searchBook(sql, query, book);
  const facts = await rowsById(
    sql,
    found.shares.map(({ sampleId }) => sampleId),
  );
  const rows = found.shares.flatMap(({ sampleId, images, firstSeen, lastSeen, best }) => {
    const row = facts.get(sampleId);
    return row === undefined ? [] : [toSample({ ...row, images, first_seen: firstSeen, last_seen: lastSeen, standing: standingOfBest(best) })];
  });
  return { total: found.total, rows };
}

// Whether what is asked of all images stands near the beginning of an index.
function isNear({ names, severities: wanted, states, md5s, offset }: SampleQuery): boolean {
  return md5s !== undefined || (names === undefined && wanted === undefined && states === undefined && offset < mostSkipped);
}

function sampleCondition(query: SampleQuery): Condition {
  const conditions: Condition[] = [{ text: ofAccount, values: [query.accountId] }];
  if (query.names !== undefined) {
    const { text, values } = nameCondition(query.accountId, query.names);
    conditions.push({ text: `s.name_id IN (${text})`, values });
  }
  if (query.md5s !== undefined) conditions.push(md5Condition('s.md5', query.md5s));
  if (query.severities !== undefined) conditions.push(valueCondition('s.severity', query.severities.map(rankOf)));
  if (query.states !== undefined) conditions.push(valueCondition('s.standing', standingsOf(query.states)));
  return allOf(conditions);
}

// A query of the ids of such names.
function nameCondition(accountId: string, names: TextCondition): Condition {
  const found = partCondition({ table: 'malware_name_text', columns: ['name'], row: 'id' }, names);
  const looked = textCondition([{ plain: 'name', folded: 'name_folded' }], names);
  return found === undefined
    ? { text: `SELECT id FROM malware_name WHERE account_id = ? AND ${looked.text}`, values: [accountId, ...looked.values] }
    : { text: `SELECT id FROM malware_name WHERE ${found.text}`, values: found.values };
}

async function listAll(sql: Sql, query: SampleQuery): Promise<Listing<Sample>> {
  const where = sampleCondition(query);
  const isNamed = query.names !== undefined;
  const total =
    where.text === ofAccount
      ? await tallyOf(sql, query.accountId, 'sample')
      : ((await sql.get<{ total: number }>(`SELECT count(*) AS total FROM sample s ${indexFor(query, isNamed)} WHERE ${where.text}`, where.values))?.total ??
        0);
  if (total === 0 || query.limit === 0) return { total, rows: [] };
  // The ids come from an index alone, so that a page far down costs a walk along it and no look at the samples before.
  const ids = await sql.all<{ id: number }>(
    `SELECT s.id FROM sample s ${indexFor(query, isNamed && total <= mostSorted)} WHERE ${where.text} ORDER BY s.last_seen ${query.order}, s.id ${query.order} LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
  const rows = await rowsById(
    sql,
    ids.map(({ id }) => id),
  );
  return {
    total,
    rows: ids.flatMap(({ id }) => {
      const row = rows.get(id);
      return row === undefined ? [] : [toSample(row)];
    }),
  };
}

function indexFor({ md5s }: SampleQuery, byName: boolean): string {
  if (md5s !== undefined) return 'INDEXED BY sample_md5';
  return `INDEXED BY ${byName ? 'sample_name' : 'sample_last_seen'}`;
}

async function rowsById(sql: Sql, ids: readonly number[]): Promise<ReadonlyMap<number, SampleRow>> {
  const rows = new Map<number, SampleRow>();
  for (const part of chunks(ids, together)) {
    for (const row of await sql.all<SampleRow>(`SELECT ${sampleColumns} FROM sample s WHERE s.id IN (${marks(part.length)})`, part)) rows.set(row.id, row);
  }
  return rows;
}

// ------------------------------------------------------------ within a scope

interface Found {
  readonly total: number;
  readonly shares: readonly SampleShare[];
}

async function searchBook(sql: Sql, query: SampleQuery, book: ShareBook): Promise<Found> {
  const { accountId, names, md5s, severities: wanted, states, order, offset, limit } = query;
  const images = query.scope === undefined ? undefined : await markScope(sql, { accountId, scope: query.scope }, book);
  const { total, rows } = sampleShares(book, {
    images: images ?? book.allImages(),
    samples: md5s === undefined ? undefined : await idsOf(sql, allOf([{ text: ofAccount, values: [accountId] }, md5Condition('s.md5', md5s)])),
    names: names === undefined ? undefined : await nameIdsOf(sql, nameCondition(accountId, names)),
    severities: wanted === undefined ? undefined : new Set(wanted.map(rankOf)),
    bests: states === undefined ? undefined : new Set(standingsOf(states).map(bestOf)),
    order,
    offset,
    limit,
  });
  return { total, shares: rows };
}

function idsOf(sql: Sql, where: Condition): Promise<readonly number[]> {
  return numbersIn(sql, `SELECT s.id AS number FROM sample s WHERE ${where.text}`, where.values);
}

async function nameIdsOf(sql: Sql, { text, values }: Condition): Promise<ReadonlySet<number>> {
  return new Set(await numbersIn(sql, `SELECT id AS number FROM (${text})`, values));
}

async function searchScope(sql: Sql, query: SampleQuery, scope: Condition): Promise<Found> {
  const { states, ...rest } = query;
  const where = sampleCondition(rest);
  const inner = `SELECT s.id AS sampleId, count(DISTINCT CASE WHEN f.standing IN (1, 3) THEN f.image_key END) AS present, count(DISTINCT f.image_key) AS ever,
      min(f.first_seen) AS firstSeen, max(${seenTimeOf('f.last_seen', 'i.seen_at')}) AS lastSeen,
      max(CASE f.standing WHEN 1 THEN 3 WHEN 3 THEN 2 ELSE 1 END) AS best
    FROM image i JOIN finding f ON f.account_id = i.account_id AND f.image_key = i.image_key AND f.standing > 0
    JOIN sample s ON s.account_id = f.account_id AND s.sha256 = f.sha256
    WHERE i.account_id = ? AND ${scope.text} AND ${where.text} GROUP BY s.id`;
  const bests = valueCondition('best', states === undefined ? [1, 2, 3] : [...new Set(standingsOf(states).map(bestOf))]);
  const outer = `SELECT sampleId, CASE WHEN present > 0 THEN present ELSE ever END AS images, firstSeen, lastSeen, best FROM (${inner}) WHERE ${bests.text}`;
  const values = [query.accountId, ...scope.values, ...where.values, ...bests.values];
  const shares = await sql.all<SampleShare>(`${outer} ORDER BY lastSeen ${query.order}, sampleId ${query.order} LIMIT ? OFFSET ?`, [
    ...values,
    query.limit,
    query.offset,
  ]);
  const total = await sql.get<{ total: number }>(`SELECT count(*) AS total FROM (${outer})`, values);
  return { total: total?.total ?? 0, shares };
}

function bestOf(standing: Standing): number {
  if (standing === standings.open) return 3;
  return standing === standings.allowed ? 2 : 1;
}

function standingOfBest(best: number): Standing {
  if (best === 3) return standings.open;
  return best === 2 ? standings.allowed : standings.fixed;
}

function toSample(row: SampleRow): Sample {
  return {
    sha256: digestHex(row.sha256),
    md5: digestHex(row.md5),
    name: row.name,
    severity: severityOf(row.severity),
    tags: JSON.parse(row.tags) as readonly string[],
    images: row.images,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    state: stateOf(row.standing),
    verifying: row.verifying === 1,
  };
}
