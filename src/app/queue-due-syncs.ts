import { nextDue } from '#lib/cron.ts';
import type { App, Registry } from './app.ts';

/**
 * Queues the syncs that are due by the registries' schedules, of all accounts; returns how many. However many processes call it at the same time, each due sync is
 * queued once. Times that passed while no process ran count as one.
 */
export async function queueDueSyncs({ store }: Pick<App, 'store'>, now: number): Promise<number> {
  const due = (await store.registries.all()).filter((registry) => isDue(registry, now));
  let queued = 0;
  for (const { accountId, id } of due) {
    await store.transaction(async () => {
      const registry = await store.registries.find(accountId, id);
      if (registry === undefined || !isDue(registry, now)) return;
      await store.registries.setSync(accountId, id, { ...registry.sync, state: 'queued', error: '' });
      queued += 1;
    });
  }
  return queued;
}

/** When a registry is looked at next by its schedule; undefined for one without. */
export function nextSync({ policy, sync, updatedAt }: Pick<Registry, 'policy' | 'sync' | 'updatedAt'>): number | undefined {
  return policy.schedule === '' ? undefined : nextDue(policy.schedule, Math.max(updatedAt, sync.startedAt ?? 0));
}

function isDue(registry: Registry, now: number): boolean {
  if (registry.sync.state === 'queued' || registry.sync.state === 'running') return false;
  return (nextSync(registry) ?? Number.POSITIVE_INFINITY) <= now;
}
