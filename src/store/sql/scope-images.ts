import type { Sql, SqlRow } from '../drivers/sql.ts';
import type { ImageScope } from '../shapes/repositories.ts';
import { scopeCondition, taggedCondition } from './image-scope.ts';

/** The images of a scope, in no order and perhaps more than once; undefined where it holds for every image. */
export async function imagesInScope(sql: Sql, accountId: string, scope: ImageScope): Promise<readonly number[] | undefined> {
  const condition = scopeCondition('i', accountId, scope);
  if (condition === undefined) return undefined;
  const { digests, layers, imageIds, references, local, tags } = scope;
  const tagged = taggedCondition(accountId, scope);
  const isOfTags = [digests, layers, imageIds, references, local].every((value) => value === undefined);
  if (isOfTags && tagged !== undefined) return numbersIn(sql, `SELECT ri.image_key AS number FROM repository_image ri WHERE ${tagged.text}`, tagged.values);
  // Few images are looked up; for many it costs less to walk along an index.
  const isFew = digests !== undefined || layers !== undefined || imageIds !== undefined || tags?.exact === true;
  return numbersIn(sql, `SELECT i.image_key AS number FROM image i WHERE ${isFew ? '+' : ''}i.account_id = ? AND ${condition.text}`, [
    accountId,
    ...condition.values,
  ]);
}

/** The numbers that a query gives in its column `number`: as one text, since a row for each would cost ten times as much to read. */
export async function numbersIn(sql: Sql, text: string, values: SqlRow): Promise<readonly number[]> {
  const row = await sql.get<{ numbers: string }>(`SELECT json_group_array(number) AS numbers FROM (${text})`, values);
  return row === undefined ? [] : (JSON.parse(row.numbers) as readonly number[]);
}
