import type { App } from './app.ts';
import type { ImageChoice } from './choose-images.ts';
import { chooseImages } from './choose-images.ts';
import { describeImageScanTask } from './describe-image-scan-task.ts';

/** What is to stop: a task but for some images, or whatever scans the chosen images, with a task only what of them is the task's. */
export type StopRequest = { readonly taskId: string; readonly except: readonly string[] } | { readonly taskId?: string; readonly choice: ImageChoice };

/**
 * Cancels queued and running scans and returns how many. Stopping what has ended is no error.
 * @throws LazaretError 'not-found' when the task or a named image does not exist.
 */
export async function stopImageScan(app: App, accountId: string, request: StopRequest): Promise<number> {
  if (request.taskId !== undefined) await describeImageScanTask(app, accountId, request.taskId);
  if ('choice' in request) {
    const imageIds = await chooseImages(app, accountId, request.choice);
    return imageIds.length === 0 ? 0 : app.store.tasks.cancel(accountId, request.taskId, imageIds, app.clock());
  }
  if (request.except.length === 0) return app.store.tasks.cancel(accountId, request.taskId, undefined, app.clock());
  const busy = { filter: { scanStates: ['queued', 'running'] }, except: request.except } as const;
  const imageIds = await chooseImages(app, accountId, busy);
  return imageIds.length === 0 ? 0 : app.store.tasks.cancel(accountId, request.taskId, imageIds, app.clock());
}
