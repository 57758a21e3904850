import type { Verdict } from '#domain/finding.ts';
import { chunks, marks, type Sql } from '../drivers/sql.ts';
import type { AffectedImage, AffectedQuery, Sample, SampleQuery, SampleStore } from '../shapes/samples.ts';
import type { Listing } from '../store.ts';
import { allOf, type Condition, checkPage, textCondition, valueCondition } from './conditions.ts';
import { type Counts, createCounts } from './counts.ts';
import { digestHex } from './digest.ts';
import { countFindings } from './finding-counts.ts';
import { type FindingRow, findingColumns, toFindingRecord } from './findings.ts';
import { partCondition, scopeCondition } from './image-scope.ts';
import { type ImageRow, imageColumns, toImageRecord } from './images.ts';
import { placesOfImages } from './repositories.ts';
import { seenTimeOf } from './seen.ts';
import { createSequences, type Sequences } from './sequences.ts';
import { rankOf, type Standing, severityOf, standingsOf, stateOf } from './standing.ts';
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

interface Caches {
  readonly counts: Counts;
  readonly sequences: Sequences;
}

/** From this offset on the whole order is kept instead of being walked for each page. */
const deepOffset = 200;
/** Rows of a page that is fetched by ids, at most. */
const mostByIds = 100;

/** Findings over all images of an account. Equal rows stand in the order in which they came (turned round with 'desc'). */
export function createSampleStore(database: Sql & { version(): Promise<number> }): SampleStore {
  const caches = { counts: createCounts(), sequences: createSequences() };
  return {
    list: (query) => listSamples(database, query, caches),
    affected: (query) => listAffected(database, query, caches),
    names: async ({ accountId, severities: wanted }) => {
      const ofSeverity = wanted === undefined ? [] : [valueCondition('severity', wanted.map(rankOf))];
      const where = allOf([{ text: 'account_id = ?', values: [accountId] }, ...ofSeverity]);
      const rows = await database.all<{ name: string; tags: string; samples: number }>(
        `SELECT name, max(tags) AS tags, count(*) AS samples FROM sample WHERE ${where.text} GROUP BY name ORDER BY name`,
        where.values,
      );
      return rows.map(({ name, tags, samples }) => ({ name, tags: JSON.parse(tags) as readonly string[], samples }));
    },
    counts: (query) => countFindings(database, query, caches.sequences),
  };
}

type VersionedSql = Sql & { version(): Promise<number> };

const isScanned = "SELECT 1 FROM image i WHERE i.image_key = f.image_key AND coalesce(i.scan_state, '') NOT IN ('queued', 'running')";
// Open in an image that is not being scanned; sought only where anything is scanned at all.
const verifying = `(s.standing = 1 AND EXISTS (SELECT 1 FROM image i WHERE i.account_id = s.account_id AND i.scan_state IN ('queued', 'running'))
  AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.account_id = s.account_id AND f.sha256 = s.sha256 AND f.standing = 1 AND EXISTS (${isScanned})))`;
const sampleColumns = `s.id, s.sha256, s.md5, s.name, s.severity, s.tags, ${verifying} AS verifying`;

const sampleOrders = { lastSeen: 'last_seen', firstSeen: 'first_seen', severity: 'severity', name: 'name', images: 'images' } as const satisfies Record<
  SampleQuery['by'],
  string
>;

async function listSamples(sql: VersionedSql, query: SampleQuery, caches: Caches): Promise<Listing<Sample>> {
  checkPage(query);
  const where = sampleCondition(query);
  const scope = query.scope === undefined ? undefined : scopeCondition('i', query.accountId, query.scope);
  return scope === undefined ? listAll(sql, { query, where }, caches) : listScoped(sql, { query, where, scope }, caches);
}

function sampleCondition(query: SampleQuery): Condition {
  const conditions: Condition[] = [{ text: 's.account_id = ?', values: [query.accountId] }];
  if (query.names !== undefined) {
    const found = partCondition({ table: 'malware_name_text', columns: ['name'], row: 's.name_id' }, query.names);
    const looked = textCondition([{ plain: 'name', folded: 'name_folded' }], query.names);
    conditions.push(
      found ?? { text: `s.name_id IN (SELECT id FROM malware_name WHERE account_id = ? AND ${looked.text})`, values: [query.accountId, ...looked.values] },
    );
  }
  if (query.md5s !== undefined) conditions.push(md5Condition('s.md5', query.md5s));
  if (query.severities !== undefined) conditions.push(valueCondition('s.severity', query.severities.map(rankOf)));
  if (query.states !== undefined) conditions.push(valueCondition('s.standing', standingsOf(query.states)));
  return allOf(conditions);
}

// What is no MD5 matches nothing.
function md5Condition(column: string, md5s: readonly string[]): Condition {
  return valueCondition(
    column,
    md5s.filter((md5) => /^[0-9a-f]{32}$/i.test(md5)).map((md5) => Buffer.from(md5, 'hex')),
  );
}

