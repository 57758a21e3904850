import { LazaretError } from '#domain/error.ts';
import type { App, ImageRecord } from './app.ts';

/** @throws LazaretError 'not-found' when the account has no such image. */
export async function describeImage(app: App, accountId: string, imageId: string): Promise<ImageRecord> {
  const image = await app.store.images.find(accountId, imageId);
  if (image === undefined) throw new LazaretError('not-found', `no image ${imageId}`);
  return image;
}
