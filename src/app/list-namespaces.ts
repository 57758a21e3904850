import type { App, Listing } from './app.ts';

type NamespaceQuery = Parameters<App['store']['repositories']['namespaces']>[0];
type Namespaces = Awaited<ReturnType<App['store']['repositories']['namespaces']>>;

/** One page of the namespaces that the account's registries have, with what they hold. */
export async function listNamespaces({ store }: Pick<App, 'store'>, query: NamespaceQuery): Promise<Listing<Namespaces['rows'][number]>> {
  return store.repositories.namespaces(query);
}
