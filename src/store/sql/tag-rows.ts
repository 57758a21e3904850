import { chunks, marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import type { Registry, Repository, RepositoryImage } from '../shapes/repositories.ts';
import type { ImageRecord } from '../store.ts';
import { type ImageRow, imageColumns, toImageRecord } from './image-rows.ts';
import { type RegistryRow, registryColumns, toRegistry } from './registries.ts';

/** A row as `repositoryColumns` selects it. */
export interface RepositoryRow {
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

/** A row as `tagColumns` selects it. */
export interface TagRow {
  readonly id: number;
  readonly repository_id: number;
  readonly tag: string;
  readonly digest: string;
  readonly image_key: number;
  readonly current: number;
  readonly first_seen: number;
  readonly last_seen: number;
}

export const repositoryColumns = 'r.id, r.account_id, r.registry_id, r.namespace, r.name, r.first_seen, r.last_seen, r.images, r.infected, r.open_findings';
export const tagColumns = 't.id, t.repository_id, t.tag, t.digest, t.image_key, t.current, t.first_seen, t.last_seen';

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

/** Rows with their images, those of which are `known` by their keys, repositories and registries. */
export async function toRepositoryImages(
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

/** Rows of the query `text`, which ends with a column that is to have one of the values. */
export async function byIds<Row>(sql: Sql, text: string, ids: readonly SqlValue[], before: readonly SqlValue[] = []): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const part of chunks(ids, 100)) rows.push(...(await sql.all<Row>(`${text} IN (${marks(part.length)})`, [...before, ...part])));
  return rows;
}

export function toRepository(row: RepositoryRow): Repository {
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
