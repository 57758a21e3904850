import type { App, Listing, Repository, RepositoryImage } from './app.ts';

export type RepositoryRequest = Omit<Parameters<App['store']['repositories']['list']>[0], 'accountId'>;
export type RepositoryImageRequest = Omit<Parameters<App['store']['repositories']['images']>[0], 'accountId'>;

/** One page of the account's repositories. */
export async function listRepositories({ store }: App, accountId: string, request: RepositoryRequest): Promise<Listing<Repository>> {
  return store.repositories.list({ accountId, ...request });
}

/** One page of what tags name, or named. */
export async function listRepositoryImages({ store }: App, accountId: string, request: RepositoryImageRequest): Promise<Listing<RepositoryImage>> {
  return store.repositories.images({ accountId, ...request });
}

const pageSize = 500;
const maxImages = 100_000;

/** The ids of all images that the conditions select, each once; at most 100,000. */
export async function chooseRepositoryImages(
  app: App,
  accountId: string,
  request: Omit<RepositoryImageRequest, 'offset' | 'limit' | 'by' | 'order'>,
): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (let offset = 0; offset < maxImages; offset += pageSize) {
    const { rows } = await listRepositoryImages(app, accountId, { ...request, offset, limit: pageSize, by: 'created', order: 'asc' });
    for (const { image } of rows) ids.add(image.image.id);
    if (rows.length < pageSize) break;
  }
  return [...ids];
}
