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
  await sql.run(
    `UPDATE image SET findings = ?, visible_findings = ?, ${ranks.map((rank) => `open_${rank} = ?`).join(', ')}, findings_revision = findings_revision + 1
     WHERE account_id = ? AND image_key = ?`,
    [visible + hidden, visible, ...open, ...where],
  );
  await recountRepositories(sql, { accountId, imageKey });
}

async function recountRepositories(sql: Sql, { accountId, imageKey }: ImageKey): Promise<void> {
  const rows = await sql.all<{ repository_id: number }>('SELECT DISTINCT repository_id FROM repository_image WHERE account_id = ? AND image_key = ?', [
    accountId,
    imageKey,
  ]);
  for (const { repository_id: id } of rows) await recountRepository(sql, accountId, id);
}

export async function recountRepository(sql: Sql, accountId: string, id: number): Promise<void> {
  await sql.run(
    `UPDATE repository SET (images, infected, open_findings) = (
       SELECT count(*), coalesce(sum(i.visible_findings > 0), 0), coalesce(sum(i.visible_findings), 0) FROM image i WHERE +i.account_id = ? AND i.image_key IN (
         SELECT image_key FROM repository_image WHERE account_id = ? AND repository_id = ? AND current = 1))
     WHERE account_id = ? AND id = ?`,
    [accountId, accountId, id, accountId, id],
  );
}
