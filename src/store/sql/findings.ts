import { createHash } from 'node:crypto';
import { LazaretError } from '#domain/error.ts';
import type { FileType } from '#domain/file-entry.ts';
import type { Finding, Verdict } from '#domain/finding.ts';
import { baseName } from '#domain/path.ts';
import { type Severity, severities } from '#domain/severity.ts';
import { marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import type { FindingQuery, FindingRecord, Listing } from '../store.ts';
import { allOf, type Condition, checkPage, fold, textCondition, valueCondition } from './conditions.ts';
import type { Counts } from './counts.ts';
import { digestBytes, digestHex, safeNumber } from './digest.ts';
import type { Sequences } from './sequences.ts';

type NewFinding = Finding & { readonly sha1: string };

interface ImageRow {
  readonly image_key: number;
  readonly visible_findings: number;
  readonly findings: number;
  readonly findings_revision: number;
}

interface FindingRow {
  readonly id: number;
  readonly path: string;
  readonly layer: string;
  readonly sha256: Uint8Array;
  readonly md5: Uint8Array;
  readonly sha1: Uint8Array;
  readonly size: number;
  readonly file_type: FileType;
  readonly hidden: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly verdict_id: number;
}

/** What a finding is compared by, and its row's id. */
interface Known {
  readonly id: number;
  readonly verdictId: number;
  /** Everything else that may change. */
  readonly facts: string;
}

const COLUMNS = 'f.id, f.path, f.layer, f.sha256, f.md5, f.sha1, f.size, f.file_type, f.hidden, f.first_seen, f.last_seen, f.verdict_id';

const orders = {
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

/** From this offset on the whole order is kept instead of being walked for each page. */
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
  const isDeep = query.offset >= deepOffset && query.limit <= idsInQuery && !sql.inTransaction();
  const rows = isDeep ? await deepPage(sql, list, sequences) : await page(sql, list);
  const verdicts = new Map<number, Verdict>();
  return { total: await totalOf(sql, list, counts), rows: rows.map((row) => toRecord(row, query.imageId, verdicts)) };
}

interface List {
  readonly query: FindingQuery;
  readonly image: ImageRow;
  readonly where: Condition;
}

type ListedRow = FindingRow & { readonly body: string };

function orderOf({ by, order }: FindingQuery): string {
  return `${orders[by]} ${order}, f.id ${order}`;
}

function page(sql: Sql, { query, where }: List): Promise<readonly ListedRow[]> {
  return sql.all<ListedRow>(
    `SELECT ${COLUMNS}, v.body FROM finding f JOIN finding_verdict v ON v.id = f.verdict_id
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
    `SELECT ${COLUMNS}, v.body FROM finding f JOIN finding_verdict v ON v.id = f.verdict_id WHERE f.id IN (${marks(idsInQuery)})`,
    [...ids, ...new Array<null>(idsInQuery - ids.length).fill(null)],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
}

/** See `ImageStore.setFindings`. Of two findings with the same path, layer and content the visible one counts. Only inside a transaction. */
export async function setFindings(
  sql: Sql,
  owner: { readonly accountId: string; readonly imageId: string },
  change: { readonly findings: readonly NewFinding[]; readonly at: number; readonly partial: boolean },
): Promise<void> {
  const image = await findImage(sql, owner);
  if (image === undefined) throw new LazaretError('not-found', `there is no image ${owner.imageId}`);
  const scope = { accountId: owner.accountId, imageKey: image.image_key };
  const known = await loadKnown(sql, scope);
  const wanted = distinct(change.findings);
  const verdictOf = await internVerdicts(sql, owner.accountId, wanted.values());
  const added: (readonly SqlValue[])[] = [];
  const changed: (readonly SqlValue[])[] = [];
  const seen: (readonly SqlValue[])[] = [];
  const orphans = new Set<number>();
  for (const [key, finding] of wanted) {
    const before = known.get(key);
    known.delete(key);
    const verdictId = verdictOf(finding);
    if (before === undefined)
      added.push([scope.accountId, scope.imageKey, change.at, ...identityColumns(finding), ...factColumns(finding, verdictId), change.at]);
    else if (before.verdictId === verdictId && before.facts === factsOf(finding)) seen.push([change.at, before.id]);
    else {
      changed.push([...factColumns(finding, verdictId), change.at, before.id]);
      if (before.verdictId !== verdictId) orphans.add(before.verdictId);
    }
  }
  await sql.batch(INSERT, added);
  await sql.batch(UPDATE, changed);
  if (!change.partial) {
    for (const gone of known.values()) orphans.add(gone.verdictId);
    await sql.batch(
      'DELETE FROM finding WHERE id = ?',
      [...known.values()].map((gone) => [gone.id]),
    );
    known.clear();
  }
  if (known.size > 0) await sql.batch('UPDATE finding SET last_seen = ? WHERE id = ?', seen);
  else if (seen.length > 0)
    await sql.run('UPDATE finding SET last_seen = ? WHERE account_id = ? AND image_key = ?', [change.at, scope.accountId, scope.imageKey]);
  await sql.batch(
    'DELETE FROM finding_verdict WHERE id = ? AND NOT EXISTS (SELECT 1 FROM finding WHERE verdict_id = finding_verdict.id)',
    [...orphans].map((id) => [id]),
  );
  await recount(sql, scope);
}

const INSERT = `INSERT INTO finding (account_id, image_key, first_seen, path, file_name, file_name_folded, layer, sha256,
    hidden, severity, name, name_folded, size, md5, sha1, file_type, verdict_id, last_seen)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const UPDATE = `UPDATE finding SET hidden = ?, severity = ?, name = ?, name_folded = ?, size = ?, md5 = ?, sha1 = ?, file_type = ?, verdict_id = ?, last_seen = ? WHERE id = ?`;

function identityColumns(finding: NewFinding): readonly SqlValue[] {
  const fileName = baseName(finding.path);
  return [finding.path, fileName, fold(fileName), finding.layer, digestBytes(finding.sha256)];
}

function factColumns(finding: NewFinding, verdictId: number): readonly SqlValue[] {
  return [
    finding.hidden ? 1 : 0,
    rankOf(finding.verdict.severity),
    finding.verdict.name,
    fold(finding.verdict.name),
    safeNumber(finding.size),
    digestBytes(finding.md5),
    digestBytes(finding.sha1),
    finding.fileType,
    verdictId,
  ];
}

function factsOf(finding: NewFinding): string {
  return `${finding.hidden ? 1 : 0} ${safeNumber(finding.size)} ${finding.md5} ${finding.sha1} ${finding.fileType}`;
}

function keyOf(path: string, layer: string, sha256: string): string {
  return `${sha256} ${layer} ${path}`;
}

async function findImage(sql: Sql, owner: { readonly accountId: string; readonly imageId: string }): Promise<ImageRow | undefined> {
  return sql.get<ImageRow>('SELECT image_key, visible_findings, findings, findings_revision FROM image WHERE account_id = ? AND id = ?', [
    owner.accountId,
    owner.imageId,
  ]);
}

async function loadKnown(sql: Sql, scope: { readonly accountId: string; readonly imageKey: number }): Promise<Map<string, Known>> {
  const rows = await sql.all<FindingRow>(`SELECT ${COLUMNS} FROM finding f WHERE f.account_id = ? AND f.image_key = ?`, [scope.accountId, scope.imageKey]);
  return new Map(
    rows.map((row) => [
      keyOf(row.path, row.layer, digestHex(row.sha256)),
      { id: row.id, verdictId: row.verdict_id, facts: `${row.hidden} ${row.size} ${digestHex(row.md5)} ${digestHex(row.sha1)} ${row.file_type}` },
    ]),
  );
}

// Lone surrogates become U+FFFD in the database, so they must before rows are compared.
function distinct(findings: readonly NewFinding[]): ReadonlyMap<string, NewFinding> {
  const found = new Map<string, NewFinding>();
  for (const finding of findings) {
    const path = finding.path.toWellFormed();
    const key = keyOf(path, finding.layer, finding.sha256);
    if (found.get(key)?.hidden === false) continue;
    found.set(key, { ...finding, path });
  }
  return found;
}

async function internVerdicts(sql: Sql, accountId: string, findings: Iterable<NewFinding>): Promise<(finding: NewFinding) => number> {
  const bodies = new Map<Verdict, string>();
  for (const { verdict } of findings) if (!bodies.has(verdict)) bodies.set(verdict, JSON.stringify(verdict));
  const ids = new Map<string, number>();
  for (const body of new Set(bodies.values())) {
    const digest = createHash('sha256').update(body).digest();
    const known = await sql.get<{ id: number }>('SELECT id FROM finding_verdict WHERE account_id = ? AND digest = ?', [accountId, digest]);
    const row =
      known ??
      (await sql.get<{ id: number }>('INSERT INTO finding_verdict (account_id, digest, body) VALUES (?, ?, ?) RETURNING id', [accountId, digest, body]));
    if (row !== undefined) ids.set(body, row.id);
  }
  return (finding) => {
    const id = ids.get(bodies.get(finding.verdict) ?? '');
    if (id === undefined) throw new LazaretError('internal', `the verdict of ${finding.path} was not saved`);
    return id;
  };
}

async function recount(sql: Sql, scope: { readonly accountId: string; readonly imageKey: number }): Promise<void> {
  const where = [scope.accountId, scope.imageKey];
  const row = await sql.get<{ total: number; hidden: number | null }>(
    'SELECT count(*) AS total, sum(hidden) AS hidden FROM finding INDEXED BY finding_severity WHERE account_id = ? AND image_key = ?',
    where,
  );
  const total = row?.total ?? 0;
  await sql.run('UPDATE image SET findings = ?, visible_findings = ?, findings_revision = findings_revision + 1 WHERE account_id = ? AND image_key = ?', [
    total,
    total - (row?.hidden ?? 0),
    ...where,
  ]);
}

function conditionOf(query: FindingQuery, image: ImageRow): Condition {
  const conditions: Condition[] = [{ text: 'f.account_id = ? AND f.image_key = ?', values: [query.accountId, image.image_key] }];
  if (!query.hidden) conditions.push({ text: 'f.hidden = 0', values: [] });
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

function toRecord(row: FindingRow & { readonly body: string }, imageId: string, verdicts: Map<number, Verdict>): FindingRecord {
  const verdict = verdicts.get(row.verdict_id) ?? (JSON.parse(row.body) as Verdict);
  verdicts.set(row.verdict_id, verdict);
  return {
    id: row.id,
    imageId,
    path: row.path,
    layer: row.layer,
    sha256: digestHex(row.sha256),
    md5: digestHex(row.md5),
    sha1: digestHex(row.sha1),
    size: row.size,
    fileType: row.file_type,
    hidden: row.hidden === 1,
    verdict,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
  };
}

// 4 for critical down to 0 for notice: a worse one is greater.
function rankOf(severity: Severity): number {
  return severities.length - 1 - severities.indexOf(severity);
}
