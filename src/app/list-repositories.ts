import type { App, Listing, Repository } from './app.ts';

type RepositoryRequest = Omit<Parameters<App['store']['repositories']['list']>[0], 'accountId'>;

/** One page of the account's repositories. */
export async function listRepositories({ store }: Pick<App, 'store'>, accountId: string, request: RepositoryRequest): Promise<Listing<Repository>> {
  return store.repositories.list({ accountId, ...request });
}
