import type { App, ImageConditions, ImageRecord, Listing, Page, RepositoryImage } from './app.ts';

/** An image with the tag that names it now and was seen last, else the last one that did; undefined where none ever did. */
export interface InventoryImage {
  readonly image: ImageRecord;
  readonly place: RepositoryImage | undefined;
}

/** One page of the account's images with where they are kept, seen last first. */
export async function listImageInventory({ store }: App, accountId: string, request: Page & ImageConditions): Promise<Listing<InventoryImage>> {
  const images = await store.images.list({ accountId, ...request, by: 'lastSeen', order: 'desc' });
  const places = await store.repositories.places(accountId, images.rows);
  return { total: images.total, rows: images.rows.map((image) => ({ image, place: places.get(image.image.id) })) };
}

/** Whether the account has such an image. */
export async function hasInventoryImage({ store }: App, accountId: string, conditions: ImageConditions): Promise<boolean> {
  return store.images.has(accountId, conditions);
}
