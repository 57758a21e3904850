import type { Sql } from '../drivers/sql.ts';
import type { RegistryNamespace, RepositoryStore } from '../shapes/repositories.ts';
import type { ImageRecord, Listing } from '../store.ts';
import { allOf, checkPage, textCondition } from './conditions.ts';
import { createCounts } from './counts.ts';
import { recountRepository } from './image-counts.ts';
import { hasRepository, listRepositories, type VersionedSql } from './repository-list.ts';
import { listTags } from './tag-list.ts';
import { byIds, placesOfImages } from './tag-rows.ts';

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
    has: (accountId, conditions) => hasRepository(database, accountId, conditions),
    images: (query) => listTags(database, query),
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
