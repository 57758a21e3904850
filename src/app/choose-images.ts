import { LazaretError } from '#domain/error.ts';
import type { App } from './app.ts';
import { describeImage } from './describe-image.ts';
import type { ImageFilter } from './image-filter.ts';

/** Which images an action is for: those named, or those that a filter selects without some. An empty filter selects every image. */
export type ImageChoice = { readonly ids: readonly string[] } | { readonly filter: ImageFilter; readonly except: readonly string[] };

const pageSize = 500;
const maxImages = 100_000;

/**
 * The ids of the chosen images, each once.
 * @throws LazaretError 'not-found' when a named image does not exist, 'limit' when more than 100,000 images are chosen.
 */
export async function chooseImages(app: App, accountId: string, choice: ImageChoice): Promise<readonly string[]> {
  if ('filter' in choice) return selectImages(app, accountId, choice);
  const ids = new Set(choice.ids);
  for (const id of ids) await describeImage(app, accountId, id);
  return [...ids];
}

async function selectImages(
  app: App,
  accountId: string,
  choice: { readonly filter: ImageFilter; readonly except: readonly string[] },
): Promise<readonly string[]> {
  const { none, ...conditions } = choice.filter;
  if (none === true) return [];
  const except = new Set(choice.except);
  const ids = new Set<string>();
  for (let offset = 0; ; offset += pageSize) {
    const page = await app.store.images.list({ accountId, ...conditions, offset, limit: pageSize, by: 'created', order: 'asc' });
    if (page.total > maxImages) throw new LazaretError('limit', `${page.total} images are chosen, at most ${maxImages} are allowed`);
    for (const { image } of page.rows) if (!except.has(image.id)) ids.add(image.id);
    if (page.rows.length < pageSize) return [...ids];
  }
}
