import type { App, ImageRecord, Listing, Page } from './app.ts';
import type { ImageFilter } from './image-filter.ts';

/** How a list of images is ordered. */
export type ImageOrder = Parameters<App['store']['images']['list']>[0]['by'];

export interface ImageListRequest extends Page {
  readonly filter: ImageFilter;
  readonly by: ImageOrder;
  readonly order: 'asc' | 'desc';
}

/** One page of the account's images. */
export async function listImages(app: App, accountId: string, request: ImageListRequest): Promise<Listing<ImageRecord>> {
  const { filter, ...rest } = request;
  if (filter.none === true) return { total: 0, rows: [] };
  const { none: _, ...conditions } = filter;
  return app.store.images.list({ accountId, ...conditions, ...rest });
}
