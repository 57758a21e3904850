import type { App, Registry } from './app.ts';

/** The latest syncs of an account's registries, taken together. */
export interface SyncsOverview {
  /** 'running' while any is queued or runs, else 'failed' when any failed, else 'done' when any was done. */
  readonly state: Registry['sync']['state'];
  /** Of those that failed, each with the registry's name. */
  readonly errors: readonly string[];
  /** When one was done the last time. */
  readonly succeededAt: number | undefined;
}

/** Errors that are told. */
const mostErrors = 20;

export async function describeSyncs({ store }: Pick<App, 'store'>, accountId: string): Promise<SyncsOverview> {
  const registries = (await store.registries.all()).filter((registry) => registry.accountId === accountId);
  const states = new Set(registries.map(({ sync }) => sync.state));
  const order = ['running', 'queued', 'failed', 'done'] as const;
  const state = order.find((one) => states.has(one)) ?? 'never';
  const failed = state === 'failed' ? registries.filter(({ sync }) => sync.state === 'failed') : [];
  const succeeded = registries.flatMap(({ sync }) => (sync.succeededAt === undefined ? [] : [sync.succeededAt]));
  return {
    state: state === 'queued' ? 'running' : state,
    errors: failed.slice(0, mostErrors).map(({ name, sync }) => `${name}: ${sync.error}`),
    succeededAt: succeeded.length === 0 ? undefined : Math.max(...succeeded),
  };
}
