import type { App } from './app.ts';

/** What a registry holds now, by what is known. */
export interface RegistryCounts {
  readonly repositories: number;
  /** Tags that name an image. */
  readonly images: number;
  readonly infectedImages: number;
  readonly unscannedImages: number;
}

export async function countOfRegistry({ store }: Pick<App, 'store'>, accountId: string, registryId: number): Promise<RegistryCounts> {
  const query = { accountId, registryIds: [registryId], offset: 0, limit: 1, by: 'name', order: 'asc' } as const;
  const count = async (more: { readonly infected?: boolean; readonly scanStates?: readonly ['never'] }): Promise<number> =>
    (await store.repositories.images({ ...query, ...more })).total;
  return {
    repositories: (await store.repositories.list(query)).total,
    images: await count({}),
    infectedImages: await count({ infected: true }),
    unscannedImages: await count({ scanStates: ['never'] }),
  };
}
