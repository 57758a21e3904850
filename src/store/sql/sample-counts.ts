import type { Sql, SqlValue } from '../drivers/sql.ts';
import { chunks, marks } from '../drivers/sql.ts';
import { digestHex } from './digest.ts';
import type { ImageKey } from './image-counts.ts';

/** What an image has of a sample. `standing` is the image's state: open before allowed before fixed. */
interface Share {
  readonly sha256: Uint8Array;
  readonly md5: Uint8Array;
  readonly name: string;
  readonly name_folded: string;
  readonly severity: number;
  readonly tags: string;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly open: number;
  readonly allowed: number;
  readonly fixed: number;
}

export type Shares = ReadonlyMap<string, Share>;

/** The samples of an image, by SHA-256 in hex. Hidden findings do not count. */
export async function shareOfImage(sql: Sql, { accountId, imageKey }: ImageKey): Promise<Shares> {
  const rows = await sql.all<Share & { standing: number }>(
    `SELECT f.sha256, f.md5, f.name, f.name_folded, f.severity, coalesce(json_extract(v.body, '$.tags'), '[]') AS tags, f.first_seen, f.last_seen, f.standing
     FROM finding f JOIN finding_verdict v ON v.id = f.verdict_id WHERE f.account_id = ? AND f.image_key = ? AND f.standing > 0`,
    [accountId, imageKey],
  );
  const shares = new Map<string, Share>();
  for (const { standing, ...row } of rows) {
    const key = digestHex(row.sha256);
    const share = { ...row, open: standing === 1 ? 1 : 0, allowed: standing === 3 ? 1 : 0, fixed: standing === 2 || standing === 4 ? 1 : 0 };
    const other = shares.get(key);
    shares.set(key, other === undefined ? share : merged(other, share));
  }
  return shares;
}

function merged(left: Share, right: Share): Share {
  const worse = right.severity > left.severity ? right : left;
  const open = left.open | right.open;
  const allowed = open === 1 ? 0 : left.allowed | right.allowed;
  return {
    ...worse,
    open,
    allowed,
    fixed: open + allowed > 0 ? 0 : 1,
    first_seen: Math.min(left.first_seen, right.first_seen),
    last_seen: Math.max(left.last_seen, right.last_seen),
  };
}

const UPSERT = `INSERT INTO sample (account_id, sha256, md5, name, name_folded, severity, tags, first_seen, last_seen, open, allowed, fixed)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (account_id, sha256) DO UPDATE SET md5 = excluded.md5, name = excluded.name, name_folded = excluded.name_folded, severity = excluded.severity,
    tags = excluded.tags, first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen),
    open = open + excluded.open, allowed = allowed + excluded.allowed, fixed = fixed + excluded.fixed`;

/** Brings samples in line with an image whose share was `before` and has changed since. */
export async function updateSamples(sql: Sql, key: ImageKey, before: Shares): Promise<void> {
  const after = await shareOfImage(sql, key);
  const rows: (readonly SqlValue[])[] = [];
  for (const [sha256, now] of after) {
    const old = before.get(sha256);
    if (old !== undefined && isEqual(old, now)) continue;
    rows.push([
      key.accountId,
      now.sha256,
      now.md5,
      now.name,
      now.name_folded,
      now.severity,
      now.tags,
      now.first_seen,
      now.last_seen,
      now.open - (old?.open ?? 0),
      now.allowed - (old?.allowed ?? 0),
      now.fixed - (old?.fixed ?? 0),
    ]);
  }
  await sql.batch(UPSERT, rows);
  const gone = [...before].filter(([sha256]) => !after.has(sha256)).map(([, share]) => share);
  await sql.batch(
    'UPDATE sample SET open = open - ?, allowed = allowed - ?, fixed = fixed - ? WHERE account_id = ? AND sha256 = ?',
    gone.map((share) => [share.open, share.allowed, share.fixed, key.accountId, share.sha256]),
  );
  await sql.batch(
    'DELETE FROM sample WHERE account_id = ? AND sha256 = ? AND open + allowed + fixed = 0',
    gone.map((share) => [key.accountId, share.sha256]),
  );
}

function isEqual(left: Share, right: Share): boolean {
  return (
    left.open === right.open &&
    left.allowed === right.allowed &&
    left.fixed === right.fixed &&
    left.last_seen === right.last_seen &&
    left.severity === right.severity &&
    left.name === right.name &&
    left.tags === right.tags
  );
}

/** Counts some samples anew, after a change of findings in many images. */
export async function recountSamples(sql: Sql, accountId: string, sha256s: readonly Uint8Array[]): Promise<void> {
  for (const part of chunks(sha256s, 100)) {
    await sql.run(
      `UPDATE sample SET (open, allowed, fixed) = (
         SELECT coalesce(sum(best = 3), 0), coalesce(sum(best = 2), 0), coalesce(sum(best = 1), 0) FROM (
           SELECT max(CASE f.standing WHEN 1 THEN 3 WHEN 3 THEN 2 ELSE 1 END) AS best FROM finding f
           WHERE f.account_id = sample.account_id AND f.sha256 = sample.sha256 AND f.standing > 0 GROUP BY f.image_key))
       WHERE account_id = ? AND sha256 IN (${marks(part.length)})`,
      [accountId, ...part],
    );
    await sql.run(`DELETE FROM sample WHERE account_id = ? AND sha256 IN (${marks(part.length)}) AND open + allowed + fixed = 0`, [accountId, ...part]);
  }
}
