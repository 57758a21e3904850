import { chunks, marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import { alikeOf } from './alike.ts';
import { recountRepository } from './image-counts.ts';
import { noteChange } from './image-share.ts';
import { type Standing, standings } from './standing.ts';

/** A finding whose standing a rule has changed. */
export interface Restanding {
  readonly image_key: number;
  readonly sha256: Uint8Array;
  readonly severity: number;
  /** As stored. */
  readonly last_seen: number;
  readonly from: Standing;
  readonly to: Standing;
}

const ranks = [4, 3, 2, 1, 0] as const;
const together = 100;

/**
 * Brings all that is kept of findings in line with new standings, none of them hidden, before or after. What is kept of an image as a whole is made anew only after
 * scans: a rule may concern a few findings in each of very many images.
 */
export async function settleStandings(sql: Sql, accountId: string, changes: readonly Restanding[]): Promise<void> {
  const real = changes.filter(({ from, to }) => from !== to);
  if (real.length === 0) return;
  await addToImages(sql, accountId, real);
  await addToGroups(sql, accountId, real);
  await judgePairs(sql, accountId, real);
  const imageKeys = [...new Set(real.map((one) => one.image_key))];
  for (const imageKey of imageKeys) await noteChange(sql, { accountId, imageKey });
  const repositories = new Set<number>();
  for (const part of chunks(imageKeys, together)) {
    const rows = await sql.all<{ repository_id: number }>(
      `SELECT DISTINCT repository_id FROM repository_image INDEXED BY repository_image_of WHERE account_id = ? AND image_key IN (${marks(part.length)})`,
      [accountId, ...part],
    );
    for (const { repository_id: id } of rows) repositories.add(id);
  }
  for (const id of repositories) await recountRepository(sql, accountId, id);
}

function isShown(standing: Standing): boolean {
  return standing === standings.open || standing === standings.left;
}

async function addToImages(sql: Sql, accountId: string, changes: readonly Restanding[]): Promise<void> {
  const shown = new Map<number, Map<number, number>>();
  for (const { image_key: key, severity, from, to } of changes) {
    const image = shown.get(key) ?? new Map<number, number>();
    shown.set(key, image.set(severity, (image.get(severity) ?? 0) + Number(isShown(to)) - Number(isShown(from))));
  }
  await sql.batch(
    `UPDATE image SET findings = findings + ?, visible_findings = visible_findings + ?,
       ${ranks.map((rank) => `open_${rank} = open_${rank} + ?`).join(', ')}, findings_revision = findings_revision + 1 WHERE account_id = ? AND image_key = ?`,
    [...shown].map(([key, bySeverity]) => {
      const sum = [...bySeverity.values()].reduce((total, count) => total + count, 0);
      return [sum, sum, ...ranks.map((rank) => bySeverity.get(rank) ?? 0), accountId, key];
    }),
  );
}

async function addToGroups(sql: Sql, accountId: string, changes: readonly Restanding[]): Promise<void> {
  const groups = new Map<string, { readonly row: readonly SqlValue[]; total: number }>();
  const add = (one: Restanding, standing: Standing, count: number): void => {
    const row = [accountId, one.image_key, one.last_seen, one.severity, standing];
    const group = groups.get(row.join(' ')) ?? { row, total: 0 };
    group.total += count;
    groups.set(row.join(' '), group);
  };
  for (const one of changes) {
    add(one, one.from, -1);
    add(one, one.to, 1);
  }
  const changed = [...groups.values()].filter(({ total }) => total !== 0);
  await sql.batch(
    `INSERT INTO finding_group (account_id, image_key, last_seen, severity, standing, total) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (account_id, image_key, last_seen, severity, standing) DO UPDATE SET total = total + excluded.total`,
    changed.map(({ row, total }) => [...row, total]),
  );
  await sql.batch(
    'DELETE FROM finding_group WHERE account_id = ? AND image_key = ? AND last_seen = ? AND severity = ? AND standing = ? AND total = 0',
    changed.map(({ row }) => row),
  );
}

interface Judged {
  readonly sample_id: number;
  readonly before: number;
  readonly best: number;
  readonly alike_before: number;
  readonly alike: number;
}

const judged = `SELECT p.sample_id, p.best AS before, p.alike AS alike_before, max(CASE f.standing WHEN ${standings.open} THEN 3 WHEN ${standings.allowed} THEN 2 ELSE 1 END) AS best,
    ${alikeOf('f')} AS alike FROM sample s CROSS JOIN image_sample p ON p.account_id = s.account_id AND p.image_key = ? AND p.sample_id = s.id
  CROSS JOIN finding f INDEXED BY finding_sample ON f.account_id = s.account_id AND f.sha256 = s.sha256 AND f.image_key = p.image_key AND f.standing > 0
  WHERE s.account_id = ? AND s.sha256 = ? GROUP BY p.sample_id`;

// What each image has of each sample, and by that the counters of samples.
async function judgePairs(sql: Sql, accountId: string, changes: readonly Restanding[]): Promise<void> {
  const pairs = new Map(changes.map((one) => [`${one.image_key} ${Buffer.from(one.sha256).toString('hex')}`, one]));
  const samples = new Map<number, { open: number; allowed: number; fixed: number }>();
  const written: (readonly SqlValue[])[] = [];
  for (const { image_key: imageKey, sha256 } of pairs.values()) {
    const pair = await sql.get<Judged>(judged, [imageKey, accountId, sha256]);
    if (pair === undefined || (pair.best === pair.before && pair.alike === pair.alike_before)) continue;
    written.push([pair.best, pair.alike, accountId, imageKey, pair.sample_id]);
    if (pair.best === pair.before) continue;
    const counts = samples.get(pair.sample_id) ?? { open: 0, allowed: 0, fixed: 0 };
    counts.open += Number(pair.best === 3) - Number(pair.before === 3);
    counts.allowed += Number(pair.best === 2) - Number(pair.before === 2);
    counts.fixed += Number(pair.best === 1) - Number(pair.before === 1);
    samples.set(pair.sample_id, counts);
  }
  await sql.batch('UPDATE image_sample SET best = ?, alike = ? WHERE account_id = ? AND image_key = ? AND sample_id = ?', written);
  await sql.batch(
    'UPDATE sample SET open = open + ?, allowed = allowed + ?, fixed = fixed + ? WHERE id = ?',
    [...samples].map(([id, { open, allowed, fixed }]) => [open, allowed, fixed, id]),
  );
}
