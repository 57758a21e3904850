import { LazaretError } from '#domain/error.ts';
import type { RegistryKind } from '#domain/registry.ts';
import type { App, RepositoryImage } from './app.ts';

/** How callers name an image of a registry: by its id, or by where it is kept. */
export type RepositoryImageName = { readonly id: number } | RepositoryImagePlace;

/** What is not said of the registry, or is '', holds of any; so does a tag that is '' where there is a digest. */
export interface RepositoryImagePlace {
  readonly registry: string;
  readonly registryId?: number;
  readonly kinds?: readonly RegistryKind[];
  /** `host[:port]` of the registry, or the whole name of the repository or image with it. */
  readonly address?: string;
  readonly namespace: string;
  readonly name: string;
  readonly tag: string;
  readonly digest?: string;
}

export interface NamedRepositoryImages {
  readonly images: readonly RepositoryImageName[];
  /** Whether what does not exist counts for nothing; else it is an error. */
  readonly mayLack: boolean;
}

/** More registries than this do not hold the same repository and tag. */
const mostNamesakes = 100;

/** The image of a registry that is named; a tag names the image it names now. @throws LazaretError 'not-found' when the account has none. */
export async function findRepositoryImage(app: Pick<App, 'store'>, accountId: string, named: RepositoryImageName): Promise<RepositoryImage> {
  const image = 'id' in named ? await findById(app, accountId, named.id) : await findByPlace(app, accountId, named);
  if (image === undefined)
    throw new LazaretError('not-found', 'id' in named ? `no image ${named.id} in a registry` : `no image ${textOf(named)} in a registry`);
  return image;
}

const pageSize = 200;

/** The named images, each once: those named by id first. @throws LazaretError 'not-found'. */
export async function findRepositoryImages(
  app: Pick<App, 'store'>,
  accountId: string,
  { images, mayLack }: NamedRepositoryImages,
): Promise<readonly RepositoryImage[]> {
  const found = new Map<number, RepositoryImage>();
  const ids = [...new Set(images.flatMap((name) => ('id' in name ? [name.id] : [])))];
  for (let index = 0; index < ids.length; index += pageSize) {
    const wanted = ids.slice(index, index + pageSize);
    const query = { accountId, ids: wanted, ofRegistry: true, current: false, ...newest, limit: pageSize } as const;
    const rows = new Map((await app.store.repositories.images(query)).rows.map((row) => [row.id, row]));
    for (const id of wanted) {
      const row = rows.get(id);
      if (row !== undefined) found.set(id, row);
      else if (!mayLack) throw new LazaretError('not-found', `no image ${id} in a registry`);
    }
  }
  for (const place of images) {
    if ('id' in place) continue;
    const row = await findByPlace(app, accountId, place);
    if (row !== undefined) found.set(row.id, row);
    else if (!mayLack) throw new LazaretError('not-found', `no image ${textOf(place)} in a registry`);
  }
  return [...found.values()];
}

const newest = { offset: 0, by: 'lastSeen', order: 'desc' } as const;

async function findById(app: Pick<App, 'store'>, accountId: string, id: number): Promise<RepositoryImage | undefined> {
  const { rows } = await app.store.repositories.images({ accountId, ids: [id], ofRegistry: true, current: false, ...newest, limit: 1 });
  return rows[0];
}

async function findByPlace(app: Pick<App, 'store'>, accountId: string, place: RepositoryImagePlace): Promise<RepositoryImage | undefined> {
  const { registry, registryId, kinds, address = '', namespace, name, tag, digest = '' } = place;
  const exactly = (value: string) => ({ values: [value], exact: true });
  const { rows } = await app.store.repositories.images({
    accountId,
    ofRegistry: true,
    namespaces: exactly(namespace),
    names: exactly(name),
    ...(tag === '' && digest !== '' ? {} : { tags: exactly(tag) }),
    ...(digest === '' ? {} : { digests: [digest] }),
    ...(registryId === undefined ? {} : { registryIds: [registryId] }),
    ...(kinds === undefined ? {} : { kinds }),
    ...newest,
    limit: mostNamesakes,
  });
  return rows.find((row) => (registry === '' || row.registry?.name === registry) && (address === '' || addressesOf(row).includes(address)));
}

/** The name of an image's repository with the address of its registry. */
export function repositoryAddress({ registry, repository }: Pick<RepositoryImage, 'registry' | 'repository'>): string {
  return [registry?.address ?? '', repository.namespace, repository.name].filter((part) => part !== '').join('/');
}

function addressesOf(row: RepositoryImage): readonly string[] {
  const whole = repositoryAddress(row);
  return [row.registry?.address ?? '', whole, `${whole}:${row.tag}`];
}

function textOf({ registry, namespace, name, tag }: RepositoryImagePlace): string {
  return `${[registry, namespace, name].filter((part) => part !== '').join('/')}:${tag}`;
}
