import type { Sql, SqlValue } from '../drivers/sql.ts';
import type { RepositoryImage, RepositoryImageQuery } from '../shapes/repositories.ts';
import type { Listing } from '../store.ts';
import { allOf, type Condition, checkPage, textCondition, valueCondition } from './conditions.ts';
import { repositoryConditions, scopeCondition, tagCondition } from './image-scope.ts';
import { fewMatching, walkedCondition } from './image-texts.ts';
import { nearerEnd } from './nearer-end.ts';
import { knownTags } from './tag-names.ts';
import { byIds, type TagRow, tagColumns, toRepositoryImages } from './tag-rows.ts';

/** What each order compares, and the index that has it, with what tags are filtered by (migration 0027). */
const orders = {
  lastSeen: { columns: ['last_seen', 'id'], index: 'repository_image_seen' },
  created: { columns: ['created_at', 'image_key', 'id'], index: 'repository_image_created' },
  size: { columns: ['size', 'image_key', 'id'], index: 'repository_image_size' },
  name: { columns: ['reference_folded', 'image_key', 'id'], index: 'repository_image_name' },
  scanTime: { columns: ['scan_time', 'image_key', 'id'], index: 'repository_image_scanned' },
  findings: { columns: ['visible_findings', 'image_key', 'id'], index: 'repository_image_findings' },
} as const satisfies Record<RepositoryImageQuery['by'], { readonly columns: readonly string[]; readonly index: string }>;

const neverIndex = 'repository_image_never';
/** So many tags, at most, are sorted rather than found along the order's index. */
const mostSorted = 2000;

