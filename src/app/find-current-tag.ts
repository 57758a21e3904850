import { LazaretError } from '#domain/error.ts';
import type { App, RepositoryImage } from './app.ts';

/** What a tag of a registry's repository names now. @throws LazaretError 'not-found'. */
export async function findCurrentTag(
  { store }: Pick<App, 'store'>,
  accountId: string,
  named: { readonly registryId: number; readonly region: string; readonly repositoryId: number; readonly tag: string },
): Promise<RepositoryImage> {
  const { registryId, region, repositoryId, tag } = named;
  const { rows } = await store.repositories.images({
    accountId,
    registryIds: [registryId],
    regions: [region],
    repositoryIds: [repositoryId],
    tags: { values: [tag], exact: true },
    offset: 0,
    limit: 1,
    by: 'lastSeen',
    order: 'desc',
  });
  const [found] = rows;
  if (found === undefined) throw new LazaretError('not-found', `no image has the tag ${tag} there`);
  return found;
}