async function listAll(
  sql: VersionedSql,
  { query, where }: { readonly query: SampleQuery; readonly where: Condition },
  caches: Caches,
): Promise<Listing<Sample>> {
  const order = `s.${sampleOrders[query.by]} ${query.order}, s.id ${query.order}`;
  const columns = `${sampleColumns}, s.images, s.first_seen, s.last_seen, s.standing`;
  const rows = await pageOf<SampleRow>(
    sql,
    { query, caches },
    {
      page: `SELECT ${columns} FROM sample s WHERE ${where.text} ORDER BY ${order}`,
      ids: `SELECT s.id FROM sample s WHERE ${where.text} ORDER BY ${order}`,
      values: where.values,
      byIds: (list) => `SELECT ${columns} FROM sample s WHERE s.id IN (${list})`,
    },
  );
  const total =
    where.text === 's.account_id = ?'
      ? await tallyOf(sql, query.accountId, 'sample')
      : await countOf(
          sql,
          { key: `samples ${JSON.stringify(where)}`, text: `SELECT count(*) AS total FROM sample s WHERE ${where.text}`, values: where.values },
          caches,
        );
  return { total, rows: rows.map(toSample) };
}

// Only findings of the scope's images count, so the numbers are made from them.
async function listScoped(
  sql: VersionedSql,
  list: { readonly query: SampleQuery; readonly where: Condition; readonly scope: Condition },
  caches: Caches,
): Promise<Listing<Sample>> {
  const { query, scope } = list;
  const { states: wanted, ...rest } = query;
  const where = sampleCondition(rest);
  const states = wanted === undefined ? undefined : valueCondition('standing', standingsOf(wanted));
  const inner = `SELECT s.id, count(DISTINCT CASE WHEN f.standing IN (1, 3) THEN f.image_key END) AS present, count(DISTINCT f.image_key) AS ever,
      min(f.first_seen) AS first_seen, max(${seenTimeOf('f.last_seen', 'i.seen_at')}) AS last_seen,
      CASE WHEN max(f.standing = 1) THEN 1 WHEN max(f.standing = 3) THEN 3 ELSE 2 END AS standing
    FROM image i JOIN finding f ON f.account_id = i.account_id AND f.image_key = i.image_key AND f.standing > 0
    JOIN sample s ON s.account_id = f.account_id AND s.sha256 = f.sha256
    WHERE i.account_id = ? AND ${scope.text} AND ${where.text} GROUP BY s.id`;
  const outer = `SELECT g.id, CASE WHEN g.present > 0 THEN g.present ELSE g.ever END AS images, g.first_seen, g.last_seen, g.standing, s.severity, s.name FROM (${inner}) g JOIN sample s ON s.id = g.id`;
  const values = [query.accountId, ...scope.values, ...where.values];
  const filtered = states === undefined ? outer : `SELECT * FROM (${outer}) WHERE ${states.text}`;
  const all = states === undefined ? values : [...values, ...states.values];
  const orderBy = `ORDER BY ${sampleOrders[query.by]} ${query.order}, id ${query.order}`;
  const groups = await sql.all<Omit<SampleRow, 'sha256' | 'md5' | 'tags' | 'verifying'>>(`SELECT * FROM (${filtered}) ${orderBy} LIMIT ? OFFSET ?`, [
    ...all,
    query.limit,
    query.offset,
  ]);
  const total = await countOf(
    sql,
    { key: `scoped ${JSON.stringify([filtered, all])}`, text: `SELECT count(*) AS total FROM (${filtered})`, values: all },
    caches,
  );
  const facts = new Map<number, SampleRow>();
  for (const part of chunks(
    groups.map(({ id }) => id),
    mostByIds,
  )) {
    for (const row of await sql.all<SampleRow>(`SELECT ${sampleColumns} FROM sample s WHERE s.id IN (${marks(part.length)})`, part)) facts.set(row.id, row);
  }
  return { total, rows: groups.flatMap((group) => toSampleOf({ ...facts.get(group.id), ...group })) };
}

