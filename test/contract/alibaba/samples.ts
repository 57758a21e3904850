import { instanceId, repoId } from '#clouds/alibaba/ids.ts';
import { aScan } from '../../support/stored-images.ts';
import { because, type CaseGroup, oneByOne } from '../surface.ts';
import { type World, worldNames } from '../world.ts';
import { reasons } from './reasons.ts';

const page = { CurrentPage: 1, PageSize: '20' };
const { noContainers, noHosts, samplesNotKept } = reasons;

/** Conditions of which each leaves some rows and takes others away. */
const conditions = [
  'Levels',
  'MaliciousMd5',
  'RepoRegionId',
  'RepoInstanceId',
  'RepoId',
  'RepoName',
  'RepoNamespace',
  'ImageTag',
  'ImageDigest',
  'ImageLayer',
] as const;

async function valuesOf({ store, accountId, far, registries }: World) {
  const where = { accountId, imageIds: [far.running], offset: 0, limit: 1, by: 'lastSeen', order: 'desc' } as const;
  const [place] = (await store.repositories.images(where)).rows;
  const [finding] = (await store.images.findings({ accountId, imageId: far.running, hidden: false, offset: 0, limit: 1, by: 'path', order: 'asc' })).rows;
  return {
    Levels: 'serious,suspicious',
    MaliciousMd5: finding?.md5,
    RepoRegionId: worldNames.acr.region,
    RepoInstanceId: instanceId(registries.acr),
    RepoId: repoId(place?.repository.id ?? 0),
    RepoName: 'CAR',
    RepoNamespace: 'sho',
    ImageTag: '8',
    ImageDigest: place?.digest,
    ImageLayer: place?.image.image.layers[0]?.digest,
    Image: `${worldNames.acr.address}/shop/cart:8`,
    FuzzyMaliciousName: 'MINER',
  };
}

const ofContainers = { ClusterId: 'c', ClusterName: 'c', ContainerId: 'c', Namespace: 'n', Pod: 'p' };

/** Malicious samples and the images that have them. */
export const sampleGroup: CaseGroup = {
  cases: {
    DescribeGroupedMaliciousFiles: [
      page,
      { CurrentPage: 2, PageSize: '2', Lang: 'en' },
      ...oneByOne(page, [...conditions, 'FuzzyMaliciousName'], valuesOf),
      async (world) => {
        const { Image: _, ...values } = await valuesOf(world);
        return { ...page, ...values, ScanRange: ['image', 'container'], Lang: 'zh' };
      },
      { ...page, ClusterId: 'c' },
      { ...page, ScanRange: ['container'] },
      async ({ store, accountId, images }) => {
        await store.images.setScan(accountId, images.mild, aScan({ state: 'running', finishedAt: undefined, complete: false }));
        return { ...page, ScanRange: ['image'] };
      },
    ],
    DescribeAffectedMaliciousFileImages: [
      page,
      { CurrentPage: 2, PageSize: '2', Lang: 'en' },
      ...oneByOne(page, [...conditions, 'Image'], valuesOf),
      ...oneByOne(page, ['ClusterId', 'ClusterName', 'ContainerId', 'Namespace', 'Pod'], () => ofContainers),
      async (world) => {
        const { FuzzyMaliciousName: _, ...values } = await valuesOf(world);
        return { ...page, ...values, Status: '2', ScanRange: ['image', 'container'], Lang: 'zh' };
      },
      { ...page, Status: '1' },
      { ...page, ScanRange: ['container'] },
    ],
    DescribeMatchedMaliciousNames: [{}, { Lang: 'en', Levels: 'remind' }],
  },
  silent: {
    ...because(samplesNotKept, 'AffectedMaliciousFileImage', ['DownloadUrl', 'HighLight']),
    ...because(noContainers, 'AffectedMaliciousFileImage', ['ClusterId', 'ClusterName', 'ContainerId', 'Pod']),
    ...because(noHosts, 'AffectedMaliciousFileImage', ['Uuid', 'InstanceName', 'InternetIp', 'IntranetIp', 'TargetId', 'TargetName', 'TargetType']),
  },
};
