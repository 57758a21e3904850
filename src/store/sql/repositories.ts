import { chunks, marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import type {
  Registry,
  RegistryNamespace,
  Repository,
  RepositoryConditions,
  RepositoryImage,
  RepositoryImageQuery,
  RepositoryQuery,
  RepositoryStore,
} from '../shapes/repositories.ts';
import type { ImageRecord, Listing } from '../store.ts';
import { allOf, anyOf, type Condition, checkPage, fold, textCondition, valueCondition } from './conditions.ts';
import { type Counts, createCounts } from './counts.ts';
import { recountRepository } from './image-counts.ts';
import { type ImageRow, imageColumns, toImageRecord } from './image-rows.ts';
import { placeConditions, referenceCondition, scopeCondition } from './image-scope.ts';
import { type RegistryRow, registryColumns, toRegistry } from './registries.ts';
import { tallyOf } from './tally.ts';

type VersionedSql = Sql & { version(): Promise<number> };

interface RepositoryRow {
  readonly id: number;
  readonly account_id: string;
  readonly registry_id: number;
  readonly namespace: string;
  readonly name: string;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly images: number;
  readonly infected: number;
  readonly open_findings: number;
}

interface TagRow {
  readonly id: number;
  readonly repository_id: number;
  readonly tag: string;
  readonly digest: string;
  readonly image_key: number;
  readonly current: number;
  readonly first_seen: number;
  readonly last_seen: number;
}

const repositoryColumns = 'r.id, r.account_id, r.registry_id, r.namespace, r.name, r.first_seen, r.last_seen, r.images, r.infected, r.open_findings';
const tagColumns = 't.id, t.repository_id, t.tag, t.digest, t.image_key, t.current, t.first_seen, t.last_seen';

const repositoryOrders = { lastSeen: 'last_seen', name: 'name_folded', images: 'images' } as const satisfies Record<RepositoryQuery['by'], string>;
/** What each order compares, and the index by which the tables are walked. */
const imageOrders = {
  lastSeen: { column: 't.last_seen', index: undefined },
  created: { column: 'i.created_at', index: 'image_created' },
  size: { column: 'i.size', index: 'image_size' },
  name: { column: 'i.reference_folded', index: 'image_name' },
  scanTime: { column: 'i.scan_time', index: 'image_scan_time' },
  findings: { column: 'i.visible_findings', index: 'image_findings' },
} as const satisfies Record<RepositoryImageQuery['by'], { readonly column: string; readonly index: string | undefined }>;

/** Repositories and what their tags name. Equal rows stand in the order in which they came (turned round with 'desc'). */
export function createRepositoryStore(database: VersionedSql): RepositoryStore {
  const counts = createCounts();
  return {
    places: async (accountId, images) => {
      const keys = await byIds<{ image_key: number; id: string }>(
        database,
        'SELECT image_key, id FROM image WHERE account_id = ? AND id',
        images.map(({ image }) => image.id),
        [accountId],
      );
      const records = new Map(images.map((record) => [record.image.id, record]));
      const byKey = new Map(keys.flatMap(({ image_key: key, id }) => (records.has(id) ? [[key, records.get(id) as ImageRecord] as const] : [])));
      const places = await placesOfImages(database, accountId, byKey);
      return new Map([...places].flatMap(([key, place]) => [[byKey.get(key)?.image.id ?? '', place] as const]));
    },
    list: (query) => listRepositories(database, query, counts),
    images: (query) => listImages(database, query),
    retain: (accountId, repositoryId, tags, at) => database.transaction(() => retain(database, { accountId, repositoryId, at }, tags)),
    namespaces: (query) => listNamespaces(database, query),
  };
}

async function listNamespaces(sql: Sql, query: Parameters<RepositoryStore['namespaces']>[0]): Promise<Listing<RegistryNamespace>> {
  checkPage(query);
  const named = query.names === undefined ? [] : [textCondition([{ plain: 'r.namespace', folded: 'r.namespace_folded' }], query.names)];
  const where = allOf([{ text: "r.account_id = ? AND r.registry_id > 0 AND r.namespace <> ''", values: [query.accountId] }, ...named]);
  const total = await sql.get<{ total: number }>(
    `SELECT count(DISTINCT r.namespace) AS total FROM repository r INDEXED BY repository_namespace WHERE ${where.text}`,
    where.values,
  );
  const rows = await sql.all<{ namespace: string; repositories: number; images: number; infected: number }>(
    `SELECT r.namespace, count(*) AS repositories, sum(r.images) AS images, sum(r.infected) AS infected FROM repository r INDEXED BY repository_namespace
     WHERE ${where.text} GROUP BY r.namespace ORDER BY r.namespace LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
  return { total: total?.total ?? 0, rows: rows.map(({ namespace, infected, ...counts }) => ({ name: namespace, ...counts, infectedImages: infected })) };
}

async function listRepositories(sql: VersionedSql, query: RepositoryQuery, counts: Counts): Promise<Listing<Repository>> {
  checkPage(query);
  const { accountId } = query;
  const where = allOf([{ text: 'r.account_id = ?', values: [accountId] }, ...repositoryConditions(accountId, query)]);
  const rows = await sql.all<RepositoryRow>(
    `SELECT ${repositoryColumns} FROM repository r WHERE ${where.text} ORDER BY r.${repositoryOrders[query.by]} ${query.order}, r.id ${query.order} LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
  const isAll = where.text === 'r.account_id = ?';
  const total = isAll ? await tallyOf(sql, accountId, 'repository') : await countOf(sql, { from: 'repository r', where }, counts);
  return { total, rows: rows.map(toRepository) };
}

function repositoryConditions(accountId: string, asked: RepositoryConditions): readonly Condition[] {
  const { ids, registryIds, kinds, regions, namespaces, names, tags, imageIds, infected } = asked;
  const scope = {
    ...(ids === undefined ? {} : { repositoryIds: ids }),
    ...(registryIds === undefined ? {} : { registryIds }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(regions === undefined ? {} : { regions }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(names === undefined ? {} : { names }),
  };
  const conditions: Condition[] = [...placeConditions(accountId, scope)];
  if (asked.guarded !== undefined) {
    const list = "SELECT id FROM registry WHERE account_id = ? AND coalesce(json_extract(policy, '$.scanNew'), 1) = 1";
    conditions.push({ text: `r.registry_id ${asked.guarded ? 'IN' : 'NOT IN'} (${list})`, values: [accountId] });
  }
  if (tags !== undefined) conditions.push(holdsImage(accountId, tagCondition(tags), 'INDEXED BY repository_image_text'));
  if (imageIds !== undefined) {
    const where = allOf([{ text: 'i.account_id = ?', values: [accountId] }, referenceCondition('i', accountId, imageIds, ['id'])]);
    conditions.push(holdsImage(accountId, { text: `t.image_key IN (SELECT i.image_key FROM image i WHERE ${where.text})`, values: where.values }));
  }
  if (infected !== undefined) conditions.push({ text: infected ? 'r.infected > 0' : 'r.infected = 0', values: [] });
  for (const one of asked.every ?? []) conditions.push(...repositoryConditions(accountId, one));
  if (asked.some !== undefined) {
    conditions.push(anyOf(asked.some.map((one) => allOf([{ text: '1 = 1', values: [] }, ...repositoryConditions(accountId, one)]))));
  }
  return conditions;
}

function holdsImage(accountId: string, condition: Condition, index = ''): Condition {
  return {
    text: `r.id IN (SELECT t.repository_id FROM repository_image t ${index} WHERE t.account_id = ? AND t.current = 1 AND ${condition.text})`,
    values: [accountId, ...condition.values],
  };
}

async function listImages(sql: Sql, query: RepositoryImageQuery): Promise<Listing<RepositoryImage>> {
  checkPage(query);
  const where = imageCondition(query);
  const total = await countTags(sql, query, where);
  const limit = Math.min(query.limit, total - query.offset);
  if (limit <= 0) return { total, rows: [] };
  // From the nearer end.
  const isFar = query.offset > total / 2;
  const order = (query.order === 'asc') === isFar ? 'desc' : 'asc';
  const { column, index } = imageOrders[query.by];
  const then = index === undefined ? '' : `i.image_key ${order}, `;
  const ofImages = index === undefined ? where : allOf([where, { text: 'i.account_id = ?', values: [query.accountId] }]);
  const ids = await sql.all<{ id: number }>(
    `SELECT t.id FROM ${tagsFrom(query, where, query.by)} WHERE ${ofImages.text} ORDER BY ${column} ${order}, ${then}t.id ${order} LIMIT ? OFFSET ?`,
    [...ofImages.values, limit, isFar ? total - query.offset - limit : query.offset],
  );
  const found = await byIds<TagRow>(
    sql,
    `SELECT ${tagColumns} FROM repository_image t WHERE t.id`,
    ids.map(({ id }) => id),
  );
  const rows = new Map(found.map((row) => [row.id, row]));
  const page = ids.flatMap(({ id }) => rows.get(id) ?? []);
  return { total, rows: await toRepositoryImages(sql, query.accountId, isFar ? page.reverse() : page) };
}

async function countTags(sql: Sql, query: RepositoryImageQuery, where: Condition): Promise<number> {
  // The index of images has what most conditions on them look at.
  const isOfImages = /\bi\./.test(where.text);
  const counted = isOfImages ? allOf([where, { text: 'i.account_id = ?', values: [query.accountId] }]) : where;
  const from = tagsFrom(query, where, isOfImages ? 'scanTime' : 'lastSeen');
  return (await sql.get<{ total: number }>(`SELECT count(*) AS total FROM ${from} WHERE ${counted.text}`, counted.values))?.total ?? 0;
}

// Where much may be found, the tables are walked along indexes that have what most lists are filtered by; little is looked up.
function tagsFrom(query: RepositoryImageQuery, where: Condition, by: RepositoryImageQuery['by']): string {
  const { ids, imageIds, digests, layers, references, idTexts, tags } = query;
  const isNarrow = tags?.exact === true || [ids, imageIds, digests, layers, references, idTexts].some((value) => value !== undefined);
  if (isNarrow) return 'repository_image t JOIN image i ON i.image_key = t.image_key';
  const { index } = imageOrders[by];
  if (index !== undefined) return `image i INDEXED BY ${index} CROSS JOIN repository_image t INDEXED BY repository_image_of ON t.image_key = i.image_key`;
  const tagged = 'repository_image t INDEXED BY repository_image_seen';
  return /\bi\./.test(where.text) ? `${tagged} JOIN image i ON i.image_key = t.image_key` : tagged;
}

function imageCondition(query: RepositoryImageQuery): Condition {
  const { accountId, tags, digests, imageIds, layers, references, local } = query;
  const conditions: Condition[] = [{ text: 't.account_id = ?', values: [accountId] }];
  if (query.current !== false) conditions.push({ text: 't.current = 1', values: [] });
  if (query.ids !== undefined) conditions.push(valueCondition('t.id', query.ids));
  if (query.ofRegistry !== undefined) conditions.push({ text: query.ofRegistry ? 't.registry_id > 0' : 't.registry_id = 0', values: [] });
  if (query.idTexts !== undefined)
    conditions.push({ text: 'i.account_id = ?', values: [accountId] }, referenceCondition('i', accountId, query.idTexts, ['id']));
  if (query.digestTexts !== undefined) conditions.push(textCondition([{ plain: 't.digest', folded: 't.digest' }], query.digestTexts));
  const places = [...placeConditions(accountId, query), ...registryConditions(query)];
  if (places.length > 0) {
    const where = allOf([{ text: 'r.account_id = ?', values: [accountId] }, ...places]);
    conditions.push({ text: `t.repository_id IN (SELECT r.id FROM repository r WHERE ${where.text})`, values: where.values });
  }
  if (tags !== undefined) conditions.push(tagCondition(tags));
  if (digests !== undefined) {
    const wanted = digests.map((digest) => (digest.includes(':') ? digest : `sha256:${digest}`));
    const list = marks(wanted.length);
    conditions.push({ text: `(t.digest IN (${list}) OR i.id IN (${list}))`, values: [...wanted, ...wanted] });
  }
  if (imageIds !== undefined) {
    const found = valueCondition(
      'id',
      imageIds.map((id) => (id.includes(':') ? id : `sha256:${id}`)),
    );
    conditions.push({ text: `t.image_key IN (SELECT image_key FROM image WHERE account_id = ? AND ${found.text})`, values: [accountId, ...found.values] });
  }
  const scope = scopeCondition('i', accountId, {
    ...(layers === undefined ? {} : { layers }),
    ...(references === undefined ? {} : { references }),
    ...(local === undefined ? {} : { local }),
  });
  // With the account the images are found by their index.
  if (scope !== undefined) conditions.push({ text: 'i.account_id = ?', values: [accountId] }, scope);
  if (query.scanStates !== undefined) conditions.push(valueCondition("coalesce(i.scan_state, 'never')", query.scanStates));
  if (query.infected !== undefined) conditions.push({ text: query.infected ? 'i.visible_findings > 0' : 'i.visible_findings = 0', values: [] });
  if (query.latest === true) {
    conditions.push({
      text: `NOT EXISTS (SELECT 1 FROM repository_image n INDEXED BY repository_image_tags CROSS JOIN image ni
        WHERE n.account_id = t.account_id AND n.repository_id = t.repository_id AND n.current = 1 AND ni.image_key = n.image_key AND (ni.created_at, n.id) > (i.created_at, t.id))`,
      values: [],
    });
  }
  return allOf(conditions);
}

function registryConditions({ accountId, registryNames, registryRegions }: RepositoryImageQuery): readonly Condition[] {
  const columns = { name: registryNames, region: registryRegions };
  return Object.entries(columns).flatMap(([column, texts]) => {
    if (texts === undefined) return [];
    const where = textCondition([{ plain: `g.${column}`, folded: `lower(g.${column})` }], texts);
    return [{ text: `r.registry_id IN (SELECT g.id FROM registry g WHERE g.account_id = ? AND ${where.text})`, values: [accountId, ...where.values] }];
  });
}

function tagCondition({ values, exact }: { readonly values: readonly string[]; readonly exact: boolean }): Condition {
  if (exact) return valueCondition('t.tag', values);
  return { text: `(${values.map(() => 'instr(lower(t.tag), ?) > 0').join(' OR ') || '1 = 0'})`, values: values.map(fold) };
}

async function retain(
  sql: Sql,
  { accountId, repositoryId, at }: { readonly accountId: string; readonly repositoryId: number; readonly at: number },
  tags: readonly string[],
): Promise<void> {
  const kept = new Set(tags);
  const rows = await sql.all<{ id: number; tag: string }>(
    "SELECT id, tag FROM repository_image WHERE account_id = ? AND repository_id = ? AND current = 1 AND tag <> ''",
    [accountId, repositoryId],
  );
  const seen = rows.filter(({ tag }) => kept.has(tag)).map(({ id }) => [at, id]);
  await sql.batch('UPDATE repository_image SET last_seen = max(last_seen, ?) WHERE id = ?', seen);
  if (seen.length > 0) await sql.run('UPDATE repository SET last_seen = max(last_seen, ?) WHERE id = ?', [at, repositoryId]);
  const gone = rows.filter(({ tag }) => !kept.has(tag)).map(({ id }) => [id]);
  await sql.batch('UPDATE repository_image SET current = 0 WHERE id = ?', gone);
  if (gone.length > 0) await recountRepository(sql, accountId, repositoryId);
}

/** For each image the tag that names it now and was seen last, else the last one that did. */
export async function placesOfImages(sql: Sql, accountId: string, images: ReadonlyMap<number, ImageRecord>): Promise<ReadonlyMap<number, RepositoryImage>> {
  const newest: TagRow[] = [];
  for (const imageKey of images.keys()) {
    const row = await sql.get<TagRow>(
      `SELECT ${tagColumns} FROM repository_image t INDEXED BY repository_image_of WHERE t.account_id = ? AND t.image_key = ? ORDER BY t.current DESC, t.last_seen DESC, t.id DESC LIMIT 1`,
      [accountId, imageKey],
    );
    if (row !== undefined) newest.push(row);
  }
  const places = await toRepositoryImages(sql, accountId, newest, images);
  return new Map(places.map((place, index) => [newest[index]?.image_key ?? 0, place]));
}

async function toRepositoryImages(
  sql: Sql,
  accountId: string,
  rows: readonly TagRow[],
  known: ReadonlyMap<number, ImageRecord> = new Map(),
): Promise<readonly RepositoryImage[]> {
  const images = new Map(known);
  const missing = [...new Set(rows.map((row) => row.image_key))].filter((key) => !images.has(key));
  for (const row of await byIds<ImageRow>(sql, `SELECT ${imageColumns} FROM image i WHERE i.image_key`, missing))
    images.set(row.image_key, await toImageRecord(sql, row));
  const repositoryRows = await byIds<RepositoryRow>(sql, `SELECT ${repositoryColumns} FROM repository r WHERE r.id`, [
    ...new Set(rows.map((row) => row.repository_id)),
  ]);
  const repositories = new Map(repositoryRows.map((row) => [row.id, toRepository(row)]));
  const registryIds = [...new Set(repositoryRows.map((row) => row.registry_id))].filter((id) => id > 0);
  const registries = new Map<number, Registry>();
  for (const row of await byIds<RegistryRow>(sql, `SELECT ${registryColumns} FROM registry g WHERE g.id`, registryIds)) registries.set(row.id, toRegistry(row));
  return rows.flatMap((row) => {
    const image = images.get(row.image_key);
    const repository = repositories.get(row.repository_id);
    if (image === undefined || repository === undefined) return [];
    const { id, tag, digest, current, first_seen: firstSeen, last_seen: lastSeen } = row;
    return [{ accountId, id, repository, registry: registries.get(repository.registryId), tag, digest, image, current: current === 1, firstSeen, lastSeen }];
  });
}

async function byIds<Row>(sql: Sql, text: string, ids: readonly SqlValue[], before: readonly SqlValue[] = []): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const part of chunks(ids, 100)) rows.push(...(await sql.all<Row>(`${text} IN (${marks(part.length)})`, [...before, ...part])));
  return rows;
}

async function countOf(sql: VersionedSql, { from, where }: { readonly from: string; readonly where: Condition }, counts: Counts): Promise<number> {
  const count = async (): Promise<number> =>
    (await sql.get<{ total: number }>(`SELECT count(*) AS total FROM ${from} WHERE ${where.text}`, where.values))?.total ?? 0;
  return sql.inTransaction() ? count() : counts.total(`${from} ${JSON.stringify(where)}`, await sql.version(), count);
}

function toRepository(row: RepositoryRow): Repository {
  return {
    accountId: row.account_id,
    id: row.id,
    registryId: row.registry_id,
    namespace: row.namespace,
    name: row.name,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    images: row.images,
    infectedImages: row.infected,
    openFindings: row.open_findings,
  };
}
