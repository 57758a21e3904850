import type { App, RepositoryImage } from './app.ts';

/** More tags than this name one image only by mistake. */
const mostPlaces = 1000;

/** The tags that name these images now (at most 200 images), newest last seen first; with `latest` only those that are the newest of their repository. */
export async function listImagePlaces(
  app: Pick<App, 'store'>,
  accountId: string,
  wanted: { readonly imageIds: readonly string[]; readonly latest?: boolean },
): Promise<readonly RepositoryImage[]> {
  if (wanted.imageIds.length === 0) return [];
  const { rows } = await app.store.repositories.images({ accountId, ...wanted, offset: 0, limit: mostPlaces, by: 'lastSeen', order: 'desc' });
  return rows;
}

/** Which of these images are named by the newest tag of a repository. */
export async function findLatestImages(app: Pick<App, 'store'>, accountId: string, imageIds: readonly string[]): Promise<ReadonlySet<string>> {
  const places = await listImagePlaces(app, accountId, { imageIds, latest: true });
  return new Set(places.map(({ image }) => image.image.id));
}
