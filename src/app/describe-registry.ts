import { LazaretError } from '#domain/error.ts';
import type { App, Registry } from './app.ts';

/** @throws LazaretError 'not-found' when the account has no such registry. */
export async function describeRegistry({ store }: Pick<App, 'store'>, accountId: string, registryId: number): Promise<Registry> {
  const registry = await store.registries.find(accountId, registryId);
  if (registry === undefined) throw new LazaretError('not-found', 'there is no such registry');
  return registry;
}
