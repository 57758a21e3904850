import { anImage, storeImage } from '../../support/stored-images.ts';
import { because, type CaseGroup, type Request } from '../surface.ts';
import { type World, worldNames } from '../world.ts';
import { reasons } from './reasons.ts';

const { noHosts, noWebhook, triedLater, neverTold } = reasons;

const told = { Name: 'new', Url: 'https://new.example', RegistryType: 'harbor', NetType: 'public' };
const more = { Username: 'robot', Password: 'open-sesame', RegistryRegion: 'default', Insecure: 0, NeedScan: true, SyncMode: 1 };
const idleMore = { RegistryVersion: 'V2', SpeedLimit: 10, ConnDetectConfig: [{ Quuid: 'q', Uuid: 'u' }], InstanceId: 'tcr-1' };
const filter = (Name: string, ...Values: readonly string[]) => ({ Name, Values, ExactMatch: false });

function update(over: Request): Request {
  const { harbor: name } = worldNames;
  return { ...told, Name: name.name, Url: `https://${name.address}`, ...over };
}

/** Has the two registries of the world been looked at: one well, one not. */
async function synced(world: World): Promise<void> {
  const { store, accountId, registries } = world;
  const at = { startedAt: 1_700_000_000_000, finishedAt: 1_700_000_060_000 };
  await store.registries.setSync(accountId, registries.harbor, { ...at, state: 'done', error: 'team/app: gone' });
  await store.registries.setSync(accountId, registries.acr, { ...at, state: 'failed', error: 'no host' });
}

async function scanNewest({ store, accountId, registries }: World): Promise<void> {
  const known = await store.registries.find(accountId, registries.acr);
  if (known === undefined) throw new Error('the registry of the world is gone');
  const policy = { ...known.policy, scanNew: true, scanOnlyNewest: true };
  const extra = { netType: 'private', registryVersion: 'V2', speedLimit: '10', instanceId: 'tcr-1' };
  await store.registries.update(known.id, { ...known, username: 'robot', insecure: true, policy, extra }, known.updatedAt);
}

/** Registries: which there are, and updates of what they hold. */
export const registryGroup: CaseGroup = {
  cases: {
    AddAssetImageRegistryRegistryDetail: [
      told,
      { ...told, ...more, ...idleMore, Name: 'newer', Url: 'http://newer.example:5000', Insecure: 1, WebhookUrl: '', WebhookToken: '' },
      { ...told, Name: worldNames.acr.name, Url: 'https://newest.example' },
    ],
    UpdateAssetImageRegistryRegistryDetail: [
      update({}),
      ({ registries }) => update({ ...more, ...idleMore, RegistryId: registries.harbor }),
      ({ registries }) => update({ RegistryId: registries.acr, Url: `https://${worldNames.acr.address}`, Name: 'changed' }),
      ({ registries }) => update({ RegistryId: registries.harbor, Name: 'changed' }),
    ],
    RemoveAssetImageRegistryRegistryDetail: [({ registries }) => ({ RegistryId: registries.harbor })],
    DescribeAssetImageRegistryRegistryList: [
      {},
      async (world) => {
        await synced(world);
        return { Limit: 1, Offset: 1, Filters: [filter('IsAuthorized', 'all')], By: 'LatestSyncTime', Order: 'asc' };
      },
      { Limit: 1 },
      async (world) => {
        await scanNewest(world);
        return { Filters: [filter('RegistryType', 'acr')] };
      },
    ],
    DescribeAssetImageRegistryRegistryDetail: [
      ({ registries }) => ({ RegistryId: registries.harbor }),
      ({ registries }) => ({ RegistryId: registries.acr }),
      async (world) => {
        await scanNewest(world);
        return { RegistryId: world.registries.acr };
      },
    ],
    CheckRepeatAssetImageRegistry: [{ Name: worldNames.harbor.name }, { Name: 'free' }],
    SyncAssetImageRegistryAsset: [{ All: true }, ({ registries }) => ({ All: false, RegistryIds: [registries.harbor] })],
    DescribeAssetImageRegistryAssetStatus: [
      {},
      async (world) => {
        await synced(world);
        return {};
      },
    ],
    DescribeAssetImageRegistrySummary: [{}, { Filters: [filter('RepoType', 'acr')] }],
    DescribeImageRegistryNamespaceList: [
      {},
      async ({ store, accountId }) => {
        await storeImage(store, anImage(`${worldNames.acr.address}/quiet/app:1`), { accountId, local: false });
        return { Filters: [filter('Namespace', 'quiet')] };
      },
      { Offset: 1, Limit: 1 },
      { Filters: [filter('Namespace', 'prod')] },
      { Filters: [filter('Namespace', 'nowhere')] },
    ],
  },
  silent: {
    ...because(triedLater, 'AddAssetImageRegistryRegistryDetailResponse', ['HealthCheckErr']),
    ...because(triedLater, 'UpdateAssetImageRegistryRegistryDetailResponse', ['HealthCheckErr']),
    ...because(noHosts, 'ImageRepoRegistryInfo', ['ConnDetectType', 'ConnDetectHostCount', 'ConnDetectDetail']),
    ...because(noHosts, 'DescribeAssetImageRegistryRegistryDetailResponse', ['ConnDetectDetail']),
    ...because(neverTold, 'DescribeAssetImageRegistryRegistryDetailResponse', ['Password']),
    ...because(noWebhook, 'DescribeAssetImageRegistryRegistryDetailResponse', ['WebhookUrl', 'WebhookToken']),
  },
  idle: {
    ...Object.fromEntries(
      ['AddAssetImageRegistryRegistryDetail', 'UpdateAssetImageRegistryRegistryDetail'].flatMap((action) => [[`${action}.ConnDetectConfig`, noHosts]]),
    ),
    ...because(noWebhook, 'AddAssetImageRegistryRegistryDetail', ['WebhookUrl', 'WebhookToken']),
  },
};
