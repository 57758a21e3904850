import { createHash } from 'node:crypto';
import { LazaretError } from '#domain/error.ts';
import type { Finding, Skipped, Verdict } from '#domain/finding.ts';
import { baseName } from '#domain/path.ts';
import type { Sql, SqlValue } from '../drivers/sql.ts';
import { applyRules } from './allow-rules.ts';
import { fold } from './conditions.ts';
import { digestBytes, digestHex, safeNumber } from './digest.ts';
import { type FindingRow, findingColumns } from './findings.ts';
import { type ImageKey, recountImage } from './image-counts.ts';
import { shareOfImage, updateSamples } from './sample-counts.ts';
import { rankOf, type Standing, standings } from './standing.ts';
import { settleSuccession } from './succession.ts';

type NewFinding = Finding & { readonly sha1: string };

/** A finding that is known of the image already. */
interface Known {
  readonly id: number;
  readonly verdictId: number;
  readonly path: string;
  readonly layer: string;
  readonly standing: Standing;
  readonly verifiedAt: number;
  /** Everything else that may change. */
  readonly facts: string;
}

export interface FindingsChange {
  readonly findings: readonly NewFinding[];
  readonly at: number;
  readonly partial: boolean;
  readonly unlooked?: readonly Skipped[];
}

/** What is fixed for so long is forgotten when the image is scanned again, ms. */
const fixedKeptMs = 180 * 86_400_000;

/** See `ImageStore.setFindings`. Of two findings with the same path, layer and content the visible one counts. Only inside a transaction. */
export async function setFindings(sql: Sql, owner: { readonly accountId: string; readonly imageId: string }, change: FindingsChange): Promise<void> {
  const image = await sql.get<{ image_key: number }>('SELECT image_key FROM image WHERE account_id = ? AND id = ?', [owner.accountId, owner.imageId]);
  if (image === undefined) throw new LazaretError('not-found', `there is no image ${owner.imageId}`);
  const key: ImageKey = { accountId: owner.accountId, imageKey: image.image_key };
  const before = await shareOfImage(sql, key);
  const known = await loadKnown(sql, key);
  const orphans = await writeSeen(sql, { key, known }, change);
  if (!change.partial) for (const verdictId of await writeGone(sql, known.values(), change)) orphans.add(verdictId);
  await sql.batch(
    'DELETE FROM finding_verdict WHERE id = ? AND NOT EXISTS (SELECT 1 FROM finding WHERE verdict_id = finding_verdict.id)',
    [...orphans].map((id) => [id]),
  );
  await applyRules(sql, key);
  await recountImage(sql, key);
  await updateSamples(sql, key, before);
  if (!change.partial) await settleSuccession(sql, { key, at: change.at, whole: (change.unlooked ?? []).length === 0 });
}

