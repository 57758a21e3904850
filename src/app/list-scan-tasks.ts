import type { App, Listing, TaskPart, TaskPartQuery, TaskQuery, TaskRecord } from './app.ts';

/** One page of the account's scan tasks, newest first. */
export async function listScanTasks({ store }: Pick<App, 'store'>, accountId: string, request: Omit<TaskQuery, 'accountId'>): Promise<Listing<TaskRecord>> {
  return store.tasks.list({ accountId, ...request });
}

/** One page of the images of the account's scan tasks, those of the newest task first. */
export async function listScanTaskImages(
  { store }: Pick<App, 'store'>,
  accountId: string,
  request: Omit<TaskPartQuery, 'accountId'>,
): Promise<Listing<TaskPart>> {
  return store.tasks.parts({ accountId, ...request });
}
