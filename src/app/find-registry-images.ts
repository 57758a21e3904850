import { LazaretError } from '#domain/error.ts';
import { isRepositoryName, isTag, type RegistryKind } from '#domain/registry.ts';
import type { App, ImageRecord } from './app.ts';

/** An image as its owner knows it: where it is kept, and what it is called there. */
export interface NamedImage {
  /** Of the registry; without it the one that has the repository, else the only one of the kind and region. */
  readonly registryId?: number;
  readonly kind?: RegistryKind;
  readonly region?: string;
  readonly repositoryId?: number;
  readonly namespace?: string;
  readonly name?: string;
  readonly tag?: string;
  /** Of the manifest, `sha256:…`. */
  readonly digest?: string;
  /** When it was made, milliseconds since 1970. */
  readonly createdAt?: number;
}

export interface FoundImages {
  readonly imageIds: readonly string[];
  /** Saves those that are not known yet under the digests of their manifests, and names that known ones have now. */
  readonly register: () => Promise<void>;
}

type Records = Pick<App, 'store' | 'clock'>;
type NewImage = Parameters<App['store']['images']['save']>[0];

/**
 * Finds images of registries that may not have been met yet. Nothing is fetched and nothing written until `register`.
 * @throws LazaretError 'not-found' for a registry or repository that there is not, 'conflict' where several could be meant, 'invalid-input' for names and digests that cannot be.
 */
export async function findRegistryImages(app: Records, accountId: string, named: readonly NamedImage[]): Promise<FoundImages> {
  const found: FoundImage[] = [];
  for (const image of named) found.push(await findOne(app, accountId, image));
  return {
    imageIds: [...new Set(found.map(({ id }) => id))],
    register: async () => {
      for (const { save } of found) if (save !== undefined) await app.store.images.save(save, app.clock());
    },
  };
}

interface FoundImage {
  readonly id: string;
  readonly save?: NewImage;
}

interface Place {
  readonly registry: { readonly id: number; readonly address: string; readonly insecure: boolean };
  readonly namespace: string;
  readonly name: string;
}

async function findOne(app: Records, accountId: string, named: NamedImage): Promise<FoundImage> {
  const place = await placeOf(app, accountId, named);
  const { tag = '', digest = '' } = named;
  checkNames(place, { tag, digest });
  const at = { accountId, registryIds: [place.registry.id], namespaces: exactly(place.namespace), names: exactly(place.name) };
  const first = { offset: 0, limit: 1, by: 'lastSeen', order: 'desc' } as const;
  const tagged = tag === '' ? {} : { tags: exactly(tag) };
  const [here] = (await app.store.repositories.images({ ...at, ...tagged, ...(digest === '' ? {} : { digests: [digest] }), ...first })).rows;
  if (here !== undefined && (tag !== '' || digest !== '')) return { id: here.image.image.id };
  if (digest === '') throw new LazaretError('not-found', `no image ${nameOf(place, { tag, digest })} is known: give its digest`);
  const [known] = (await app.store.images.list({ accountId, scope: { digests: [digest] }, ...first })).rows;
  const id = known?.image.id ?? digest;
  return { id, save: newImage(accountId, { place, named: { ...named, tag, digest }, known }) };
}

function exactly(value: string): { readonly values: readonly string[]; readonly exact: true } {
  return { values: [value], exact: true };
}

async function placeOf(app: Records, accountId: string, named: NamedImage): Promise<Place> {
  const repository = named.repositoryId === undefined ? undefined : await repositoryOf(app, accountId, named.repositoryId);
  const registry = await registryOf(app, accountId, {
    ...named,
    ...(repository === undefined ? {} : { registryId: named.registryId ?? repository.registryId }),
  });
  const { namespace = repository?.namespace ?? '', name = repository?.name ?? '' } = named;
  const isOther = repository !== undefined && (repository.registryId !== registry.id || repository.namespace !== namespace || repository.name !== name);
  if (isOther) throw new LazaretError('not-found', `the repository of this id is not ${namespace}/${name} of ${registry.name}`);
  return { registry, namespace, name };
}

async function repositoryOf({ store }: Records, accountId: string, id: number) {
  const { rows } = await store.repositories.list({ accountId, ids: [id], offset: 0, limit: 1, by: 'name', order: 'asc' });
  if (rows[0] === undefined) throw new LazaretError('not-found', 'there is no such repository');
  return rows[0];
}

const mostRegistries = 1000;

async function registryOf({ store }: Records, accountId: string, named: NamedImage) {
  const page = { offset: 0, limit: mostRegistries } as const;
  const all = await store.registries.list({ accountId, ...(named.kind === undefined ? {} : { kinds: [named.kind] }), ...page });
  const fitting = all.rows.filter(
    ({ id, region }) => (named.registryId === undefined || id === named.registryId) && (named.region === undefined || region === named.region),
  );
  const [registry, ...more] = fitting;
  if (registry === undefined) throw new LazaretError('not-found', 'there is no such registry: register it first');
  if (more.length > 0) throw new LazaretError('conflict', `${fitting.length} registries could be meant: name the registry by its id`);
  return registry;
}

const digestPattern = /^sha256:[0-9a-f]{64}$/;

function checkNames(place: Place, { tag, digest }: { readonly tag: string; readonly digest: string }): void {
  const path = pathOf(place);
  if (!isRepositoryName(path)) throw new LazaretError('invalid-input', 'the repository has a name that no registry takes');
  if (tag !== '' && !isTag(tag)) throw new LazaretError('invalid-input', 'the tag is one that no registry takes');
  if (digest !== '' && !digestPattern.test(digest)) throw new LazaretError('invalid-input', 'the digest is no SHA-256');
  if (tag === '' && digest === '') throw new LazaretError('invalid-input', `of ${path} neither a tag nor a digest is given`);
}

function pathOf({ namespace, name }: Place): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

function nameOf(place: Place, { tag, digest }: { readonly tag: string; readonly digest: string }): string {
  return `${place.registry.address}/${pathOf(place)}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}

interface Meeting {
  readonly place: Place;
  readonly named: NamedImage & { readonly tag: string; readonly digest: string };
  readonly known: ImageRecord | undefined;
}

// Of what nobody has read, only the name and the digest of the manifest are known.
function newImage(accountId: string, { place, named, known }: Meeting): NewImage {
  const { tag, digest, createdAt } = named;
  const reference = nameOf(place, { tag, digest: tag === '' ? digest : '' });
  const created = createdAt === undefined ? '' : timeText(createdAt);
  const fresh = { id: digest, digest, platform: 'linux/amd64', created, author: '', size: 0, layers: [] };
  return {
    accountId,
    image: { ...(known?.image ?? fresh), reference },
    source: { target: nameOf(place, { tag, digest }), platform: known?.image.platform ?? fresh.platform, insecure: place.registry.insecure },
    osName: known?.osName ?? '',
    local: false,
  };
}

function timeText(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
