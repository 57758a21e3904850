import type { Sql, SqlRow } from '../drivers/sql.ts';

/**
 * The numbers that a query gives in its column `number`, each followed by those of further columns: as one text, since a row for each would cost ten times as much
 * to read.
 */
export async function numbersIn(sql: Sql, text: string, values: SqlRow, further: readonly string[] = []): Promise<readonly number[]> {
  const list = ['number', ...further].join(" || ',' || ");
  const row = await sql.get<{ numbers: string | null }>(`SELECT group_concat(${list}) AS numbers FROM (${text})`, values);
  return JSON.parse(`[${row?.numbers ?? ''}]`) as readonly number[];
}
