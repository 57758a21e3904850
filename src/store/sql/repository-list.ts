import type { Sql, SqlValue } from '../drivers/sql.ts';
import type { Repository, RepositoryConditions, RepositoryQuery } from '../shapes/repositories.ts';
import type { Listing, TextCondition } from '../store.ts';
import { allOf, anyOf, type Condition, checkPage, conjunctsOf } from './conditions.ts';
import type { Counts } from './counts.ts';
import { placeConditions, tagCondition, type Way } from './image-scope.ts';
import { fewMatching, walkedCondition } from './image-texts.ts';
import { nearerEnd } from './nearer-end.ts';
import { withKnownTagsOf } from './tag-names.ts';
import { type RepositoryRow, repositoryColumns, toRepository } from './tag-rows.ts';
import { tallyOf } from './tally.ts';

export type VersionedSql = Sql & { version(): Promise<number> };

const orders = { lastSeen: 'last_seen', name: 'name_folded', images: 'images' } as const satisfies Record<RepositoryQuery['by'], string>;

/** See `RepositoryStore.list`. */
export async function listRepositories(sql: VersionedSql, query: RepositoryQuery, counts: Counts): Promise<Listing<Repository>> {
  checkPage(query);
  const { accountId } = query;
  const search = await searchOf(sql, accountId, query);
  const all = await tallyOf(sql, accountId, 'repository');
  const { from, counted, where } = countOf(accountId, search);
  const count = async (): Promise<number> =>
    (await sql.get<{ total: number }>(`SELECT ${counted} AS total FROM ${from} WHERE ${where.text}`, where.values))?.total ?? 0;
  const key = `${from} ${JSON.stringify(where)}`;
  const total = where.text === ofAccount ? all : sql.inTransaction() ? await count() : await counts.total(key, await sql.version(), count);
  const page = nearerEnd(query, total);
  if (page.limit === 0) return { total, rows: [] };
  // Where most have what is asked for, a page takes a look at few.
  const listed = whereOf(accountId, search, total * 2 > all ? 'each' : 'list');
  const rows = await sql.all<RepositoryRow>(
    `SELECT ${repositoryColumns} FROM repository r WHERE ${listed.text} ORDER BY r.${orders[query.by]} ${page.order}, r.id ${page.order} LIMIT ? OFFSET ?`,
    [...listed.values, page.limit, page.offset],
  );
  return { total, rows: page.inOrder(rows.map(toRepository)) };
}

/** See `RepositoryStore.has`. */
export async function hasRepository(sql: Sql, accountId: string, conditions: RepositoryConditions): Promise<boolean> {
  const search = await searchOf(sql, accountId, conditions);
  const { from, where } = countOf(accountId, search);
  return (await sql.get(`SELECT 1 FROM ${from} WHERE ${where.text} LIMIT 1`, where.values)) !== undefined;
}

/** Conditions that hold together, and the keys of images with one of the texts of ids in them, where they are few. */
interface Search {
  readonly asked: readonly RepositoryConditions[];
  readonly rare: RareIds;
}

type RareIds = ReadonlyMap<TextCondition, readonly SqlValue[]>;

async function searchOf(sql: Sql, accountId: string, conditions: RepositoryConditions): Promise<Search> {
  const rare = new Map<TextCondition, readonly SqlValue[]>();
  for (const condition of idsIn(conditions)) {
    const keys = await fewMatching(sql, { accountId, condition, columns: ['id'] }, true);
    if (keys !== undefined) rare.set(condition, keys);
  }
  return { asked: conjunctsOf(await withKnownTagsOf(sql, accountId, conditions)), rare };
}

function idsIn({ imageIds, every = [], some = [] }: RepositoryConditions): readonly TextCondition[] {
  return [...(imageIds === undefined ? [] : [imageIds]), ...[...every, ...some].flatMap(idsIn)];
}

const ofAccount = 'r.account_id = ?';

