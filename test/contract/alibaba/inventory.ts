import { instanceId, repoId } from '#clouds/alibaba/ids.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../support/stored-images.ts';
import { because, type CaseGroup, oneByOne, type Step } from '../surface.ts';
import { type World, worldNames } from '../world.ts';
import { reasons } from './reasons.ts';

const page = { CurrentPage: 2, PageSize: 3 };
const searched = {
  Criteria: JSON.stringify([
    { name: 'riskStatus', value: 'YES' },
    { name: 'repoName', value: 'app,web', logicalExp: 'OR' },
  ]),
  LogicalExp: 'OR',
};

async function findCart({ store, accountId, far }: World): Promise<{ readonly repositoryId: number; readonly tag: string }> {
  const image = await store.images.find(accountId, far.clean);
  return { repositoryId: image?.repository.id ?? 0, tag: image?.repository.tag ?? '' };
}

// One more image, scanned well just now, with something of each step of risk that is counted.
async function addMore({ store, accountId }: World): Promise<void> {
  const at = Date.now();
  await storeImage(store, anImage('more/image:1'), {
    accountId,
    at,
    scan: aScan({ startedAt: at, finishedAt: at }),
    findings: [aFinding('/more/high'), aFinding('/more/medium', { severity: 'medium' }), aFinding('/more/low', { severity: 'low' })],
  });
  await storeImage(store, anImage('more/never:1'), { accountId, at });
}

const oneMore: Step = async (world) => {
  await addMore(world);
  return {};
};

const repositories = { Type: 'image_repo', TargetType: 'image_repo' };
const place = { ClusterId: 'c', ImageDigest: '0', ImageTag: '1' };

/** Inventory of images and repositories. */
export const inventoryGroup: CaseGroup = {
  cases: {
    DescribeImageInstances: [{}, { ...page, ...searched, Scanned: true }, { Scanned: false }, searched],
    DescribeImageInfoList: [({ images, far }) => ({ Uuids: Object.values({ ...images, ...far }).join(',') })],
    DescribeImage: [
      async (world) => {
        const { repositoryId, tag } = await findCart(world);
        const named = { ImageInstanceId: instanceId(world.registries.acr), ImageRegionId: worldNames.acr.region, ImageRepoId: repoId(repositoryId) };
        return { ...named, ImageTag: tag };
      },
      async (world) => {
        const { repositoryId, tag } = await findCart(world);
        const { store, accountId } = world;
        await storeImage(store, { ...anImage('another'), reference: `${worldNames.acr.address}/shop/cart:${tag}` }, { accountId });
        const named = { ImageInstanceId: instanceId(world.registries.acr), ImageRegionId: worldNames.acr.region, ImageRepoId: repoId(repositoryId) };
        return { ...named, ImageTag: tag };
      },
    ],
    DescribeImageRepoDetailList: [{}, { ...page, ...searched }, searched],
    DescribeImageRepoList: [
      repositories,
      async ({ store, accountId }) => {
        const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: true };
        const quay = { name: 'quay-1', kind: 'quay', address: 'quay.example', region: '', insecure: false, username: '', secret: '' } as const;
        await store.registries.add({ ...quay, accountId, policy }, someTime);
        await storeImage(store, anImage('quay.example/team/one:1'), { accountId, local: false });
        await storeImage(store, anImage('quay.example/team/two:1'), { accountId, local: false });
        await storeImage(store, { ...anImage('other'), reference: 'quay.example/team/two:2' }, { accountId, local: false });
        return {
          Type: 'image_repo',
          TargetType: 'image_repo',
          OperateType: 'other',
          FieldName: 'repoName',
          FieldValue: 't',
          RepoName: 'w',
          RepoNamespace: 'team',
        };
      },
      async (world) => {
        await addMore(world);
        return { ...repositories, Selected: 0, ...page };
      },
      ...oneByOne(repositories, ['OperateType', 'RepoNamespace'], () => ({ OperateType: 'count', RepoNamespace: 'prod' })),
    ],
    DescribeImageCriteria: [{}, { Value: 'team' }],
    DescribeImageRepoCriteria: [{}, { Value: 'team' }],
  },
  silent: {
    ...because(reasons.onlyMalware, 'ImageInstance', ['VulStatus', 'VulCount', 'HcStatus', 'HcCount']),
    ...because(reasons.onlyMalware, 'ImageInfo', ['VulStatus', 'VulCount']),
    ...because(reasons.onlyMalware, 'ImageRepoDetail', ['VulStatus', 'VulCount', 'HcStatus', 'HcCount']),
    ...because(reasons.noContainers, 'ImageInstance', ['Deployed']),
    ...because(reasons.goneUntold, 'ImageInstance', ['Status']),
    ...because(reasons.goneUntold, 'ImageInfo', ['Status']),
    ...because(reasons.noBusinessTags, 'ImageInstance', ['SourceBizTag']),
    ...because(reasons.noBusinessTags, 'ImageInfo', ['SourceBizTag']),
    ...because(reasons.noBusinessTags, 'ImageRepoDetail', ['SourceBizTag']),
    ...because(reasons.onlyImages, 'ImageInfo', ['TagImmutable']),
  },
};

