import { LazaretError } from '#domain/error.ts';
import type { App } from './app.ts';
import type { RepositoryImageChoice } from './choose-repository-images.ts';
import { chooseRepositoryImages } from './choose-repository-images.ts';
import type { ScanTaskOptions } from './create-image-scan-task.ts';
import { queueImages } from './create-image-scan-task.ts';

/**
 * Queues a scan of the chosen images of registries and returns the task's id (decimal text). Images that are not named and are being scanned are left out.
 * @throws LazaretError 'not-found' when an image does not exist or none is chosen, 'conflict' when one that is named is being scanned, or all that are chosen are.
 */
export async function createRepositoryScanTask(
  app: Pick<App, 'store' | 'clock'>,
  accountId: string,
  { choice, ...options }: ScanTaskOptions & { readonly choice: RepositoryImageChoice },
): Promise<string> {
  const imageIds = await idsOf(app, accountId, choice.named === undefined ? { ...choice, idle: true } : choice);
  const areBusy = imageIds.length === 0 && choice.named === undefined && (await idsOf(app, accountId, choice)).length > 0;
  if (areBusy) throw new LazaretError('conflict', 'all images that are chosen are being scanned already');
  return queueImages(app, { accountId, imageIds }, options);
}

async function idsOf(app: Pick<App, 'store' | 'clock'>, accountId: string, choice: RepositoryImageChoice): Promise<readonly string[]> {
  return (await chooseRepositoryImages(app, accountId, choice)).map(({ imageId }) => imageId);
}