function whereOf(accountId: string, { asked, rare }: Search, way: Way): Condition {
  return allOf([{ text: ofAccount, values: [accountId] }, ...asked.flatMap((one) => conditionsOf(accountId, one, { rare, way }))]);
}

// What is asked of current tags alone is counted among them.
function countOf(accountId: string, search: Search): { readonly from: string; readonly counted: string; readonly where: Condition } {
  const telling = search.asked.map((one) => conditionsOf(accountId, one, { rare: search.rare, way: 'list' })).filter((conditions) => conditions.length > 0);
  const held = search.asked.flatMap((one) => heldBy(one, search.rare));
  const [only] = held;
  if (telling.flat().length === 1 && held.length === 1 && only?.index !== undefined) {
    const where = allOf([{ text: 't.account_id = ? AND t.current = 1', values: [accountId] }, only.condition]);
    return { from: `repository_image t INDEXED BY ${only.index}`, counted: 'count(DISTINCT t.repository_id)', where };
  }
  const way = held.some(({ index }) => index === undefined) ? 'each' : 'list';
  return { from: 'repository r', counted: 'count(*)', where: whereOf(accountId, search, way) };
}

/** A condition on rows of `repository_image` under the name `t`, and the index that finds them; undefined where many have to be looked at. */
interface Held {
  readonly condition: Condition;
  readonly index: string | undefined;
}

function heldBy({ tags, imageIds }: RepositoryConditions, rare: RareIds): readonly Held[] {
  const held: Held[] = [];
  if (tags !== undefined) held.push({ condition: tagCondition('t', tags), index: tags.exact ? 'repository_image_tag' : 'repository_image_tags' });
  if (imageIds !== undefined) {
    const keys = rare.get(imageIds);
    const text = walkedCondition('n', imageIds, ['id']);
    const some = `SELECT 1 FROM image n INDEXED BY image_ids WHERE n.account_id = t.account_id AND n.image_key = t.image_key AND ${text.text}`;
    held.push(
      keys === undefined
        ? { condition: { text: `EXISTS (${some})`, values: text.values }, index: undefined }
        : { condition: { text: 't.image_key IN (SELECT value FROM json_each(?))', values: [JSON.stringify(keys)] }, index: 'repository_image_of' },
    );
  }
  return held;
}

interface Manner {
  readonly rare: RareIds;
  readonly way: Way;
}

function conditionsOf(accountId: string, asked: RepositoryConditions, manner: Manner): readonly Condition[] {
  const { ids, every = [], some, infected, guarded } = asked;
  const conditions: Condition[] = [...placeConditions(accountId, { ...asked, ...(ids === undefined ? {} : { repositoryIds: ids }) })];
  if (guarded !== undefined) {
    const list = "SELECT id FROM registry WHERE account_id = ? AND coalesce(json_extract(policy, '$.scanNew'), 1) = 1";
    conditions.push({ text: `r.registry_id ${guarded ? 'IN' : 'NOT IN'} (${list})`, values: [accountId] });
  }
  for (const { condition, index } of heldBy(asked, manner.rare)) {
    const isListed = manner.way === 'list' || index === 'repository_image_of';
    const from = `SELECT t.repository_id FROM repository_image t INDEXED BY ${isListed ? (index ?? 'repository_image_tags') : 'repository_image_tags'}`;
    const where = `t.account_id = ? AND t.current = 1 AND ${condition.text}`;
    const text = isListed ? `r.id IN (${from} WHERE ${where})` : `EXISTS (${from} WHERE t.repository_id = r.id AND ${where})`;
    conditions.push({ text, values: [accountId, ...condition.values] });
  }
  if (infected !== undefined) conditions.push({ text: infected ? 'r.infected > 0' : 'r.infected = 0', values: [] });
  for (const one of every) conditions.push(...conditionsOf(accountId, one, manner));
  if (some !== undefined) conditions.push(anyOf(some.map((one) => allOf([always, ...conditionsOf(accountId, one, manner)]))));
  return conditions;
}

const always: Condition = { text: '1 = 1', values: [] };
