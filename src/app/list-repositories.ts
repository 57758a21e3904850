import type { App, Listing, Registry, Repository, RepositoryConditions } from './app.ts';

type RepositoryRequest = Omit<Parameters<App['store']['repositories']['list']>[0], 'accountId'>;

/** One page of the account's repositories. */
export async function listRepositories({ store }: Pick<App, 'store'>, accountId: string, request: RepositoryRequest): Promise<Listing<Repository>> {
  return store.repositories.list({ accountId, ...request });
}

/** Whether the account has such a repository. */
export async function hasRepository({ store }: Pick<App, 'store'>, accountId: string, conditions: RepositoryConditions): Promise<boolean> {
  return store.repositories.has(accountId, conditions);
}

/** The registries of these repositories, by id. */
export async function registriesOf({ store }: Pick<App, 'store'>, repositories: readonly Repository[]): Promise<ReadonlyMap<number, Registry>> {
  const found = new Map<number, Registry>();
  for (const { accountId, registryId } of repositories) {
    if (registryId === 0 || found.has(registryId)) continue;
    const registry = await store.registries.find(accountId, registryId);
    if (registry !== undefined) found.set(registryId, registry);
  }
  return found;
}
