import type { Sql, SqlRow } from '../drivers/sql.ts';
import type { ImageScope } from '../shapes/repositories.ts';
import { scopeCondition } from './image-scope.ts';

/** The images of a scope; undefined where it holds for every image. */
export async function imagesInScope(sql: Sql, accountId: string, scope: ImageScope): Promise<ReadonlySet<number> | undefined> {
  const condition = scopeCondition('i', accountId, scope);
  if (condition === undefined) return undefined;
  return new Set(
    await numbersIn(sql, `SELECT i.image_key AS number FROM image i WHERE i.account_id = ? AND ${condition.text}`, [accountId, ...condition.values]),
  );
}

/** The numbers that a query gives in its column `number`: as one text, since a row for each would cost ten times as much to read. */
export async function numbersIn(sql: Sql, text: string, values: SqlRow): Promise<readonly number[]> {
  const row = await sql.get<{ numbers: string | null }>(`SELECT group_concat(number) AS numbers FROM (${text})`, values);
  return row?.numbers?.split(',').map(Number) ?? [];
}
