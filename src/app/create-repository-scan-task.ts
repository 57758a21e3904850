import type { App } from './app.ts';
import type { RepositoryImageChoice } from './choose-repository-images.ts';
import { chooseRepositoryImages } from './choose-repository-images.ts';
import type { ScanTaskOptions } from './create-image-scan-task.ts';
import { queueImages } from './create-image-scan-task.ts';

/**
 * Queues a scan of the chosen images of registries and returns the task's id (decimal text).
 * @throws LazaretError 'not-found' when an image does not exist or none is chosen, 'conflict' when one of them is already queued or running.
 */
export async function createRepositoryScanTask(
  app: Pick<App, 'store' | 'clock'>,
  accountId: string,
  { choice, ...options }: ScanTaskOptions & { readonly choice: RepositoryImageChoice },
): Promise<string> {
  const images = await chooseRepositoryImages(app, accountId, choice);
  return queueImages(app, { accountId, imageIds: images.map(({ imageId }) => imageId) }, options);
}
