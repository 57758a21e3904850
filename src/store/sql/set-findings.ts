import { LazaretError } from '#domain/error.ts';
import type { Skipped } from '#domain/finding.ts';
import { baseName } from '#domain/path.ts';
import type { Sql, SqlValue } from '../drivers/sql.ts';
import { applyRules } from './allow-rules.ts';
import { fold } from './conditions.ts';
import { digestBytes, safeNumber } from './digest.ts';
import type { ImageKey } from './image-counts.ts';
import { renewImage, renewSeen } from './image-share.ts';
import { digestOf, isSame, type Known, loadKnown, type NewFinding, readWanted, type Wanted } from './known-findings.ts';
import { seenMeanwhile, seenTime, still } from './seen.ts';
import { rankOf, standings } from './standing.ts';
import { settleSuccession } from './succession.ts';

export interface FindingsChange {
  readonly findings: readonly NewFinding[];
  readonly at: number;
  readonly partial: boolean;
  readonly unlooked?: readonly Skipped[];
}

/** What is fixed for so long is forgotten when the image is scanned again, ms. */
const fixedKeptMs = 180 * 86_400_000;

interface ImageRow {
  readonly image_key: number;
  readonly seen_at: number;
  readonly seen_whole: number;
  readonly seen_digest: Uint8Array | null;
}

interface Writing {
  readonly key: ImageKey;
  readonly change: FindingsChange;
  readonly image: ImageRow;
  readonly wanted: Wanted;
}

/** See `ImageStore.setFindings`. Only inside a transaction. */
export async function setFindings(sql: Sql, owner: { readonly accountId: string; readonly imageId: string }, change: FindingsChange): Promise<void> {
  const image = await sql.get<ImageRow>('SELECT image_key, seen_at, seen_whole, seen_digest FROM image WHERE account_id = ? AND id = ?', [
    owner.accountId,
    owner.imageId,
  ]);
  if (image === undefined) throw new LazaretError('not-found', `there is no image ${owner.imageId}`);
  const key: ImageKey = { accountId: owner.accountId, imageKey: image.image_key };
  const wanted = await readWanted(sql, key.accountId, change.findings);
  const digest = digestOf(wanted);
  const isWhole = (change.unlooked ?? []).length === 0;
  const isKnown = isWhole && image.seen_digest !== null && Buffer.compare(image.seen_digest, digest) === 0 && !(await hasOld(sql, key, change.at));
  if (isKnown && change.partial) return;
  const written = isKnown ? 0 : await writeDifferences(sql, { key, change, image, wanted });
  if (change.partial && written === 0) return;
  // The first scan has seen everything that is known, also while it runs.
  const seenAt = change.partial && image.seen_whole === 1 ? image.seen_at : change.at;
  await sql.run('UPDATE image SET seen_at = ?, seen_whole = max(seen_whole, ?), seen_digest = ? WHERE account_id = ? AND image_key = ?', [
    seenAt,
    change.partial ? 0 : 1,
    isWhole && !change.partial ? digest : null,
    key.accountId,
    key.imageKey,
  ]);
  const allowed = await applyRules(sql, key);
  if (written > 0 || allowed) await renewImage(sql, key, image.seen_at);
  if (seenAt !== image.seen_at && image.seen_at > 0) await renewSeen(sql, key, seenAt);
  if (!change.partial) await settleSuccession(sql, { key, at: change.at, whole: isWhole });
}

// Whether some finding has been fixed for so long that it must be forgotten.
async function hasOld(sql: Sql, { accountId, imageKey }: ImageKey, at: number): Promise<boolean> {
  const row = await sql.get('SELECT 1 FROM finding_group WHERE account_id = ? AND image_key = ? AND standing = 2 AND last_seen < ? LIMIT 1', [
    accountId,
    imageKey,
    at - fixedKeptMs,
  ]);
  return row !== undefined;
}