/** See `RepositoryStore.images`. */
export async function listTags(sql: Sql, query: RepositoryImageQuery): Promise<Listing<RepositoryImage>> {
  checkPage(query);
  const { accountId, idTexts } = query;
  const tags = query.tags === undefined ? {} : { tags: await knownTags(sql, accountId, query.tags) };
  const keys = idTexts === undefined ? undefined : await fewMatching(sql, { accountId, condition: idTexts, columns: ['id'] }, true);
  const search = { query: { ...query, ...tags }, keys };
  const where = whereOf(search);
  const found = await sql.get<{ total: number }>(
    `SELECT count(*) AS total FROM ${fromOf(search, where, isNever(search) ? neverIndex : orders.lastSeen.index)} WHERE ${where.text}`,
    where.values,
  );
  const total = found?.total ?? 0;
  const page = nearerEnd(query, total);
  if (page.limit === 0) return { total, rows: [] };
  const { columns } = orders[query.by];
  const index = isNever(search) && total <= mostSorted ? neverIndex : orders[query.by].index;
  const ids = await sql.all<{ id: number }>(
    `SELECT t.id FROM ${fromOf(search, where, index)} WHERE ${where.text} ORDER BY ${columns.map((column) => `t.${column} ${page.order}`).join(', ')} LIMIT ? OFFSET ?`,
    [...where.values, page.limit, page.offset],
  );
  const rows = await byIds<TagRow>(
    sql,
    `SELECT ${tagColumns} FROM repository_image t WHERE t.id`,
    ids.map(({ id }) => id),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return {
    total,
    rows: await toRepositoryImages(sql, query.accountId, page.inOrder(ids.flatMap(({ id }) => byId.get(id) ?? []))),
  };
}

interface Search {
  readonly query: RepositoryImageQuery;
  /** Of images that have one of the texts of ids, where they are few. */
  readonly keys: readonly SqlValue[] | undefined;
}

// Little is looked up; much is walked along an index.
function isNarrow({ query, keys }: Search): boolean {
  const { ids, imageIds, digests, layers, references, tags, digestTexts } = query;
  return [keys, ids, imageIds, digests, layers, references].some((value) => value !== undefined) || tags?.exact === true || digestTexts?.exact === true;
}

// Of what was never scanned there is little most of the time.
function isNever(search: Search): boolean {
  const { scanStates, current } = search.query;
  return scanStates?.length === 1 && scanStates[0] === 'never' && current !== false && !isNarrow(search);
}

function fromOf(search: Search, where: Condition, index: string): string {
  const isWalked = !isNarrow(search) && search.query.current !== false;
  const used = isWalked ? index : isOfImages(search) ? 'repository_image_of' : undefined;
  const join = /\bi\./.test(where.text) ? ' JOIN image i ON i.image_key = t.image_key' : '';
  return `repository_image t${used === undefined ? '' : ` INDEXED BY ${used}`}${join}`;
}

// SQLite would look at all tags for those of some images.
function isOfImages({ query, keys }: Search): boolean {
  return (query.imageIds ?? keys) !== undefined && (query.ids ?? query.digests) === undefined;
}

function whereOf(search: Search): Condition {
  const { query, keys } = search;
  const { accountId, tags } = query;
  // Rows that are known by their ids are not looked for by anything else.
  const sign = query.ids === undefined && query.digests === undefined ? '' : '+';
  const conditions: Condition[] = [{ text: `${sign}t.account_id = ?`, values: [accountId] }];
  if (query.current !== false) conditions.push({ text: `${isNarrow(search) ? '+' : ''}t.current = 1`, values: [] });
  if (query.ids !== undefined) conditions.push(valueCondition('t.id', query.ids));
  if (query.ofRegistry !== undefined) conditions.push({ text: query.ofRegistry ? 't.registry_id > 0' : 't.registry_id = 0', values: [] });
  if (keys !== undefined) conditions.push({ text: 't.image_key IN (SELECT value FROM json_each(?))', values: [JSON.stringify(keys)] });
  else if (query.idTexts !== undefined) {
    const text = walkedCondition('n', query.idTexts, ['id']);
    const some = `SELECT 1 FROM image n INDEXED BY image_ids WHERE n.account_id = ? AND n.image_key = t.image_key AND ${text.text}`;
    conditions.push({ text: `EXISTS (${some})`, values: [accountId, ...text.values] });
  }
  if (query.digestTexts !== undefined) conditions.push(textCondition([{ plain: 't.digest', folded: 't.digest' }], query.digestTexts));
  conditions.push(...repositoryConditions('t', accountId, query, isNever(search) ? 'each' : 'list'), ...registryNameConditions(query));
  if (tags !== undefined) conditions.push(tagCondition('t', tags));
  conditions.push(...namedConditions(query));
  // As the partial index has it: SQLite takes one only where the same text stands in the query.
  if (isNever(search)) conditions.push({ text: "t.scan_state = 'never'", values: [] });
  else if (query.scanStates !== undefined) conditions.push(valueCondition('t.scan_state', query.scanStates));
  if (query.infected !== undefined) conditions.push({ text: query.infected ? 't.infected = 1' : 't.infected = 0', values: [] });
  if (query.latest === true) conditions.push({ text: `${isNarrow(search) ? '+' : ''}t.latest = 1`, values: [] });
  return allOf(conditions);
}

// Images that are named.
function namedConditions({ accountId, digests, imageIds, layers, references, local }: RepositoryImageQuery): readonly Condition[] {
  const whole = (id: string): string => (id.includes(':') ? id : `sha256:${id}`);
  const conditions: Condition[] = [];
  if (digests !== undefined) {
    const byDigest = valueCondition('digest', digests.map(whole));
    const byId = valueCondition('id', digests.map(whole));
    conditions.push({
      text: `t.id IN (SELECT id FROM repository_image WHERE account_id = ? AND ${byDigest.text}
        UNION ALL SELECT id FROM repository_image WHERE account_id = ? AND image_key IN (SELECT image_key FROM image WHERE account_id = ? AND ${byId.text}))`,
      values: [accountId, ...byDigest.values, accountId, accountId, ...byId.values],
    });
  }
  if (imageIds !== undefined) {
    const found = valueCondition('id', imageIds.map(whole));
    conditions.push({ text: `t.image_key IN (SELECT image_key FROM image WHERE account_id = ? AND ${found.text})`, values: [accountId, ...found.values] });
  }
  const scope = scopeCondition('i', accountId, {
    ...(layers === undefined ? {} : { layers }),
    ...(references === undefined ? {} : { references }),
    ...(local === undefined ? {} : { local }),
  });
  return scope === undefined ? conditions : [...conditions, scope];
}

function registryNameConditions({ accountId, registryNames, registryRegions }: RepositoryImageQuery): readonly Condition[] {
  const columns = { name: registryNames, region: registryRegions };
  return Object.entries(columns).flatMap(([column, texts]) => {
    if (texts === undefined) return [];
    const where = textCondition([{ plain: `g.${column}`, folded: `lower(g.${column})` }], texts);
    return [{ text: `t.registry_id IN (SELECT g.id FROM registry g WHERE g.account_id = ? AND ${where.text})`, values: [accountId, ...where.values] }];
  });
}
