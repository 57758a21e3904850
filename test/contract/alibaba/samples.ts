import { because, type CaseGroup } from '../surface.ts';
import { reasons } from './reasons.ts';

const page = { CurrentPage: 1, PageSize: '20' };
const nowhere = { ClusterId: 'c' };
const { noContainers, noHosts, samplesNotKept } = reasons;

/** Malicious samples and the images that have them. */
export const sampleGroup: CaseGroup = {
  cases: {
    DescribeGroupedMaliciousFiles: [
      page,
      { CurrentPage: 2, PageSize: '2', Lang: 'en', ...nowhere },
      ({ registries, images }) => ({
        ...page,
        Levels: 'serious,suspicious',
        FuzzyMaliciousName: 'linux',
        MaliciousMd5: '0'.repeat(32),
        RepoRegionId: 'cn-hangzhou',
        RepoInstanceId: `cri-${registries.acr}`,
        RepoId: 'crr-1',
        RepoName: 'cart',
        RepoNamespace: 'shop',
        ImageTag: '8',
        ImageDigest: images.clean,
        ImageLayer: '1',
        ScanRange: ['image', 'container'],
      }),
      async ({ store, accountId, images }) => {
        await store.images.setScan(accountId, images.mild, {
          state: 'running',
          startedAt: Date.now(),
          finishedAt: undefined,
          progress: 1,
          remainingSeconds: 1,
          error: '',
          complete: false,
          stats: undefined,
        });
        return { ...page, ScanRange: ['image'] };
      },
    ],
    DescribeAffectedMaliciousFileImages: [
      page,
      { CurrentPage: 2, PageSize: '2', Lang: 'en', ...nowhere },
      ({ registries, images }) => ({
        ...page,
        Levels: 'serious,suspicious',
        Status: '0',
        MaliciousMd5: '0'.repeat(32),
        RepoRegionId: 'cn-hangzhou',
        RepoInstanceId: `cri-${registries.acr}`,
        RepoId: 'crr-1',
        RepoName: 'cart',
        RepoNamespace: 'shop',
        ImageTag: '8',
        ImageDigest: images.clean,
        ImageLayer: '1',
        Image: 'acr.example/shop/cart:8',
        ScanRange: ['image', 'container'],
      }),
      { ...page, ClusterName: 'c', ContainerId: 'c', Namespace: 'n', Pod: 'p' },
    ],
    DescribeMatchedMaliciousNames: [{}, { Lang: 'en', Levels: 'remind' }],
  },
  silent: {
    ...because(samplesNotKept, 'AffectedMaliciousFileImage', ['DownloadUrl', 'HighLight']),
    ...because(noContainers, 'AffectedMaliciousFileImage', ['ClusterId', 'ClusterName', 'ContainerId', 'Pod']),
    ...because(noHosts, 'AffectedMaliciousFileImage', ['Uuid', 'InstanceName', 'InternetIp', 'IntranetIp', 'TargetId', 'TargetName', 'TargetType']),
  },
};
