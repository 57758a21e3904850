import type { App, Listing, Page, Repository, RepositoryConditions } from './app.ts';
import { registriesOf } from './list-repositories.ts';

/** A repository is guarded when its registry has images scanned that a sync finds for the first time. */
export interface GuardedRepository {
  readonly repository: Repository;
  readonly guarded: boolean;
}

/** Repositories by name. */
export async function listGuardedRepositories(
  { store }: Pick<App, 'store'>,
  accountId: string,
  request: Page & RepositoryConditions,
): Promise<Listing<GuardedRepository>> {
  const { total, rows } = await store.repositories.list({ accountId, ...request, by: 'name', order: 'asc' });
  const registries = await registriesOf({ store }, rows);
  return { total, rows: rows.map((repository) => ({ repository, guarded: registries.get(repository.registryId)?.policy.scanNew === true })) };
}

/** How many repositories there are, and how many of them are guarded. */
export async function countGuardedRepositories({ store }: Pick<App, 'store'>, accountId: string): Promise<{ readonly all: number; readonly guarded: number }> {
  const none = { accountId, offset: 0, limit: 0, by: 'name', order: 'asc' } as const;
  const all = await store.repositories.list(none);
  const guarded = await store.repositories.list({ ...none, guarded: true });
  return { all: all.total, guarded: guarded.total };
}
