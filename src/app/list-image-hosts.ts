import type { App, ImageHost, Listing } from './app.ts';

/** Pairs that one answer holds at most. */
const mostPairs = 1000;

/** Images and the hosts on which they lay, in the order of images; at most 1,000 pairs of all that `total` counts. */
export async function listImageHosts(
  app: App,
  accountId: string,
  wanted: { readonly imageIds?: readonly string[]; readonly hostIds?: readonly string[] },
): Promise<Listing<ImageHost>> {
  return app.store.images.hosts({ accountId, ...wanted, offset: 0, limit: mostPairs });
}
