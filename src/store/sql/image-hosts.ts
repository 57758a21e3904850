import { marks, type Sql } from '../drivers/sql.ts';
import type { HostQuery, ImageHost, Listing } from '../store.ts';
import { allOf, type Condition, checkPage, valueCondition } from './conditions.ts';
import type { ImageKey } from './image-counts.ts';

/** Remembers that an image lay on a host. */
export async function saveHost(
  sql: Sql,
  { accountId, imageKey }: ImageKey,
  host: { readonly id: string; readonly name: string; readonly at: number },
): Promise<void> {
  await sql.run(
    `INSERT INTO image_host (account_id, image_key, host_id, host_name, last_seen) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account_id, image_key, host_id) DO UPDATE SET host_name = excluded.host_name, last_seen = excluded.last_seen`,
    [accountId, imageKey, host.id, host.name, host.at],
  );
  await sql.run(
    'UPDATE image SET hosts = (SELECT count(*) FROM image_host h WHERE h.account_id = image.account_id AND h.image_key = image.image_key) WHERE account_id = ? AND image_key = ?',
    [accountId, imageKey],
  );
}

const mostSorted = 1000;

/** Pairs of image and host, in the order of images, then hosts. */
export async function listHosts(sql: Sql, query: HostQuery): Promise<Listing<ImageHost>> {
  checkPage(query);
  const conditions: Condition[] = [{ text: 'h.account_id = ?', values: [query.accountId] }];
  if (query.hostIds !== undefined) conditions.push(valueCondition('h.host_id', query.hostIds));
  if (query.imageIds !== undefined) {
    conditions.push({
      text: `h.image_key IN (SELECT image_key FROM image WHERE account_id = ? AND id IN (${marks(query.imageIds.length)}))`,
      values: [query.accountId, ...query.imageIds],
    });
  }
  const where = allOf(conditions);
  const total = await sql.get<{ total: number }>(`SELECT count(*) AS total FROM image_host h WHERE ${where.text}`, where.values);
  // What few hosts have is looked up and sorted, rather than walked to in the order of images.
  const isFew = query.hostIds !== undefined && query.imageIds === undefined && (total?.total ?? 0) <= mostSorted;
  // As one text, since a row for each would cost several times as much to read.
  const found = await sql.get<{ pairs: string }>(
    `SELECT json_group_array(json_array(id, host_id, host_name, last_seen)) AS pairs FROM (
       SELECT i.id, h.host_id, h.host_name, h.last_seen FROM image_host h${isFew ? ' INDEXED BY image_host_host' : ''} CROSS JOIN image i INDEXED BY image_ids ON i.account_id = h.account_id AND i.image_key = h.image_key
       WHERE ${where.text} ORDER BY h.image_key, h.host_id LIMIT ? OFFSET ?)`,
    [...where.values, query.limit, query.offset],
  );
  const pairs = JSON.parse(found?.pairs ?? '[]') as readonly (readonly [string, string, string, number])[];
  return { total: total?.total ?? 0, rows: pairs.map(([imageId, hostId, hostName, lastSeen]) => ({ imageId, hostId, hostName, lastSeen })) };
}
