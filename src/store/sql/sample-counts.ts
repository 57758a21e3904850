import { chunks, marks, type Sql } from '../drivers/sql.ts';
import { seenTimeOf } from './seen.ts';
import { addToTally } from './tally.ts';

const together = 100;

/**
 * Counts some samples anew from the findings themselves: images by their best state (open before allowed before fixed), first and last time. Those that no
 * image has any more are forgotten.
 */
export async function recountSamples(sql: Sql, accountId: string, ids: readonly number[]): Promise<void> {
  const list = marks(together);
  for (const part of chunks(ids, together)) {
    const padded = [...part, ...new Array<null>(together - part.length).fill(null)];
    await sql.run(
      `UPDATE sample SET (open, allowed, fixed, first_seen, last_seen) = (
         SELECT coalesce(sum(best = 3), 0), coalesce(sum(best = 2), 0), coalesce(sum(best = 1), 0), coalesce(min(first_seen), 0), coalesce(max(last_seen), 0) FROM (
           SELECT max(CASE f.standing WHEN 1 THEN 3 WHEN 3 THEN 2 ELSE 1 END) AS best, min(f.first_seen) AS first_seen, max(${seenTimeOf('f.last_seen', 'i.seen_at')}) AS last_seen
           FROM finding f JOIN image i ON i.image_key = f.image_key
           WHERE f.account_id = sample.account_id AND f.sha256 = sample.sha256 AND f.standing > 0 GROUP BY f.image_key))
       WHERE id IN (${list}) AND +account_id = ?`,
      [...padded, accountId],
    );
    const removed = await sql.run(`DELETE FROM sample WHERE id IN (${list}) AND +account_id = ? AND open + allowed + fixed = 0`, [...padded, accountId]);
    await addToTally(sql, accountId, 'sample', -removed);
    await addToTally(sql, accountId, 'sample changes', Number(removed > 0));
  }
}
