import { LazaretError } from '#domain/error.ts';
import type { App, TaskRecord } from './app.ts';
import type { RepositoryImageChoice } from './choose-repository-images.ts';
import { chooseRepositoryImages } from './choose-repository-images.ts';
import { describeImageScanTask } from './describe-image-scan-task.ts';

/** Origins of scan tasks of images in registries. */
const registryOrigins = ['registry', 'registry-one-click', 'registry-timed'] as const;

/** The scan task of images of registries that has this id. @throws LazaretError 'not-found' when the account has none. */
export async function describeRegistryScanTask(app: App, accountId: string, taskId: string): Promise<TaskRecord> {
  const task = await describeImageScanTask(app, accountId, taskId);
  if (!registryOrigins.some((origin) => origin === task.origin)) throw new LazaretError('not-found', `no scan task ${taskId} of images in registries`);
  return task;
}

/**
 * Cancels what a task still has to do (with a choice, only for those images), or whatever scans the chosen images; returns how many. Stopping what has ended is no
 * error.
 * @throws LazaretError 'not-found' when the task or a named image does not exist.
 */
export async function stopRepositoryScan(
  app: App,
  accountId: string,
  { taskId, choice }: { readonly taskId?: string; readonly choice?: RepositoryImageChoice },
): Promise<number> {
  if (taskId !== undefined) await describeRegistryScanTask(app, accountId, taskId);
  if (taskId === undefined && choice === undefined) return 0;
  const imageIds = choice === undefined ? undefined : (await chooseRepositoryImages(app, accountId, onlyBusy(choice))).map(({ imageId }) => imageId);
  return imageIds?.length === 0 ? 0 : app.store.tasks.cancel(accountId, taskId, imageIds, app.clock());
}

const busyStates = ['queued', 'running'] as const;

function onlyBusy(choice: RepositoryImageChoice): RepositoryImageChoice {
  const { scanStates } = choice.filter;
  return { ...choice, filter: { ...choice.filter, scanStates: busyStates.filter((state) => scanStates === undefined || scanStates.includes(state)) } };
}
