import type { Sql } from '../drivers/sql.ts';
import { applyRules } from './allow-rules.ts';
import type { ImageKey } from './image-counts.ts';
import { renewImage } from './image-share.ts';

/** What a change of an image's findings or tags may mean for the images whose tags it has taken, and for itself. */
export interface Succession {
  readonly key: ImageKey;
  readonly at: number;
  /** True when the image has just been scanned to its end and nothing was skipped, which its row does not say yet. */
  readonly whole: boolean;
}

/**
 * A finding whose image no current tag names any more is fixed while, of the images that have its tags now, one was scanned whole and none of those scanned whole has the same
 * content at the same path. It is open again when a tag names its image again.
 */
export async function settleSuccession(sql: Sql, succession: Succession): Promise<void> {
  const { accountId, imageKey } = succession.key;
  const whole = await wholeKeys(sql, succession);
  const rows = await sql.all<{ image_key: number }>(
    `SELECT DISTINCT other.image_key FROM repository_image mine INDEXED BY repository_image_of
     CROSS JOIN repository_image other ON other.account_id = mine.account_id AND other.repository_id = mine.repository_id AND other.tag = mine.tag
     WHERE mine.account_id = ? AND mine.image_key = ?`,
    [accountId, imageKey],
  );
  for (const row of rows) await settleOne(sql, { accountId, imageKey: row.image_key }, { at: succession.at, isWhole: whole });
}

async function wholeKeys(sql: Sql, { key, whole }: Succession): Promise<(imageKey: number) => Promise<boolean>> {
  return async (imageKey) => {
    if (whole && imageKey === key.imageKey) return true;
    const row = await sql.get("SELECT 1 FROM image WHERE account_id = ? AND image_key = ? AND scan_state = 'done' AND scan_complete = 1", [
      key.accountId,
      imageKey,
    ]);
    return row !== undefined;
  };
}

interface Judging {
  readonly at: number;
  readonly isWhole: (imageKey: number) => Promise<boolean>;
}

async function settleOne(sql: Sql, key: ImageKey, judging: Judging): Promise<void> {
  const { accountId, imageKey } = key;
  const current = await sql.get('SELECT 1 FROM repository_image WHERE account_id = ? AND image_key = ? AND current = 1', [accountId, imageKey]);
  const has = await sql.get('SELECT 1 FROM image_sample WHERE account_id = ? AND image_key = ? LIMIT 1', [accountId, imageKey]);
  if (has === undefined) return;
  const changed = current === undefined ? await supersede(sql, key, judging) : await reopen(sql, key);
  if (changed === 0) return;
  await sql.run('UPDATE image SET seen_digest = NULL WHERE account_id = ? AND image_key = ?', [accountId, imageKey]);
  await applyRules(sql, key);
  await renewImage(sql, key);
}

function reopen(sql: Sql, { accountId, imageKey }: ImageKey): Promise<number> {
  return sql.run(
    'UPDATE finding SET standing = CASE standing WHEN 4 THEN 1 ELSE standing END, superseded = 0 WHERE account_id = ? AND image_key = ? AND superseded = 1',
    [accountId, imageKey],
  );
}

async function supersede(sql: Sql, { accountId, imageKey }: ImageKey, { at, isWhole }: Judging): Promise<number> {
  const successors = await sql.all<{ image_key: number }>(
    `SELECT DISTINCT next.image_key FROM repository_image mine INDEXED BY repository_image_of
     CROSS JOIN repository_image next ON next.account_id = mine.account_id AND next.repository_id = mine.repository_id AND next.tag = mine.tag AND next.current = 1
     WHERE mine.account_id = ? AND mine.image_key = ?`,
    [accountId, imageKey],
  );
  const whole: number[] = [];
  for (const { image_key: next } of successors) if (await isWhole(next)) whole.push(next);
  if (whole.length === 0) return 0;
  const values = [accountId, JSON.stringify(whole)];
  return sql.run(
    `UPDATE finding SET verified_at = ?, superseded = NOT ${isInSuccessor}, standing = CASE WHEN standing = 3 THEN 3 WHEN ${isInSuccessor} THEN 1 ELSE 4 END
     WHERE account_id = ? AND image_key = ? AND (standing = 1 OR standing = 3 AND superseded = 0 OR superseded = 1 AND ${isInSuccessor})`,
    [at, ...values, ...values, accountId, imageKey, ...values],
  );
}

const isInSuccessor = `EXISTS (SELECT 1 FROM finding same WHERE same.account_id = ? AND same.image_key IN (SELECT value FROM json_each(?))
  AND same.standing IN (1, 3, 4) AND same.path = finding.path AND same.sha256 = finding.sha256)`;
