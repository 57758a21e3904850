import type { Sql } from '../drivers/sql.ts';
import type { RepositoryConditions } from '../shapes/repositories.ts';
import type { ImageConditions, TextCondition } from '../store.ts';
import { allOf, textCondition } from './conditions.ts';
import { partCondition } from './image-texts.ts';

/** What no text has. */
const nothing: TextCondition = { values: [], exact: false };

/** The same condition on tags, or one that is known to hold for nothing where the account has, and had, no such tag. */
export async function knownTags(sql: Sql, accountId: string, tags: TextCondition): Promise<TextCondition> {
  if (tags.exact || tags.values.length === 0) return tags;
  const part = partCondition({ table: 'tag_name_text', columns: ['name'], row: 'n.id' }, tags);
  const where = part ?? textCondition([{ plain: 'n.name_folded', folded: 'n.name_folded' }], tags);
  const found = allOf([{ text: 'n.account_id = ?', values: [accountId] }, where]);
  return (await sql.get(`SELECT 1 FROM tag_name n WHERE ${found.text} LIMIT 1`, found.values)) === undefined ? nothing : tags;
}

/** Conditions on images with what `knownTags` makes of tags in them. */
export async function withKnownTags(sql: Sql, accountId: string, { scope, every, some, ...own }: ImageConditions): Promise<ImageConditions> {
  const all = (conditions: readonly ImageConditions[]): Promise<ImageConditions[]> => Promise.all(conditions.map((one) => withKnownTags(sql, accountId, one)));
  return {
    ...own,
    ...(scope === undefined ? {} : { scope: scope.tags === undefined ? scope : { ...scope, tags: await knownTags(sql, accountId, scope.tags) } }),
    ...(every === undefined ? {} : { every: await all(every) }),
    ...(some === undefined ? {} : { some: await all(some) }),
  };
}

/** The same of conditions on repositories. */
export async function withKnownTagsOf(sql: Sql, accountId: string, { tags, every, some, ...own }: RepositoryConditions): Promise<RepositoryConditions> {
  const all = (conditions: readonly RepositoryConditions[]): Promise<RepositoryConditions[]> =>
    Promise.all(conditions.map((one) => withKnownTagsOf(sql, accountId, one)));
  return {
    ...own,
    ...(tags === undefined ? {} : { tags: await knownTags(sql, accountId, tags) }),
    ...(every === undefined ? {} : { every: await all(every) }),
    ...(some === undefined ? {} : { some: await all(some) }),
  };
}
