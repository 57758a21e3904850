import type { Sql } from '../drivers/sql.ts';

/** A total that triggers keep (migration 0003), so that it need not be counted. `finding` counts what is not hidden, in any state. */
export async function tallyOf(sql: Sql, accountId: string, noun: 'image' | 'sample' | 'repository' | 'finding'): Promise<number> {
  const row = await sql.get<{ value: number }>('SELECT value FROM tally WHERE account_id = ? AND noun = ?', [accountId, noun]);
  return row?.value ?? 0;
}
