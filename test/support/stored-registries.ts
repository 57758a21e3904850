import assert from 'node:assert/strict';
import type { Image } from '#domain/image.ts';
import type { NewRegistry, Store } from '#store/store.ts';
import { addRegistry as addAnyRegistry } from './scan-tasks.ts';
import { anImage, storeImage } from './stored-images.ts';

/** Adds a registry, `main` at `hub.example` where nothing else is said, and returns its id. */
export async function addRegistry(store: Store, over: Partial<NewRegistry> = {}): Promise<number> {
  return addAnyRegistry(store, { name: 'main', kind: 'harbor', address: 'hub.example', region: '', ...over });
}

/** Stores an image under a reference of a registry, seen by a sync alone unless something else is said; returns its id as a repository image. */
export async function storeRepositoryImage(
  store: Store,
  reference: string,
  options: Parameters<typeof storeImage>[2] & { readonly image?: Partial<Image> } = {},
): Promise<number> {
  const { image, ...rest } = options;
  const id = await storeImage(store, anImage(reference, image), { local: false, ...rest });
  const query = { accountId: options.accountId ?? 'default', imageIds: [id], ofRegistry: true, by: 'lastSeen', order: 'desc', offset: 0, limit: 100 } as const;
  const { rows } = await store.repositories.images(query);
  const row = rows.find(({ tag, repository }) => reference.endsWith(`${repository.name}:${tag}`));
  assert.ok(row, `${reference} is in no registry`);
  return row.id;
}

/** The id of the image that a repository image is. */
export async function imageOf(store: Store, id: number): Promise<string> {
  const { rows } = await store.repositories.images({ accountId: 'default', ids: [id], current: false, by: 'lastSeen', order: 'desc', offset: 0, limit: 1 });
  assert.ok(rows[0]);
  return rows[0].image.image.id;
}
