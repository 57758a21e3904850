import type { Sql } from '../drivers/sql.ts';

/** `sample changes` tells that samples came or went, or are called or judged otherwise. */
type Noun = 'image' | 'sample' | 'sample changes' | 'repository' | 'finding' | 'local images' | 'far images';

/** All totals whose noun begins with `prefix`, by what follows it. */
export async function talliesOf(sql: Sql, accountId: string, prefix: string): Promise<ReadonlyMap<string, number>> {
  // No noun holds a character behind `~`.
  const rows = await sql.all<{ noun: string; value: number }>('SELECT noun, value FROM tally WHERE account_id = ? AND noun BETWEEN ? AND ?', [
    accountId,
    prefix,
    `${prefix}~`,
  ]);
  return new Map(rows.map(({ noun, value }) => [noun.slice(prefix.length), value]));
}

const hourMs = 3_600_000;

/** Scans that ended since a time, by whole hours. */
export async function countScans(sql: Sql, accountId: string, since: number): Promise<number> {
  const hour = String(Math.max(0, Math.floor(since / hourMs))).padStart(8, '0');
  const row = await sql.get<{ total: number }>(
    "SELECT coalesce(sum(value), 0) AS total FROM tally WHERE account_id = ? AND noun BETWEEN 'scans ' || ? AND 'scans ~'",
    [accountId, hour],
  );
  return row?.total ?? 0;
}

/** A total that is kept, by triggers or by those who write, so that it need not be counted. `finding` counts what is not hidden, in any state. */
export async function tallyOf(sql: Sql, accountId: string, noun: Noun): Promise<number> {
  const row = await sql.get<{ value: number }>('SELECT value FROM tally WHERE account_id = ? AND noun = ?', [accountId, noun]);
  return row?.value ?? 0;
}

export async function addToTally(sql: Sql, accountId: string, noun: Noun, change: number): Promise<void> {
  if (change === 0) return;
  await sql.run('INSERT INTO tally (account_id, noun, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value', [
    accountId,
    noun,
    change,
  ]);
}
