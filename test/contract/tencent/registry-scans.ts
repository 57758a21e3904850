import { createRepositoryScanTask } from '#app/create-repository-scan-task.ts';
import { setRegistryScan } from '#app/registry-scan-setting.ts';
import { stopRepositoryScan } from '#app/stop-repository-scan.ts';
import { because, type CaseGroup } from '../surface.ts';
import { type World, worldNames } from '../world.ts';
import { reasons } from './reasons.ts';
import { infectedPlace, placeId } from './registry-images.ts';
import { scanOne } from './scan-tasks.ts';

const everything = { filter: {}, except: [] } as const;

async function stopAll({ app, accountId }: World): Promise<void> {
  await stopRepositoryScan(app, accountId, { choice: everything });
}

/** After whatever was started before is stopped. */
const afresh =
  <T>(request: (world: World) => T | Promise<T>) =>
  async (world: World): Promise<T> => {
    await stopAll(world);
    return request(world);
  };

/** A task over some images of which the first has been scanned; its id. */
async function startedTask(world: World): Promise<number> {
  await stopAll(world);
  const { app, store, accountId } = world;
  const images = await Promise.all((['infected', 'clean', 'never'] as const).map(async (name) => ({ id: await placeId(world, name) })));
  const choice = { ...everything, named: { images, mayLack: false } };
  const task = await createRepositoryScanTask(app, accountId, { choice, timeoutSeconds: 3600, origin: 'registry-one-click' });
  await scanOne({ store, accountId });
  return Number(task);
}

const ofHarbor = { Name: 'RepoType', Values: ['harbor'], ExactMatch: true };
const daily = { Enable: true, ScanTime: '01:30', ScanPeriod: 1 };

/** Scans of images of registries: asked for, with one click, on a timetable. */
export const registryScanGroup: CaseGroup = {
  cases: {
    CreateAssetImageRegistryScanTask: [
      afresh(async (world) => ({ Id: [await placeId(world, 'clean')] })),
      afresh((world) => ({ Images: [infectedPlace(world)], ScanType: ['CVE', 'VIRUS'], Timeout: 60 })),
      afresh(async (world) => ({ All: false, Filters: [ofHarbor], ExcludeImageList: [await placeId(world, 'failed')], OnlyScanLatest: true })),
    ],
    CreateAssetImageRegistryScanTaskOneKey: [
      afresh(() => ({ All: true })),
      afresh(async (world) => ({ Id: [await placeId(world, 'clean')], Images: [infectedPlace(world)], ScanType: ['VIRUS'], Timeout: 60 })),
      afresh(async (world) => ({
        All: true,
        ScanScope: 0,
        RegistryType: ['harbor'],
        Namespace: ['prod'],
        ExcludeIDs: [await placeId(world, 'failed')],
        IsLatest: false,
        ContainerRunning: false,
      })),
    ],
    DescribeAssetImageRegistryScanStatusOneKey: [
      async (world) => {
        await startedTask(world);
        return {};
      },
      async (world) => ({ TaskID: await startedTask(world), All: true }),
      async (world) => ({ Id: [await placeId(world, 'running'), await placeId(world, 'failed')], Images: [infectedPlace(world)] }),
      async (world) => ({ Id: [await placeId(world, 'never')] }),
      async (world) => {
        const TaskID = await startedTask(world);
        await startedTask(world);
        return { TaskID };
      },
      async (world) => {
        await stopAll(world);
        return { All: true };
      },
    ],
    ModifyAssetImageRegistryScanStop: [
      async (world) => ({ Id: [await placeId(world, 'clean')] }),
      (world) => ({ Images: [infectedPlace(world)], OnlyScanLatest: false }),
      async (world) => ({ Filters: [ofHarbor], ExcludeImageList: [await placeId(world, 'failed')] }),
      async (world) => ({ All: true, TaskID: await startedTask(world) }),
    ],
    ModifyAssetImageRegistryScanStopOneKey: [
      { All: true },
      async (world) => ({ TaskID: await startedTask(world), Id: [await placeId(world, 'clean')], Images: [infectedPlace(world)] }),
    ],
    UpdateImageRegistryTimingScanTask: [
      daily,
      async (world) => ({
        ...daily,
        ScanType: ['VIRUS'],
        Images: [infectedPlace(world)],
        All: false,
        Id: [await placeId(world, 'clean')],
        Latest: true,
        ContainerRunning: false,
        ScanEndTime: '05:00',
        ScanScope: 1,
        RegistryType: ['harbor'],
        Namespace: ['prod'],
        ExcludeImageAssetIds: [await placeId(world, 'failed')],
      }),
    ],
    DescribeImageRegistryTimingScanTask: [
      {},
      async (world) => {
        await setTimedScan(world);
        return {};
      },
    ],
  },
  silent: {
    ...because(reasons.noVulnerabilities, 'ImageProgress', ['CveProgress', 'RiskProgress']),
    'DescribeImageRegistryTimingScanTask: Images[].Force': reasons.nothingForced,
  },
  idle: Object.fromEntries(
    [
      'CreateAssetImageRegistryScanTask',
      'CreateAssetImageRegistryScanTaskOneKey',
      'DescribeAssetImageRegistryScanStatusOneKey',
      'ModifyAssetImageRegistryScanStop',
      'ModifyAssetImageRegistryScanStopOneKey',
      'UpdateImageRegistryTimingScanTask',
    ].map((action) => [`${action}.Images.Force`, reasons.nothingForced]),
  ),
};

async function setTimedScan(world: World): Promise<void> {
  const { app, accountId, store, registries } = world;
  const place = { registry: '', namespace: 'prod', name: 'api', tag: '1' };
  const more = {
    registry: worldNames.acr.name,
    registryId: registries.acr,
    kinds: ['acr'],
    address: worldNames.acr.address,
    namespace: 'shop',
    name: 'cart',
    tag: '7',
  } as const;
  const choice = {
    kind: 'chosen',
    images: [{ id: await placeId(world, 'clean') }, place, { ...more, digest: world.far.clean }],
    except: [await placeId(world, 'failed')],
    registryKinds: ['harbor', 'acr'],
    registryTypes: ['harbor', 'acr'],
    namespaces: ['prod', 'shop'],
    latest: true,
    running: true,
  } as const;
  await setRegistryScan(app, accountId, { enabled: true, startMinute: 90, endMinute: 300, periodDays: 7, kinds: ['malware'], choice });
  await store.scanSettings.note({ accountId, kind: 'registry' }, { at: Date.now(), result: 'no-images' });
}
