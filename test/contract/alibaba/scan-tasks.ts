import { createImageScanTask } from '#app/create-image-scan-task.ts';
import { instanceId, repoId, taskId } from '#clouds/alibaba/ids.ts';
import { anImage, aScan, storeImage } from '../../support/stored-images.ts';
import { because, type CaseGroup, oneByOne } from '../surface.ts';
import type { World } from '../world.ts';
import { reasons } from './reasons.ts';

/** A task over some images of which the first has been scanned, and the second is being scanned. */
async function startedTask({ store, accountId, images, far }: World, label = ''): Promise<string> {
  const ids = [far.infected, far.clean, far.never, ...(label === '' ? [images.clean] : [])];
  // The other one was begun a while ago.
  const at = Date.now() - (label === '' ? 0 : 120_000);
  const id = await store.tasks.create(accountId, ids, { timeoutSeconds: 3600, label, at });
  const scanned = { startedAt: at, finishedAt: at + 5000 };
  await claim({ store, accountId, at: at + 5000 }, async (image) => {
    await store.images.setScan(accountId, image.imageId, aScan(scanned));
    await store.tasks.finish('contract', image, 'done', at + 5000);
  });
  const running = aScan({ state: 'running', progress: 30, startedAt: at, finishedAt: undefined });
  await claim({ store, accountId, at: at + 5000 }, (image) => store.images.setScan(accountId, image.imageId, running));
  return id;
}

type Claimed = NonNullable<Awaited<ReturnType<World['store']['tasks']['claim']>>>;

// Tasks that other cases left are taken out of the way.
async function claim(
  { store, accountId, at }: Pick<World, 'store' | 'accountId'> & { readonly at: number },
  work: (image: Claimed) => Promise<void>,
): Promise<void> {
  for (;;) {
    const image = await store.tasks.claim('contract', at, at + 3600_000);
    if (image === undefined) throw new Error('no image waits to be scanned');
    if (image.accountId === accountId) return work(image);
    await store.tasks.finish('contract', image, 'done', Date.now());
  }
}

async function stop({ store, accountId }: World): Promise<void> {
  await store.tasks.cancel(accountId, undefined, undefined, Date.now());
}

/** The rest of what a task has to scan fails. */
async function fail(world: World, id: string): Promise<void> {
  const { store, accountId } = world;
  await claim({ store, accountId, at: Date.now() }, async (image) => {
    await store.images.setScan(accountId, image.imageId, aScan({ state: 'failed', error: 'the registry refused' }));
    await store.tasks.finish('contract', image, 'failed', Date.now());
  });
  await store.tasks.cancel(accountId, id, undefined, Date.now());
}

/** As many tasks as may be unfinished. */
async function fill({ store, accountId }: World): Promise<void> {
  for (let index = 0; index < 10; index++) {
    const id = await storeImage(store, anImage(`many/app:${index}`), { accountId });
    await store.tasks.create(accountId, [id], { timeoutSeconds: 3600, at: Date.now() });
  }
}

const choice = {
  RegistryTypes: 'acr,harbor',
  RegionIds: 'cn-hangzhou',
  InstanceIds: 'cri-0000000000000001,cri-0000000000000002',
  RepoIds: 'crr-0000000000000001',
  RepoNames: 'cart',
  RepoNamespaces: 'shop',
  Tags: '7,8',
  Digests: '0'.repeat(64),
  SourceIp: '1.2.3.4',
};

const far = (tag: string, more: object = {}): object => ({ RegistryType: 'acr', RepoNamespace: 'shop', RepoName: 'cart', Tag: tag, ...more });
/** The image of the far one that is clean, by each way of naming it. */
async function oneImage({ registries, store, accountId, far: { clean } }: World) {
  const where = { accountId, imageIds: [clean], offset: 0, limit: 1, by: 'lastSeen', order: 'desc' } as const;
  const [place] = (await store.repositories.images(where)).rows;
  return {
    ...choice,
    RegistryTypes: 'acr',
    InstanceIds: instanceId(registries.acr),
    RepoIds: repoId(place?.repository.id ?? 0),
    Tags: '7',
    Digests: place?.digest ?? '',
  };
}