function toSampleOf(row: Partial<SampleRow>): readonly Sample[] {
  return row.sha256 === undefined ? [] : [toSample(row as SampleRow)];
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

// ------------------------------------------------------------ findings with their images

const affectedOrders = { lastSeen: seenTimeOf('f.last_seen', 'i.seen_at'), firstSeen: 'f.first_seen', severity: 'f.severity' } as const satisfies Record<
  AffectedQuery['by'],
  string
>;

async function listAffected(sql: VersionedSql, query: AffectedQuery, caches: Caches): Promise<Listing<AffectedImage>> {
  checkPage(query);
  const where = affectedCondition(query);
  const order = `${affectedOrders[query.by]} ${query.order}, f.id ${query.order}`;
  const columns = `${findingColumns}, f.image_key, v.body`;
  const joined = 'finding f JOIN finding_verdict v ON v.id = f.verdict_id JOIN image i ON i.image_key = f.image_key';
  const rows = await pageOf<FindingRow & { readonly image_key: number; readonly body: string }>(
    sql,
    { query, caches },
    {
      page: `SELECT ${columns} FROM ${joined} WHERE ${where.text} ORDER BY ${order}`,
      ids: `SELECT f.id FROM finding f JOIN image i ON i.image_key = f.image_key WHERE ${where.text} ORDER BY ${order}`,
      values: where.values,
      byIds: (list) => `SELECT ${columns} FROM ${joined} WHERE f.id IN (${list})`,
    },
  );
  const total =
    where.text === 'f.account_id = ? AND f.standing > 0'
      ? await tallyOf(sql, query.accountId, 'finding')
      : await countOf(
          sql,
          { key: `affected ${JSON.stringify(where)}`, text: `SELECT count(*) AS total FROM finding f WHERE ${where.text}`, values: where.values },
          caches,
        );
  return { total, rows: await withImages(sql, query.accountId, rows) };
}

function affectedCondition(query: AffectedQuery): Condition {
  const { accountId } = query;
  const conditions: Condition[] = [{ text: 'f.account_id = ? AND f.standing > 0', values: [accountId] }];
  if (query.ids !== undefined) conditions.push(valueCondition('f.id', query.ids));
  if (query.md5s !== undefined) {
    const md5 = md5Condition('md5', query.md5s);
    conditions.push({ text: `f.sha256 IN (SELECT sha256 FROM sample WHERE account_id = ? AND ${md5.text})`, values: [accountId, ...md5.values] });
  }
  if (query.severities !== undefined) conditions.push(valueCondition('f.severity', query.severities.map(rankOf)));
  if (query.states !== undefined) conditions.push(valueCondition('f.standing', standingsOf(query.states)));
  if (query.verifying !== undefined) {
    const scanned = "f.image_key IN (SELECT image_key FROM image WHERE account_id = ? AND scan_state IN ('queued', 'running'))";
    conditions.push({ text: query.verifying ? scanned : `NOT ${scanned}`, values: [accountId] });
  }
  const scope = query.scope === undefined ? undefined : scopeCondition('i', accountId, query.scope);
  if (scope !== undefined)
    conditions.push({
      text: `f.image_key IN (SELECT i.image_key FROM image i WHERE i.account_id = ? AND ${scope.text})`,
      values: [accountId, ...scope.values],
    });
  return allOf(conditions);
}

async function withImages(
  sql: Sql,
  accountId: string,
  rows: readonly (FindingRow & { readonly image_key: number; readonly body: string })[],
): Promise<readonly AffectedImage[]> {
  const keys = [...new Set(rows.map((row) => row.image_key))];
  const images = new Map<number, AffectedImage['image']>();
  const seenAts = new Map<number, number>();
  for (const part of chunks(keys, mostByIds)) {
    for (const row of await sql.all<ImageRow>(`SELECT ${imageColumns} FROM image i WHERE i.image_key IN (${marks(part.length)})`, part)) {
      images.set(row.image_key, await toImageRecord(sql, row));
      seenAts.set(row.image_key, row.seen_at);
    }
  }
  const places = await placesOfImages(sql, accountId, images);
  const verdicts = new Map<number, Verdict>();
  return rows.flatMap((row) => {
    const image = images.get(row.image_key);
    if (image === undefined) return [];
    const finding = toFindingRecord(row, { id: image.image.id, seenAt: seenAts.get(row.image_key) ?? 0 }, verdicts);
    return [{ finding, image, place: places.get(row.image_key) }];
  });
}

// ------------------------------------------------------------ pages

interface Texts {
  /** Without LIMIT and OFFSET. */
  readonly page: string;
  /** The ids of all rows, in order. */
  readonly ids: string;
  readonly values: Condition['values'];
  byIds(list: string): string;
}

// A page far down is cut from the kept order; its rows come by id.
async function pageOf<Row extends { readonly id: number }>(
  sql: VersionedSql,
  { query, caches }: { readonly query: SampleQuery | AffectedQuery; readonly caches: Caches },
  texts: Texts,
): Promise<readonly Row[]> {
  const isDeep = query.offset >= deepOffset && query.limit <= mostByIds && !sql.inTransaction();
  if (!isDeep) return sql.all<Row>(`${texts.page} LIMIT ? OFFSET ?`, [...texts.values, query.limit, query.offset]);
  const list = async () => (await sql.all<{ id: number }>(texts.ids, texts.values)).map(({ id }) => id);
  const all = await caches.sequences.ids(JSON.stringify([texts.ids, texts.values]), await sql.version(), list);
  const ids = [...all.subarray(query.offset, query.offset + query.limit)];
  if (ids.length === 0) return [];
  const byId = new Map((await sql.all<Row>(texts.byIds(marks(ids.length)), ids)).map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
}

async function countOf(
  sql: VersionedSql,
  counted: { readonly key: string; readonly text: string; readonly values: Condition['values'] },
  { counts }: Caches,
): Promise<number> {
  const count = async (): Promise<number> => (await sql.get<{ total: number }>(counted.text, counted.values))?.total ?? 0;
  return sql.inTransaction() ? count() : counts.total(counted.key, await sql.version(), count);
}
