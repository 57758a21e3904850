import assert from 'node:assert/strict';
import type { Store, TaskImage } from '#store/store.ts';
import { aScan } from './stored-images.ts';

/** Takes the next image of any task, as a worker does. */
export async function claimNext(store: Store, at: number): Promise<TaskImage> {
  const image = await store.tasks.claim('worker', at, at + 60_000);
  assert.ok(image, 'no image waits to be scanned');
  return image;
}

/** Scans the next image of any task, as a worker does, and says what came of it. */
export async function scanNext(store: Store, at: number, state: 'done' | 'failed' | 'timeout' = 'done'): Promise<TaskImage> {
  const image = await claimNext(store, at);
  const error = state === 'failed' ? 'the registry refused' : '';
  await store.images.setScan(
    image.accountId,
    image.imageId,
    aScan({ state, startedAt: at, finishedAt: at + 500, error, progress: state === 'done' ? 100 : 30 }),
  );
  await store.tasks.finish('worker', image, state, at + 500);
  return image;
}

/** Adds a registry to an account, and returns its id. */
export async function addRegistry(store: Store, over: Partial<Parameters<Store['registries']['add']>[0]> = {}): Promise<number> {
  const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false };
  const plain = {
    accountId: 'default',
    name: 'acr-1',
    kind: 'acr',
    address: 'acr.example',
    region: 'cn-hangzhou',
    insecure: false,
    username: '',
    secret: '',
  } as const;
  return store.registries.add({ ...plain, policy, ...over }, 1);
}
