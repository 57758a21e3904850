import type { App, Listing, Page, RepositoryImage } from './app.ts';
import type { ListedRepositoryImage, RepositoryImageFilter, RepositoryImageOrder } from './repository-image-filter.ts';

export interface RepositoryImageListRequest extends Page {
  readonly filter: RepositoryImageFilter;
  readonly by: RepositoryImageOrder;
  readonly order: 'asc' | 'desc';
}

/** One page (of at most 200) of what the tags in the account's registries name now. */
export async function listRepositoryImages(
  app: Pick<App, 'store'>,
  accountId: string,
  { filter, ...rest }: RepositoryImageListRequest,
): Promise<Listing<ListedRepositoryImage>> {
  const { none, ...conditions } = filter;
  if (none === true) return { total: 0, rows: [] };
  const { total, rows } = await app.store.repositories.images({ accountId, ofRegistry: true, ...conditions, ...rest });
  return { total, rows: await markLatest(app, accountId, rows) };
}

/** Tells of each image whether it is the newest of its repository. */
async function markLatest(app: Pick<App, 'store'>, accountId: string, places: readonly RepositoryImage[]): Promise<readonly ListedRepositoryImage[]> {
  if (places.length === 0) return [];
  const ids = places.map(({ id }) => id);
  const latest = await app.store.repositories.images({ accountId, ids, latest: true, offset: 0, limit: ids.length, by: 'lastSeen', order: 'desc' });
  const newest = new Set(latest.rows.map(({ id }) => id));
  return places.map((place) => ({ place, isLatest: newest.has(place.id) }));
}
