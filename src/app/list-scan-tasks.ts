import type { App, Listing, TaskPart, TaskRecord } from './app.ts';

/** One page of the account's scan tasks, newest first. */
export async function listScanTasks(
  { store }: App,
  accountId: string,
  request: Omit<Parameters<App['store']['tasks']['list']>[0], 'accountId'>,
): Promise<Listing<TaskRecord>> {
  return store.tasks.list({ accountId, ...request });
}

/** One page of images in scan tasks, those of the newest task first. */
export async function listScanParts(
  { store }: App,
  accountId: string,
  request: Omit<Parameters<App['store']['tasks']['parts']>[0], 'accountId'>,
): Promise<Listing<TaskPart>> {
  return store.tasks.parts({ accountId, ...request });
}

/** How many of the account's tasks have not ended. */
export async function countRunningTasks({ store }: App, accountId: string): Promise<number> {
  return store.tasks.running(accountId);
}
