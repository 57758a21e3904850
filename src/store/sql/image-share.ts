import type { Verdict } from '#domain/finding.ts';
import { chunks, marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import { oneMore } from './alike.ts';
import { digestHex } from './digest.ts';
import { type ImageKey, recountImage } from './image-counts.ts';
import { internNames } from './malware-names.ts';
import { recountSamples } from './sample-counts.ts';
import { seenTime, still } from './seen.ts';
import { rankOf, standings } from './standing.ts';
import { addToTally } from './tally.ts';

/** A finding that is not hidden, with the sample it belongs to where that is known. */
interface Row {
  readonly id: number;
  readonly sample: number | null;
  readonly sha256: Uint8Array | null;
  readonly md5: Uint8Array | null;
  readonly standing: number;
  readonly severity: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly verdict_id: number;
  /** As the sample has them now. */
  readonly sample_severity: number | null;
  readonly name_id: number | null;
  readonly tags: string | null;
}

/** What an image has of a sample. */
interface Pair {
  readonly best: number;
  readonly first_seen: number;
  readonly last_seen: number;
  /** See `sql/alike.ts`. */
  readonly alike: number;
}

interface Share extends Pair {
  /** The finding with the worst verdict. */
  readonly worst: Row;
}

interface VerdictFacts {
  readonly nameId: number;
  readonly name: string;
  readonly severity: number;
  /** JSON. */
  readonly tags: string;
}

type Verdicts = ReadonlyMap<number, VerdictFacts>;

interface Renewal {
  readonly key: ImageKey;
  readonly seenAt: number;
  readonly seenBefore: number;
  readonly verdicts: Verdicts;
}

const bestOf: Readonly<Record<number, number>> = { [standings.open]: 3, [standings.allowed]: 2, [standings.fixed]: 1, [standings.left]: 1 };

/**
 * Brings everything that is kept of an image's findings in line with them: its counters and those of its repositories, the samples, the totals of the account.
 * Only what differs is written. `seenBefore`: the image's `seen_at` until now, where that has changed. Only inside a transaction.
 */
export async function renewImage(sql: Sql, key: ImageKey, seenBefore?: number): Promise<void> {
  const rows = await sql.all<Row>(
    `SELECT f.id, s.id AS sample, CASE WHEN s.id IS NULL THEN f.sha256 END AS sha256, CASE WHEN s.id IS NULL THEN f.md5 END AS md5, f.standing, f.severity, f.first_seen, f.last_seen, f.verdict_id,
       s.severity AS sample_severity, s.name_id, s.tags
     FROM finding f INDEXED BY finding_severity LEFT JOIN sample s ON s.account_id = f.account_id AND s.sha256 = f.sha256 WHERE f.account_id = ? AND f.image_key = ? AND f.standing > 0`,
    [key.accountId, key.imageKey],
  );
  const seenAt =
    (await sql.get<{ seen_at: number }>('SELECT seen_at FROM image WHERE account_id = ? AND image_key = ?', [key.accountId, key.imageKey]))?.seen_at ?? 0;
  const renewal: Renewal = { key, seenAt, seenBefore: seenBefore ?? seenAt, verdicts: await verdictsOf(sql, key, new Set(rows.map((row) => row.verdict_id))) };
  const shares = sharesOf(rows, await numberSamples(sql, rows));
  await addSamples(sql, renewal, shares);
  await judgeSamples(sql, renewal, shares);
  await writePairs(sql, renewal, shares);
  await writeGroups(sql, key, rows);
  await recountImage(sql, key);
  await noteChange(sql, key);
}

/** Tells those who keep what images have that this one's has changed. */
export async function noteChange(sql: Sql, { accountId, imageKey }: ImageKey): Promise<void> {
  await sql.run(
    `INSERT INTO image_change (account_id, image_key, number) SELECT ?1, ?2, coalesce(max(number), 0) + 1 FROM image_change WHERE account_id = ?1
     ON CONFLICT (account_id, image_key) DO UPDATE SET number = excluded.number`,
    [accountId, imageKey],
  );
}

/** The samples of an image that its latest whole scan saw were seen at its time. */
export async function renewSeen(sql: Sql, { accountId, imageKey }: ImageKey, at: number): Promise<void> {
  await sql.run(
    `UPDATE sample SET last_seen = ? WHERE last_seen < ? AND id IN (SELECT sample_id FROM image_sample WHERE account_id = ? AND image_key = ? AND last_seen = ${still})`,
    [at, at, accountId, imageKey],
  );
  await noteChange(sql, { accountId, imageKey });
}

async function verdictsOf(sql: Sql, { accountId }: ImageKey, ids: ReadonlySet<number>): Promise<Verdicts> {
  const verdicts = new Map<number, Verdict>();
  for (const part of chunks([...ids], 200)) {
    const rows = await sql.all<{ id: number; body: string }>(`SELECT id, body FROM finding_verdict WHERE id IN (${marks(part.length)})`, part);
    for (const { id, body } of rows) verdicts.set(id, JSON.parse(body) as Verdict);
  }
  const names = await internNames(sql, accountId, new Set([...verdicts.values()].map(({ name }) => name)));
  return new Map(
    [...verdicts].map(([id, { name, severity, tags }]) => [id, { name, nameId: names.get(name) ?? 0, severity: rankOf(severity), tags: JSON.stringify(tags) }]),
  );
}

// Numbers for samples that are new in the account, by SHA-256 and in its order, in which they are added soonest.
async function numberSamples(sql: Sql, rows: readonly Row[]): Promise<ReadonlyMap<string, number>> {
  const hashes = new Set<string>();
  for (const { sha256 } of rows) if (sha256 !== null) hashes.add(digestHex(sha256));
  const last = await sql.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'sample'");
  return new Map([...hashes].sort().map((hash, index) => [hash, (last?.seq ?? 0) + index + 1]));
}

async function addSamples(sql: Sql, { key, seenAt, verdicts }: Renewal, shares: ReadonlyMap<number, Share>): Promise<void> {
  const added: (readonly SqlValue[])[] = [];
  const fresh = [...shares].filter(([, { worst }]) => worst.sample === null).sort(([left], [right]) => left - right);
  for (const [id, { worst, best, first_seen, last_seen }] of fresh) {
    const { name = '', nameId = 0, tags = '[]' } = verdicts.get(worst.verdict_id) ?? {};
    const counts = [3, 2, 1].map((each) => Number(best === each));
    added.push([id, key.accountId, worst.sha256, worst.md5, name, nameId, worst.severity, tags, first_seen, seenTime(last_seen, seenAt), ...counts]);
  }
  await sql.batch(
    `INSERT INTO sample (id, account_id, sha256, md5, name, name_folded, name_id, severity, tags, first_seen, last_seen, open, allowed, fixed)
     VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?)`,
    added,
  );
  await addToTally(sql, key.accountId, 'sample', added.length);
  await addToTally(sql, key.accountId, 'sample changes', Number(added.length > 0));
}

// A sample is called by the worst verdict that the image written last has of it.
async function judgeSamples(sql: Sql, { key, verdicts }: Renewal, shares: ReadonlyMap<number, Share>): Promise<void> {
  const changed: (readonly SqlValue[])[] = [];
  for (const [id, { worst }] of shares) {
    const verdict = verdicts.get(worst.verdict_id);
    if (worst.sample === null || verdict === undefined) continue;
    if (verdict.nameId === worst.name_id && verdict.severity === worst.sample_severity && verdict.tags === worst.tags) continue;
    changed.push([verdict.name, verdict.nameId, verdict.severity, verdict.tags, worst.id, id]);
  }
  await sql.batch('UPDATE sample SET name = ?, name_id = ?, severity = ?, tags = ?, md5 = (SELECT md5 FROM finding WHERE id = ?) WHERE id = ?', changed);
  await addToTally(sql, key.accountId, 'sample changes', Number(changed.length > 0));
}

function sharesOf(rows: readonly Row[], added: ReadonlyMap<string, number>): ReadonlyMap<number, Share> {
  const shares = new Map<number, Share>();
  for (const row of rows) {
    const id = row.sample ?? added.get(digestHex(row.sha256)) ?? 0;
    const other = shares.get(id);
    const best = bestOf[row.standing] ?? 0;
    if (other === undefined) {
      shares.set(id, { best, first_seen: row.first_seen, last_seen: row.last_seen, worst: row, alike: oneMore(undefined, row) });
      continue;
    }
    shares.set(id, {
      best: Math.max(best, other.best),
      first_seen: Math.min(row.first_seen, other.first_seen),
      last_seen: Math.max(row.last_seen, other.last_seen),
      worst: row.severity > other.worst.severity ? row : other.worst,
      alike: oneMore(other, row),
    });
  }
  return shares;
}

async function writePairs(sql: Sql, { key, seenAt, seenBefore }: Renewal, now: ReadonlyMap<number, Share>): Promise<void> {
  const { accountId, imageKey } = key;
  const rows = await sql.all<Pair & { readonly sample_id: number }>(
    'SELECT sample_id, best, first_seen, last_seen, alike FROM image_sample WHERE account_id = ? AND image_key = ?',
    [accountId, imageKey],
  );
  const before = new Map<number, Pair>(rows.map((row) => [row.sample_id, row]));
  const written: (readonly SqlValue[])[] = [];
  const counted: (readonly SqlValue[])[] = [];
  // What a sample was seen first or last by may be gone, so that it is looked for anew.
  const lost: number[] = [...before.keys()].filter((id) => !now.has(id));
  const gone = lost.map((id) => [accountId, imageKey, id]);
  for (const [id, pair] of now) {
    const old = before.get(id);
    const isSame = old !== undefined && old.best === pair.best && old.first_seen === pair.first_seen && old.last_seen === pair.last_seen;
    if (isSame && old.alike === pair.alike) continue;
    written.push([accountId, imageKey, id, pair.best, pair.first_seen, pair.last_seen, pair.alike]);
    if (isSame || pair.worst.sample === null) continue;
    const seen = seenTime(pair.last_seen, seenAt);
    counted.push([...[3, 2, 1].map((best) => Number(pair.best === best) - Number(old?.best === best)), pair.first_seen, seen, id]);
    if (old !== undefined && (old.first_seen < pair.first_seen || seenTime(old.last_seen, seenBefore) > seen)) lost.push(id);
  }
  await sql.batch(
    'INSERT OR REPLACE INTO image_sample (account_id, image_key, sample_id, best, first_seen, last_seen, alike) VALUES (?, ?, ?, ?, ?, ?, ?)',
    written,
  );
  await sql.batch('DELETE FROM image_sample WHERE account_id = ? AND image_key = ? AND sample_id = ?', gone);
  await sql.batch(
    'UPDATE sample SET open = open + ?, allowed = allowed + ?, fixed = fixed + ?, first_seen = min(first_seen, ?), last_seen = max(last_seen, ?) WHERE id = ?',
    counted,
  );
  await recountSamples(sql, accountId, lost);
}

interface Group {
  readonly last_seen: number;
  readonly severity: number;
  readonly standing: number;
  readonly total: number;
}

async function writeGroups(sql: Sql, { accountId, imageKey }: ImageKey, rows: readonly Row[]): Promise<void> {
  const now = new Map<string, Group>();
  for (const { last_seen, severity, standing } of rows) {
    const name = `${last_seen} ${severity} ${standing}`;
    now.set(name, { last_seen, severity, standing, total: (now.get(name)?.total ?? 0) + 1 });
  }
  const before = await sql.all<Group>('SELECT last_seen, severity, standing, total FROM finding_group WHERE account_id = ? AND image_key = ?', [
    accountId,
    imageKey,
  ]);
  await sql.run('DELETE FROM finding_group WHERE account_id = ? AND image_key = ?', [accountId, imageKey]);
  await sql.batch(
    'INSERT INTO finding_group (account_id, image_key, last_seen, severity, standing, total) VALUES (?, ?, ?, ?, ?, ?)',
    [...now.values()].map(({ last_seen, severity, standing, total }) => [accountId, imageKey, last_seen, severity, standing, total]),
  );
  const sum = (groups: Iterable<Group>): number => [...groups].reduce((total, group) => total + group.total, 0);
  await addToTally(sql, accountId, 'finding', sum(now.values()) - sum(before));
}
