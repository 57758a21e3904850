import { LazaretError } from '#domain/error.ts';
import type { TaskOrigin } from '#domain/scan.ts';
import type { App, ImageScan } from './app.ts';
import type { ImageChoice } from './choose-images.ts';
import { chooseImages } from './choose-images.ts';

/** How long the whole task may take, and who asked for it ('asked' where nothing is said). */
export interface ScanTaskOptions {
  readonly timeoutSeconds: number;
  readonly origin?: TaskOrigin;
  /** What the owner calls where it came from. */
  readonly label?: string;
}

/**
 * Queues a scan of the chosen images and returns the task's id (decimal text). Until a worker takes them, their latest scan is 'queued'; their
 * findings stay.
 * @throws LazaretError 'not-found' when an image does not exist or none is chosen, 'conflict' when one of them is already queued or running.
 */
export async function createImageScanTask(
  app: Pick<App, 'store' | 'clock'>,
  accountId: string,
  { choice, ...options }: ScanTaskOptions & { readonly choice: ImageChoice },
): Promise<string> {
  return queueImages(app, { accountId, imageIds: await chooseImages(app, accountId, choice) }, options);
}

/** The same for images that were chosen already. */
export async function queueImages(
  app: Pick<App, 'store' | 'clock'>,
  { accountId, imageIds }: { readonly accountId: string; readonly imageIds: readonly string[] },
  options: ScanTaskOptions,
): Promise<string> {
  if (imageIds.length === 0) throw new LazaretError('not-found', 'no image is chosen');
  const { tasks, images } = app.store;
  const at = app.clock();
  return app.store.transaction(async () => {
    const taskId = await tasks.create(accountId, imageIds, { ...options, at });
    for (const imageId of imageIds) await images.setScan(accountId, imageId, queuedScan(at));
    return taskId;
  });
}

function queuedScan(at: number): ImageScan {
  return { state: 'queued', startedAt: at, finishedAt: undefined, progress: 0, remainingSeconds: 0, error: '', complete: false, stats: undefined };
}
