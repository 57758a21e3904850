import { LazaretError } from '#domain/error.ts';
import type { App, RepositoryImage } from './app.ts';

/**
 * The image of a registry that has this id, this image's id, or both; of several places that hold an image the one seen last.
 * @throws LazaretError 'not-found' when the account has none.
 */
export async function describeRepositoryImage(
  app: Pick<App, 'store'>,
  accountId: string,
  named: { readonly id?: number; readonly imageId?: string },
): Promise<RepositoryImage> {
  const { rows } = await app.store.repositories.images({
    accountId,
    ofRegistry: true,
    ...(named.id === undefined ? {} : { ids: [named.id] }),
    ...(named.imageId === undefined ? {} : { imageIds: [named.imageId] }),
    // What a tag named before is told by its id alone.
    current: named.id === undefined,
    by: 'lastSeen',
    order: 'desc',
    offset: 0,
    limit: 1,
  });
  const [place] = rows;
  if (place === undefined) throw new LazaretError('not-found', 'no such image in a registry');
  return place;
}
