import type { Sql } from '../drivers/sql.ts';
import { type Standing, standings } from './standing.ts';

/** An image as rows name it. */
export interface ImageKey {
  readonly accountId: string;
  readonly imageKey: number;
}

const ranks = [4, 3, 2, 1, 0] as const;

function isShown({ standing }: { readonly standing: Standing }): boolean {
  return standing === standings.open || standing === standings.left;
}

/** Brings the counters that stand with an image, and with the repositories that hold it, in line with its findings. */
export async function recountImage(sql: Sql, { accountId, imageKey }: ImageKey): Promise<void> {
  const where = [accountId, imageKey];
  const rows = await sql.all<{ severity: number; standing: Standing; total: number }>(
    'SELECT severity, standing, count(*) AS total FROM finding INDEXED BY finding_severity WHERE account_id = ? AND image_key = ? GROUP BY severity, standing',
    where,
  );
  const open = ranks.map((rank) => rows.reduce((sum, row) => (row.severity === rank && isShown(row) ? sum + row.total : sum), 0));
  const visible = open.reduce((sum, total) => sum + total, 0);
  const hidden = rows.reduce((sum, { standing, total }) => (standing === standings.hidden ? sum + total : sum), 0);
  const before = await sql.get<{ visible_findings: number }>('SELECT visible_findings FROM image WHERE account_id = ? AND image_key = ?', where);
  await sql.run(
    `UPDATE image SET findings = ?, visible_findings = ?, ${ranks.map((rank) => `open_${rank} = ?`).join(', ')}, findings_revision = findings_revision + 1
     WHERE account_id = ? AND image_key = ?`,
    [visible + hidden, visible, ...open, ...where],
  );
  const known = before?.visible_findings ?? 0;
  if (visible === known) return;
  await sql.run(
    `UPDATE repository SET infected = infected + ?, open_findings = open_findings + ? WHERE account_id = ? AND id IN (
       SELECT repository_id FROM repository_image INDEXED BY repository_image_of WHERE account_id = ? AND image_key = ? AND current = 1)`,
    [Number(visible > 0) - Number(known > 0), visible - known, accountId, ...where],
  );
}

/** What some images add to the counters of a repository. */
export interface RepositoryShare {
  readonly images: number;
  readonly infected: number;
  readonly findings: number;
}

/** Those of the images count that a tag of the repository names now. */
export async function repositoryShare(
  sql: Sql,
  accountId: string,
  at: { readonly id: number; readonly imageKeys: readonly number[] },
): Promise<RepositoryShare> {
  const row = await sql.get<RepositoryShare>(
    `SELECT count(*) AS images, coalesce(sum(i.visible_findings > 0), 0) AS infected, coalesce(sum(i.visible_findings), 0) AS findings FROM image i
     WHERE i.image_key IN (SELECT value FROM json_each(?)) AND EXISTS (SELECT 1 FROM repository_image t INDEXED BY repository_image_of
       WHERE t.account_id = ? AND t.image_key = i.image_key AND t.current = 1 AND t.repository_id = ?)`,
    [JSON.stringify(at.imageKeys), accountId, at.id],
  );
  return row ?? { images: 0, infected: 0, findings: 0 };
}

export async function changeRepositoryShare(sql: Sql, id: number, { before, after }: { readonly before: RepositoryShare; readonly after: RepositoryShare }) {
  await sql.run('UPDATE repository SET images = images + ?, infected = infected + ?, open_findings = open_findings + ? WHERE id = ?', [
    after.images - before.images,
    after.infected - before.infected,
    after.findings - before.findings,
    id,
  ]);
}

/** Counts all images of a repository, which may be very many. */
export async function recountRepository(sql: Sql, accountId: string, id: number): Promise<void> {
  await sql.run(
    `UPDATE repository SET (images, infected, open_findings) = (
       SELECT count(*), coalesce(sum(i.visible_findings > 0), 0), coalesce(sum(i.visible_findings), 0) FROM image i WHERE +i.account_id = ? AND i.image_key IN (
         SELECT image_key FROM repository_image INDEXED BY repository_image_tags WHERE account_id = ? AND repository_id = ? AND current = 1))
     WHERE account_id = ? AND id = ?`,
    [accountId, accountId, id, accountId, id],
  );
}