const INSERT = `INSERT INTO finding (account_id, image_key, first_seen, path, file_name, file_name_folded, layer, sha256,
    hidden, standing, severity, name, name_folded, size, md5, sha1, file_type, verdict_id, verified_at, last_seen)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const UPDATE = `UPDATE finding SET hidden = ?, standing = ?, severity = ?, name = ?, name_folded = ?, size = ?, md5 = ?, sha1 = ?, file_type = ?, verdict_id = ?,
    superseded = 0, rule_id = NULL, verified_at = ?, last_seen = ? WHERE id = ?`;

// Takes what was seen out of `known`; gives the verdicts that may be nobody's now.
async function writeSeen(sql: Sql, image: { readonly key: ImageKey; readonly known: Map<string, Known> }, change: FindingsChange): Promise<Set<number>> {
  const { key, known } = image;
  const { at } = change;
  const wanted = distinct(change.findings);
  const verdictOf = await internVerdicts(sql, key.accountId, wanted.values());
  const added: (readonly SqlValue[])[] = [];
  const changed: (readonly SqlValue[])[] = [];
  const seen: (readonly SqlValue[])[] = [];
  const orphans = new Set<number>();
  for (const [name, finding] of wanted) {
    const before = known.get(name);
    known.delete(name);
    const verdictId = verdictOf(finding);
    if (before === undefined) added.push([key.accountId, key.imageKey, at, ...identityColumns(finding), ...factColumns(finding, verdictId), at, at]);
    else if (isSame(before, verdictId, finding)) seen.push([at, change.partial ? before.verifiedAt : at, before.id]);
    else {
      changed.push([...factColumns(finding, verdictId), at, at, before.id]);
      if (before.verdictId !== verdictId) orphans.add(before.verdictId);
    }
  }
  await sql.batch(INSERT, added);
  await sql.batch(UPDATE, changed);
  // One statement where no row of the image is left out.
  if (known.size > 0 || change.partial) await sql.batch('UPDATE finding SET last_seen = ?, verified_at = ? WHERE id = ?', seen);
  else if (seen.length > 0)
    await sql.run('UPDATE finding SET last_seen = ?, verified_at = ? WHERE account_id = ? AND image_key = ?', [at, at, key.accountId, key.imageKey]);
  return orphans;
}

// A finding that is fixed since a scan did not see it comes back.
function isSame(before: Known, verdictId: number, finding: NewFinding): boolean {
  if (before.standing === standings.fixed) return false;
  return before.verdictId === verdictId && before.facts === factsOf(finding);
}

async function writeGone(sql: Sql, gone: Iterable<Known>, change: FindingsChange): Promise<Set<number>> {
  const fixed: (readonly SqlValue[])[] = [];
  const dropped: Known[] = [];
  const excuse = excuseOf(change.unlooked ?? []);
  for (const one of gone) {
    const isOld = one.standing === standings.fixed && one.verifiedAt < change.at - fixedKeptMs;
    if (isOld || (one.standing === standings.hidden && !excuse(one))) dropped.push(one);
    else if (one.standing !== standings.fixed && one.standing !== standings.hidden && !excuse(one)) fixed.push([standings.fixed, change.at, one.id]);
  }
  await sql.batch('UPDATE finding SET standing = ?, verified_at = ?, superseded = 0, rule_id = NULL WHERE id = ?', fixed);
  await sql.batch(
    'DELETE FROM finding WHERE id = ?',
    dropped.map(({ id }) => [id]),
  );
  return new Set(dropped.map(({ verdictId }) => verdictId));
}

// Whether a scan that skipped these could not have seen a finding.
function excuseOf(skipped: readonly Skipped[]): (one: Known) => boolean {
  const layers = new Set(skipped.filter(({ path }) => path === '').map(({ layer }) => layer));
  const paths = new Set(skipped.map(({ path }) => path));
  if (layers.has('')) return () => true;
  return ({ layer, path }) => layers.has(layer) || startsOf(path).some((start) => paths.has(start));
}

// The path itself, its directories, and the archives it lies in.
function startsOf(path: string): readonly string[] {
  const ends = [...path.matchAll(/\/|!\//g)].map(({ index }) => index);
  return [path, ...ends.map((end) => path.slice(0, end))].filter((start) => start !== '');
}

function identityColumns(finding: NewFinding): readonly SqlValue[] {
  const fileName = baseName(finding.path);
  return [finding.path, fileName, fold(fileName), finding.layer, digestBytes(finding.sha256)];
}

function factColumns(finding: NewFinding, verdictId: number): readonly SqlValue[] {
  return [
    finding.hidden ? 1 : 0,
    finding.hidden ? standings.hidden : standings.open,
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

async function loadKnown(sql: Sql, key: ImageKey): Promise<Map<string, Known>> {
  const rows = await sql.all<FindingRow>(`SELECT ${findingColumns} FROM finding f WHERE f.account_id = ? AND f.image_key = ?`, [key.accountId, key.imageKey]);
  return new Map(
    rows.map((row) => [
      keyOf(row.path, row.layer, digestHex(row.sha256)),
      {
        id: row.id,
        verdictId: row.verdict_id,
        path: row.path,
        layer: row.layer,
        standing: row.standing,
        verifiedAt: row.verified_at,
        facts: `${row.hidden} ${row.size} ${digestHex(row.md5)} ${digestHex(row.sha1)} ${row.file_type}`,
      },
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
