import { LazaretError } from '#domain/error.ts';
import type { App, RepositoryImage } from './app.ts';

/** How callers name an image of a registry: by its id, or by where it is kept. */
export type RepositoryImageName =
  | { readonly id: number }
  | { readonly registry: string; readonly namespace: string; readonly name: string; readonly tag: string; readonly digest?: string };

/** More registries than this do not hold the same repository and tag. */
const mostNamesakes = 100;

/** The image of a registry that is named; a tag names the image it names now. @throws LazaretError 'not-found' when the account has none. */
export async function findRepositoryImage(app: App, accountId: string, named: RepositoryImageName): Promise<RepositoryImage> {
  const image = 'id' in named ? await findById(app, accountId, named.id) : await findByPlace(app, accountId, named);
  if (image === undefined) throw new LazaretError('not-found', 'no such image in a registry');
  return image;
}

const newest = { offset: 0, by: 'lastSeen', order: 'desc' } as const;

async function findById(app: App, accountId: string, id: number): Promise<RepositoryImage | undefined> {
  const { rows } = await app.store.repositories.images({ accountId, ids: [id], ofRegistry: true, current: false, ...newest, limit: 1 });
  return rows[0];
}

async function findByPlace(
  app: App,
  accountId: string,
  { registry, namespace, name, tag, digest = '' }: Exclude<RepositoryImageName, { readonly id: number }>,
): Promise<RepositoryImage | undefined> {
  const exactly = (value: string) => ({ values: [value], exact: true });
  const place = { namespaces: exactly(namespace), names: exactly(name), tags: exactly(tag), ...(digest === '' ? {} : { digests: [digest] }) };
  const { rows } = await app.store.repositories.images({ accountId, ofRegistry: true, ...place, ...newest, limit: mostNamesakes });
  return rows.find((row) => registry === '' || row.registry?.name === registry);
}
