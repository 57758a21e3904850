import { LazaretError } from '#domain/error.ts';
import type { App, RepositoryImage } from './app.ts';
import { isBusy, isRecommended, mostChosen } from './choose-images.ts';
import type { NamedRepositoryImages } from './find-repository-image.ts';
import { findRepositoryImages } from './find-repository-image.ts';
import type { RepositoryImageFilter } from './repository-image-filter.ts';

/** Which images of registries an action is for: those named that a filter selects, or all that it selects; without some. */
export interface RepositoryImageChoice {
  readonly named?: NamedRepositoryImages;
  readonly filter: RepositoryImageFilter;
  readonly except: readonly number[];
  /** Not known to be clean by a scan of the last week, and not being scanned now. */
  readonly recommended?: boolean;
  /** Not being scanned. */
  readonly idle?: boolean;
}

const pageSize = 200;

/**
 * The chosen images, each once. What is named may have lost its tag since.
 * @throws LazaretError 'not-found' when a named image does not exist, 'limit' when more than 100,000 images are chosen.
 */
export async function chooseRepositoryImages(
  app: Pick<App, 'store' | 'clock'>,
  accountId: string,
  choice: RepositoryImageChoice,
): Promise<readonly { readonly id: number; readonly imageId: string }[]> {
  if (choice.filter.none === true) return [];
  const chosen = new Map<string, number>();
  const except = new Set(choice.except);
  const now = app.clock();
  for await (const rows of pagesOf(app, accountId, choice)) {
    for (const row of rows) {
      const isWanted = (choice.recommended !== true || isRecommended(row.image, now)) && (choice.idle !== true || !isBusy(row.image));
      if (isWanted && !except.has(row.id) && !chosen.has(row.image.image.id)) chosen.set(row.image.image.id, row.id);
    }
  }
  return [...chosen].map(([imageId, id]) => ({ id, imageId }));
}

async function* pagesOf(app: Pick<App, 'store'>, accountId: string, { named, filter }: RepositoryImageChoice): AsyncGenerator<readonly RepositoryImage[]> {
  const { none: _, ...conditions } = filter;
  const query = { accountId, ofRegistry: true, ...conditions, by: 'created', order: 'asc', limit: pageSize } as const;
  if (named === undefined) {
    for (let offset = 0; ; offset += pageSize) {
      const { total, rows } = await app.store.repositories.images({ ...query, offset });
      if (total > mostChosen) throw new LazaretError('limit', `${total} images are chosen, at most ${mostChosen} are allowed`);
      yield rows;
      if (rows.length < pageSize) return;
    }
  }
  const ids = (await findRepositoryImages(app, accountId, named)).map(({ id }) => id);
  for (let index = 0; index < ids.length; index += pageSize) {
    const wanted = ids.slice(index, index + pageSize).filter((id) => conditions.ids === undefined || conditions.ids.includes(id));
    yield (await app.store.repositories.images({ ...query, ids: wanted, current: false, offset: 0 })).rows;
  }
}
