import { because, type CaseGroup } from '../surface.ts';
import { type World, worldNames } from '../world.ts';
import { reasons } from './reasons.ts';

const { noVulnerabilities, noContainers, noLicence, noTrust, nothingForced } = reasons;

/** The id under which the clouds know an image of a registry. */
export async function placeId({ store, accountId, far }: World, name: keyof World['far']): Promise<number> {
  const { rows } = await store.repositories.images({ accountId, imageIds: [far[name]], offset: 0, limit: 1, by: 'lastSeen', order: 'desc' });
  const [row] = rows;
  if (row === undefined) throw new Error(`${name} is in no registry`);
  return row.id;
}

/** Where the world's infected image is kept, in every way in which it can be said. */
export function infectedPlace({ registries }: World) {
  const { name, address } = worldNames.harbor;
  const kept = { InstanceName: name, InstanceId: String(registries.harbor), RegistryType: 'harbor', ImageRepoAddress: `${address}/prod/api` };
  return { ...kept, Namespace: 'prod', ImageName: 'api', ImageTag: '1', Force: '', ImageDigest: '' };
}

const filter = (Name: string, ...Values: readonly string[]) => ({ Name, Values, ExactMatch: false });

const unknown = ['VulCnt', 'RiskCnt', 'SentiveInfoCnt', 'SensitiveInfoCnt', 'ScanVulError', 'ScanRiskError'];
const unscanned = ['ScanVulProgress', 'ScanRiskProgress', 'CveStatus', 'RiskStatus'];

/** Images of registries and what was found in them. */
export const registryImageGroup: CaseGroup = {
  cases: {
    DescribeAssetImageRegistryList: [
      {},
      { Limit: 1, Offset: 1, Filters: [filter('RepoType', 'harbor')], By: 'ImageName', Order: 'asc', OnlyShowLatest: false, IsRunning: false },
      { OnlyShowLatest: true },
      { IsRunning: true },
      { Order: 'asc', By: 'ImageSize' },
      { Order: 'asc', Limit: 1 },
    ],
    DescribeAssetImageRegistryDetail: [
      async (world) => ({ Id: await placeId(world, 'infected') }),
      ...(['clean', 'failed', 'running', 'never'] as const).map((name) => async (world: World) => ({
        Id: await placeId(world, name),
        ImageId: world.far[name],
      })),
      ({ far }) => ({ ImageId: far.clean }),
    ],
    DescribeAssetImageRegistryVirusList: [
      async (world) => ({ Id: await placeId(world, 'infected') }),
      (world) => ({ ImageInfo: infectedPlace(world), Filters: [filter('Level', '4', '2')], Limit: 10, Offset: 0 }),
      async (world) => ({ Id: await placeId(world, 'never') }),
      async (world) => ({ Id: await placeId(world, 'infected'), Limit: 1, Offset: 1 }),
    ],
  },
  silent: {
    ...because(noVulnerabilities, 'ImageRepoInfo', [
      ...unknown,
      ...unscanned,
      'LowLevelVulCnt',
      'MediumLevelVulCnt',
      'HighLevelVulCnt',
      'CriticalLevelVulCnt',
      'ComponentCnt',
      'HasNeedFixVul',
    ]),
    ...because(noContainers, 'ImageRepoInfo', ['ContainerCnt', 'IsRunning']),
    ...because(noTrust, 'ImageRepoInfo', ['IsTrustImage']),
    ...because(noLicence, 'ImageRepoInfo', ['IsAuthorized']),
    ...because(noVulnerabilities, 'DescribeAssetImageRegistryDetailResponse', [...unknown, ...unscanned]),
    ...because(noLicence, 'DescribeAssetImageRegistryDetailResponse', ['IsAuthorized']),
  },
  idle: because(nothingForced, 'DescribeAssetImageRegistryVirusList', ['ImageInfo.Force']),
};