/** Counters of images and findings. */
export const counterGroup: CaseGroup = {
  cases: {
    DescribeImageStatistics: [{}, oneMore],
    DescribeImageScanAuthCount: [{}, oneMore],
    GetImageScanNumInPeriod: [
      { PastDay: '7' },
      async (world) => {
        await addMore(world);
        return { PastDay: '3650' };
      },
    ],
    DescribeCountScannedImage: [{}, oneMore],
    DescribeCountNotScannedImage: [{}, oneMore],
    DescribeImageRiskLevelStatistic: [{}, oneMore],
    DescribeImageSecurityScanCount: [
      {},
      { Dealed: 'Y' },
      ({ images, registries }) => ({
        ...place,
        Dealed: 'N',
        ImageUuid: images.infected,
        RepoId: repoId(1),
        RepoInstanceId: instanceId(registries.acr),
        RepoRegionId: 'cn-hangzhou',
        ScanRange: ['image'],
        Uuids: [images.infected],
      }),
      ...oneByOne(
        {},
        ['ClusterId', 'ImageDigest', 'ImageTag', 'ImageUuid', 'RepoId', 'RepoInstanceId', 'RepoRegionId', 'ScanRange', 'Uuids'],
        async ({ images, registries }) => ({
          ClusterId: 'c',
          ImageDigest: images.infected,
          ImageTag: '2',
          ImageUuid: images.infected,
          RepoId: repoId(1),
          RepoInstanceId: instanceId(registries.acr),
          RepoRegionId: 'cn-hangzhou',
          ScanRange: ['container'],
          Uuids: [images.mild, images.infected],
        }),
      ),
    ],
    DescribeClusterImageSecuritySummary: [
      {},
      { ContainerFieldName: 'imageRepoTag', ContainerFieldValue: '2' },
      { ...place, ImageRepoName: 'app', ImageRepoNamespace: 'team' },
      ...oneByOne({}, ['ClusterId', 'ImageDigest', 'ImageTag', 'ImageRepoName', 'ImageRepoNamespace'], ({ images }) => ({
        ClusterId: 'c',
        ImageDigest: images.mild,
        ImageTag: '2',
        ImageRepoName: 'app',
        ImageRepoNamespace: 'team',
      })),
    ],
  },
  silent: {
    ...because(reasons.noLicence, 'ImageScanAuth', ['InstanceId', 'ImageScanCapacity']),
    ...because(reasons.onlyMalware, 'ImageSecurityScanCount', ['ImageBaselineCount', 'ImageCveVulCount', 'ImageScaVulCount']),
    ...because(reasons.onlyMalware, 'ClusterImageEvent', ['ImageBaseline', 'ImageCveVul', 'ImageScaVul']),
  },
};
