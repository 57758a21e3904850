import type { App, ImageScanState, ImageScope } from './app.ts';

const idle = ['never', 'done', 'failed', 'cancelled', 'timeout'] as const satisfies readonly ImageScanState[];

/** How many images a scan of this scope would look at now, and how many of those no scan has looked at yet. */
export async function countScanImages(
  { store }: Pick<App, 'store'>,
  accountId: string,
  scope: ImageScope,
): Promise<{ readonly images: number; readonly unscanned: number }> {
  const count = async (scanStates: readonly ImageScanState[]): Promise<number> =>
    (await store.images.list({ accountId, scope, scanStates, offset: 0, limit: 0, by: 'created', order: 'asc' })).total;
  return { images: await count(idle), unscanned: await count(['never']) };
}
