import { LazaretError } from '#domain/error.ts';
import type { App, ImageRecord } from './app.ts';

/** @throws LazaretError 'not-found' when the account has no such image. */
export async function describeImage(app: Pick<App, 'store'>, accountId: string, imageId: string): Promise<ImageRecord> {
  const image = await app.store.images.find(accountId, imageId);
  if (image === undefined) throw new LazaretError('not-found', `no image ${imageId}`);
  return image;
}

/** The same for an image that is not of a registry alone. @throws LazaretError 'not-found'. */
export async function describeLocalImage(app: Pick<App, 'store'>, accountId: string, imageId: string): Promise<ImageRecord> {
  const image = await describeImage(app, accountId, imageId);
  if (!image.local) throw new LazaretError('not-found', `no local image ${imageId}`);
  return image;
}
