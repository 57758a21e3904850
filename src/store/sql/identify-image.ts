import type { Sql } from '../drivers/sql.ts';
import { fold } from './conditions.ts';
import { recountRepository } from './image-counts.ts';
import { settleSuccession } from './succession.ts';

interface Naming {
  readonly accountId: string;
  readonly manifestDigest: string;
  readonly imageId: string;
}

/** See `ImageStore.identify`. */
export async function identifyImage(sql: Sql, naming: Naming): Promise<boolean> {
  const { accountId, manifestDigest, imageId } = naming;
  const row = await sql.get<{ image_key: number; last_seen: number }>(
    `SELECT image_key, last_seen FROM image i WHERE account_id = ? AND id = ? AND digest = id AND id <> ?
       AND NOT EXISTS (SELECT 1 FROM image_layer l WHERE l.account_id = i.account_id AND l.image_key = i.image_key)`,
    [accountId, manifestDigest, imageId],
  );
  const known = await sql.get<{ image_key: number }>('SELECT image_key FROM image WHERE account_id = ? AND id = ?', [accountId, imageId]);
  if (row === undefined) return known !== undefined;
  if (known === undefined) {
    await sql.run('UPDATE image SET id = ?, id_folded = ? WHERE account_id = ? AND image_key = ?', [imageId, fold(imageId), accountId, row.image_key]);
    await sql.run('INSERT OR REPLACE INTO image_text (rowid, reference, id) SELECT image_key, reference_folded, id_folded FROM image WHERE image_key = ?', [
      row.image_key,
    ]);
    return moveParts(sql, naming);
  }
  if (!(await moveParts(sql, naming))) return false;
  await merge(sql, accountId, { from: row.image_key, to: known.image_key });
  await settleSuccession(sql, { key: { accountId, imageKey: known.image_key }, at: row.last_seen, whole: false });
  return true;
}

// False when some part stays, since the image is being scanned for another task.
async function moveParts(sql: Sql, { accountId, manifestDigest, imageId }: Naming): Promise<boolean> {
  await sql.run('UPDATE OR IGNORE task_image SET image_id = ? WHERE account_id = ? AND image_id = ?', [imageId, accountId, manifestDigest]);
  const left = await sql.get('SELECT 1 FROM task_image WHERE account_id = ? AND image_id = ? LIMIT 1', [accountId, manifestDigest]);
  return left === undefined;
}

async function merge(sql: Sql, accountId: string, { from, to }: { readonly from: number; readonly to: number }): Promise<void> {
  const repositories = await sql.all<{ repository_id: number }>(
    'SELECT DISTINCT repository_id FROM repository_image INDEXED BY repository_image_of WHERE account_id = ? AND image_key = ?',
    [accountId, from],
  );
  await sql.run('UPDATE OR IGNORE repository_image SET image_key = ? WHERE account_id = ? AND image_key = ?', [to, accountId, from]);
  await sql.run('DELETE FROM repository_image WHERE account_id = ? AND image_key = ?', [accountId, from]);
  await sql.run('DELETE FROM image_host WHERE account_id = ? AND image_key = ?', [accountId, from]);
  await sql.run('DELETE FROM image WHERE account_id = ? AND image_key = ?', [accountId, from]);
  for (const { repository_id: id } of repositories) await recountRepository(sql, accountId, id);
}