const INSERT = `INSERT INTO finding (account_id, image_key, first_seen, path, file_name, file_name_folded, layer, sha256,
    hidden, standing, severity, name, name_folded, size, md5, sha1, file_type, verdict_id, verified_at, last_seen)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const UPDATE = `UPDATE finding SET hidden = ?, standing = ?, severity = ?, name = ?, name_folded = ?, size = ?, md5 = ?, sha1 = ?, file_type = ?, verdict_id = ?,
    superseded = 0, rule_id = NULL, verified_at = ?, last_seen = ? WHERE id = ?`;

// Gives how many rows were written.
async function writeDifferences(sql: Sql, writing: Writing): Promise<number> {
  const known = await loadKnown(sql, writing.key);
  const seen = await writeSeen(sql, writing, known);
  const gone = writing.change.partial ? { written: 0, orphans: [] } : await writeGone(sql, writing, known.values());
  await sql.batch(
    'DELETE FROM finding_verdict WHERE id = ? AND NOT EXISTS (SELECT 1 FROM finding WHERE verdict_id = finding_verdict.id)',
    [...new Set([...seen.orphans, ...gone.orphans])].map((id) => [id]),
  );
  return seen.written + gone.written;
}

interface Written {
  readonly written: number;
  /** Verdicts that may be nobody's now. */
  readonly orphans: readonly number[];
}

// Takes what was seen out of `known`.
async function writeSeen(sql: Sql, { key, change, image, wanted }: Writing, known: Map<string, Known>): Promise<Written> {
  const { at, partial } = change;
  const time = partial && image.seen_whole === 1 ? seenMeanwhile(at) : still;
  const added: (readonly SqlValue[])[] = [];
  const changed: (readonly SqlValue[])[] = [];
  const seen: (readonly SqlValue[])[] = [];
  const orphans: number[] = [];
  for (const [name, finding] of wanted.findings) {
    const before = known.get(name);
    known.delete(name);
    const verdictId = wanted.verdictOf(finding);
    if (before === undefined) added.push([key.accountId, key.imageKey, at, ...identityColumns(finding), ...factColumns(finding, verdictId), time, time]);
    else if (!isSame(before, verdictId, finding)) {
      changed.push([...factColumns(finding, verdictId), time, time, before.id]);
      if (before.verdictId !== verdictId) orphans.push(before.verdictId);
    } else if (!partial && (before.lastSeen !== still || before.verifiedAt !== still)) seen.push([still, still, before.id]);
  }
  await sql.batch(INSERT, added);
  await sql.batch(UPDATE, changed);
  await sql.batch('UPDATE finding SET last_seen = ?, verified_at = ? WHERE id = ?', seen);
  return { written: added.length + changed.length + seen.length, orphans };
}

// What was not seen keeps the time at which it was seen last.
async function writeGone(sql: Sql, { change, image }: Writing, gone: Iterable<Known>): Promise<Written> {
  const kept: (readonly SqlValue[])[] = [];
  const fixed: (readonly SqlValue[])[] = [];
  const dropped: Known[] = [];
  const excuse = excuseOf(change.unlooked ?? []);
  for (const one of gone) {
    const isOld = one.standing === standings.fixed && one.verifiedAt < change.at - fixedKeptMs;
    const seen = seenTime(one.lastSeen, image.seen_at);
    if (isOld || (one.standing === standings.hidden && !excuse(one))) dropped.push(one);
    else if (one.standing !== standings.fixed && one.standing !== standings.hidden && !excuse(one)) fixed.push([standings.fixed, change.at, seen, one.id]);
    else if (one.lastSeen >= still || one.verifiedAt >= still) kept.push([seenTime(one.verifiedAt, image.seen_at), seen, one.id]);
  }
  await sql.batch('UPDATE finding SET standing = ?, verified_at = ?, last_seen = ?, superseded = 0, rule_id = NULL WHERE id = ?', fixed);
  await sql.batch('UPDATE finding SET verified_at = ?, last_seen = ? WHERE id = ?', kept);
  await sql.batch(
    'DELETE FROM finding WHERE id = ?',
    dropped.map(({ id }) => [id]),
  );
  return { written: kept.length + fixed.length + dropped.length, orphans: dropped.map(({ verdictId }) => verdictId) };
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