/** The latest task, and times of which each leaves out some tasks. */
async function onlyLatest({ store, accountId }: World) {
  const id = taskId((await store.tasks.latest(accountId))?.id ?? '');
  const time = Date.now() - 60_000;
  return { TaskId: id, RootTaskId: id, Source: 'console_batch', StartTime: time, EndTime: time, StartTimeQuery: time, EndTimeQuery: time };
}

const scan = { TaskName: 'IMAGE_SCAN', TaskType: 'IMAGE_SCAN' };
const page = { CurrentPage: 1, PageSize: 20 };
const leaf = { ...page, RelateInfo: true, TaskType: 'IMAGE_SCAN' };
const ever = { Start: 1, End: 9_999_999_999_999 };

/** Scan tasks of images and their progress. */
export const scanTaskGroup: CaseGroup = {
  cases: {
    PublicPreCheckImageScanTask: [
      {},
      choice,
      ...oneByOne({}, ['RegistryTypes', 'RegionIds', 'InstanceIds', 'RepoIds', 'RepoNames', 'RepoNamespaces', 'Tags', 'Digests'], oneImage),
    ],
    PublicCreateImageScanTask: [
      {},
      async (world) => {
        await stop(world);
        await storeImage(world.store, anImage('acr.example/shop/till:1'), { accountId: world.accountId });
        return { RepoNames: 'till' };
      },
      { RepoNames: 'till' },
      async (world) => {
        const { registries, store, accountId } = world;
        const [repository] = (
          await store.repositories.list({ accountId, names: { values: ['cart'], exact: true }, offset: 0, limit: 1, by: 'name', order: 'asc' })
        ).rows;
        const [image] = (await store.images.list({ accountId, scope: { tags: { values: ['7'], exact: true } }, offset: 0, limit: 1, by: 'name', order: 'asc' }))
          .rows;
        const id = (prefix: string, number = 0): string => `${prefix}-${number.toString(36).padStart(16, '0')}`;
        await stop(world);
        return {
          ...choice,
          InstanceIds: id('cri', registries.acr),
          RepoIds: id('crr', repository?.id),
          Digests: image?.image.digest ?? '',
        };
      },
      async (world) => {
        await stop(world);
        await startedTask(world);
        return { Digests: world.far.clean };
      },
      async (world) => {
        await fill(world);
        return { RegistryTypes: 'harbor' };
      },
    ],
    PublicSyncAndCreateImageScanTask: [
      { Images: JSON.stringify([far('7')]) },
      { Images: JSON.stringify([far('7')]), SourceIp: '1.2.3.4' },
      {
        Images: JSON.stringify([
          far('8'),
          far('9', { RegionId: 'cn-hangzhou', Digest: 'b'.repeat(64), CreateTime: 1_641_267_666_666, UpdateTime: 1_641_267_909_090 }),
        ]),
      },
      async (world) => {
        await stop(world);
        await startedTask(world);
        return { Images: JSON.stringify([far('7')]) };
      },
      async (world) => {
        await fill(world);
        return { Images: JSON.stringify([far('8'), far('7')]) };
      },
    ],
    DescribeImageLatestScanTask: [
      async (world) => {
        await startedTask(world);
        return { Digest: world.far.infected };
      },
      async (world) => {
        await stop(world);
        const id = await startedTask(world, 'console_batch');
        await fail(world, id);
        return { Digest: world.far.never };
      },
      ({ images }) => ({ Digest: images.clean }),
      { Digest: '0'.repeat(64) },
    ],
    GetOnceTaskResultInfo: [
      async (world) => ({ ...scan, TaskId: taskId(await startedTask(world)) }),
      async (world) => {
        await stop(world);
        return {
          ...scan,
          TaskId: taskId(await createImageScanTask(world.app, world.accountId, { choice: { ids: [world.images.clean] }, timeoutSeconds: 60 })),
        };
      },
    ],
    GetLastOnceTaskInfo: [
      async (world) => {
        await startedTask(world);
        return scan;
      },
      { ...scan, Source: 'nobody' },
    ],
    DescribeOnceTaskLeafRecordPage: [
      async (world) => {
        await fail(world, await startedTask(world, 'console_batch'));
        return leaf;
      },
      async (world) => {
        const id = await startedTask(world);
        return { ...leaf, PageSize: 2, TaskId: taskId(id), Source: 'openapi', StartTime: ever.Start, EndTime: ever.End, StatusList: ['INIT', 'START'] };
      },
      ...oneByOne(leaf, ['TaskId', 'Source', 'StartTime', 'EndTime'], onlyLatest),
      { ...leaf, CurrentPage: 2, PageSize: 3, RelateInfo: false },
      async ({ store, accountId, registries }) => {
        await store.registries.setSync(accountId, registries.harbor, { state: 'done', startedAt: 1000, finishedAt: 2000, error: '' });
        return { ...leaf, TaskType: 'IMAGE_REGISTRY_PULL' };
      },
    ],
    ListUnfinishedOnceTask: [
      async (world) => {
        await startedTask(world);
        return { TaskType: 'IMAGE_SCAN' };
      },
      ({ far: { never } }) => ({ TaskType: 'IMAGE_SCAN', Target: never }),
      async (world) => {
        await stop(world);
        await createImageScanTask(world.app, world.accountId, { choice: { ids: [world.images.clean] }, timeoutSeconds: 60 });
        return { TaskType: 'IMAGE_SCAN' };
      },
    ],
    DescribeOnceTask: [
      async (world) => {
        await fail(world, await startedTask(world));
        await startedTask(world, 'console_batch');
        return { TaskType: 'IMAGE_SCAN' };
      },
      async ({ store, accountId }) => {
        const id = taskId((await store.tasks.latest(accountId))?.id ?? '');
        return { ...page, TaskType: 'IMAGE_SCAN', RootTaskId: id, TaskId: id, Source: 'console_batch', StartTimeQuery: ever.Start, EndTimeQuery: ever.End };
      },
      async ({ app, accountId, images }) => {
        await createImageScanTask(app, accountId, { choice: { ids: [images.mild] }, timeoutSeconds: 60 });
        return { TaskType: 'IMAGE_SCAN', CurrentPage: 1, PageSize: 1 };
      },
      { TaskType: 'IMAGE_SCAN', CurrentPage: 2, PageSize: 1 },
      ...oneByOne({ TaskType: 'IMAGE_SCAN' }, ['RootTaskId', 'TaskId', 'Source', 'StartTimeQuery', 'EndTimeQuery'], onlyLatest),
      { RootTaskId: '0'.repeat(32), TaskType: 'OTHER' },
    ],
    GenerateOnceTask: [
      { ...scan, Param: '{"registryTypes":"acr"}' },
      { ...scan, Param: '{"repoNames":"os"}', Source: 'Manual' },
      async (world) => {
        await stop(world);
        await startedTask(world);
        return { ...scan, Param: JSON.stringify({ uuids: [world.far.clean.slice(7)] }) };
      },
      async (world) => {
        await fill(world);
        return { ...scan, Param: '{"registryTypes":"harbor"}' };
      },
    ],
    CancelOnceTask: [async (world) => ({ TaskId: taskId(await startedTask(world)) })],
  },
  silent: {
    ...because(reasons.oneTask, 'LatestScanTask', ['Name', 'TaskType', 'TargetType']),
    ...because(reasons.oneTask, 'UnfinishedTask', ['TaskName', 'TaskType', 'TargetType']),
    ...because(reasons.nothingEnded, 'UnfinishedTask', ['ResultInfo', 'EndTime', 'Finish']),
    ...because(reasons.oneTask, 'ManagedTask', ['TaskName', 'TaskType']),
    ...because(reasons.noContainers, 'UnfinishedTaskImage', ['ClusterId', 'ClusterName', 'AppName', 'Pod', 'NodeName', 'NodeIp', 'NodeInstanceId']),
    ...because(reasons.noContainers, 'TaskImageInfo', ['ClusterId', 'ClusterName', 'AppName', 'Pod', 'NodeName', 'NodeIp', 'NodeInstanceId']),
  },
};
