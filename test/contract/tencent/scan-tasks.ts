import { createImageScanTask } from '#app/create-image-scan-task.ts';
import { setImageScan } from '#app/set-image-scan.ts';
import { stopImageScan } from '#app/stop-image-scan.ts';
import type { TaskOrigin } from '#domain/scan.ts';
import { because, type CaseGroup } from '../surface.ts';
import { type World, worldNames } from '../world.ts';
import { reasons } from './reasons.ts';

/** A task over some images of which the first has been scanned; its id. */
async function startedTask({ app, store, accountId, images }: World, origin: TaskOrigin = 'asked'): Promise<string> {
  const ids = [images.infected, images.clean, images.never];
  const taskId = await createImageScanTask(app, accountId, { choice: { ids }, timeoutSeconds: 3600, origin });
  await scanOne({ store, accountId });
  return taskId;
}

/** Scans the first image that waits, as a worker would; tasks that other cases left are taken out of the way. */
export async function scanOne({ store, accountId }: Pick<World, 'store' | 'accountId'>): Promise<void> {
  for (;;) {
    const image = await store.tasks.claim('contract', Date.now(), Date.now() + 3600_000);
    if (image === undefined) throw new Error('no image waits to be scanned');
    await store.tasks.finish('contract', image, 'done', Date.now());
    if (image.accountId === accountId) return;
  }
}

async function stopAll({ app, accountId }: World): Promise<void> {
  await stopImageScan(app, accountId, { choice: { filter: { local: true }, except: [] } });
}

/** After whatever was started before is stopped. */
const afresh =
  <T>(request: (world: World) => T) =>
  async (world: World): Promise<T> => {
    await stopAll(world);
    return request(world);
  };

const idsFilter = { Name: 'ImageName', Values: ['team/'], ExactMatch: false };
const daily = { Enable: true, ScanTime: '01:30', ScanPeriod: 1, ScanVirus: true, ScanRisk: false, ScanVul: false };

/** Scans of local images: asked for, with one click, on a timetable. */
export const scanTaskGroup: CaseGroup = {
  cases: {
    CreateAssetImageScanTask: [
      afresh(({ images }) => ({ ScanVirus: true, Images: [images.clean] })),
      afresh(() => ({
        ScanVirus: true,
        ScanVul: true,
        ScanRisk: true,
        All: true,
        ScanScope: 0,
        ExcludeImageIds: ['sha256:0'],
        Timeout: 60,
        IsOneClickScanningTask: true,
      })),
      afresh(() => ({ ScanVirus: true, Filters: [idsFilter], ContainerRunning: false })),
      afresh(({ client }) => (client.endsWith('intl-en') ? undefined : { ScanVirus: true, ScanScope: 3, ClusterIDs: [worldNames.hosts[0]] })),
    ],
    ModifyAssetImageScanStop: [
      async (world) => ({ TaskID: await startedTask(world) }),
      ({ images }) => ({ Images: [images.never], ExcludeImageIds: images.clean }),
      { Filters: [idsFilter] },
    ],
    DescribeAssetImageScanStatus: [
      async (world) => {
        await startedTask(world);
        return {};
      },
      async ({ store, accountId }) => ({ TaskID: (await store.tasks.latest(accountId))?.id ?? '' }),
      async (world) => {
        await stopAll(world);
        return {};
      },
      async (world) => {
        await createImageScanTask(world.app, world.accountId, { choice: { ids: [world.images.clean] }, timeoutSeconds: 60 });
        return {};
      },
      // Not the latest one.
      async ({ store, accountId }) => ({ TaskID: String(Number((await store.tasks.latest(accountId))?.id) - 1) }),
    ],
    DescribeAssetImageScanTask: [
      {},
      async (world) => {
        await startedTask(world, 'one-click');
        return {};
      },
      async (world) => {
        await stopAll(world);
        return {};
      },
    ],
    CreateAssetImageScanSetting: [
      daily,
      ({ images }) => ({
        ...daily,
        ScanEndTime: '05:00',
        ScanScope: 1,
        All: false,
        Images: [images.clean],
        ExcludeImages: [images.never],
        ContainerRunning: true,
      }),
      { ...daily, ScanScope: 3, ClusterIDs: [...worldNames.hosts] },
    ],
    DescribeAssetImageScanSetting: [
      {},
      async ({ app, accountId, store, images }) => {
        const choice = { kind: 'hosts', imageIds: [images.clean], except: [images.never], hostIds: worldNames.hosts, running: true } as const;
        const kinds = ['malware', 'secrets', 'vulnerabilities'] as const;
        await setImageScan(app, accountId, { enabled: true, startMinute: 90, endMinute: 300, periodDays: 7, kinds, choice });
        await store.scanSettings.note({ accountId, kind: 'local' }, { at: Date.now(), result: 'no-images' });
        return {};
      },
    ],
  },
  silent: because(reasons.refusedInstead, 'ModifyAssetImageScanStopResponse', ['Status']),
  idle: because(reasons.virusesOnly, 'CreateAssetImageScanTask', ['ScanVul', 'ScanRisk']),
};
