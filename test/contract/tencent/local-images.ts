import { because, type CaseGroup } from '../surface.ts';
import { worldNames } from '../world.ts';
import { reasons } from './reasons.ts';

const filter = (Name: string, ...Values: readonly string[]) => ({ Name, Values, ExactMatch: false });
const all = { Limit: 100 };
const { noVulnerabilities, noContainers, noAgent, noLicence, noTrust } = reasons;

/** Images of this machine and what was found in them. */
export const localImageGroup: CaseGroup = {
  cases: {
    DescribeAssetImageList: [{}, all, { Limit: 2, Offset: 1, Filters: [filter('ImageName', 'TEAM/')], By: 'VirusCnt', Order: 'asc' }],
    DescribeAssetImageSimpleList: [{}, all, { Limit: 2, Offset: 1, Filters: [filter('Keywords', 'team/')], By: 'ImageName', Order: 'asc' }],
    DescribeAssetImageDetail: [
      ({ images }) => ({ ImageID: images.infected }),
      ...(['clean', 'failed', 'running', 'never'] as const).map((name) => ({ images }: { readonly images: Readonly<Record<typeof name, string>> }) => ({
        ImageID: images[name],
      })),
    ],
    DescribeAssetImageHostList: [{}, { Filters: [filter('HostID', worldNames.hosts[1])] }],
    DescribeAssetImageVirusList: [
      ({ images }) => ({ ImageID: images.infected }),
      ({ images }) => ({ ImageID: images.never }),
      ({ images }) => ({ ImageID: images.infected, By: 'Path', Order: 'asc', Limit: 2 }),
      ({ images }) => ({ ImageID: images.infected, Limit: 1, Offset: 1, Filters: [filter('RiskLevel', '4', '3', '2')], Order: 'ASC', By: 'RiskLevel' }),
    ],
    DescribeImageRiskSummary: [{}],
  },
  silent: {
    ...because(noVulnerabilities, 'ImagesInfo', [
      'VulCnt',
      'RiskCnt',
      'ComponentCnt',
      'CriticalLevelVulCnt',
      'HighLevelVulCnt',
      'MediumLevelVulCnt',
      'LowLevelVulCnt',
      'ScanVulError',
      'ScanRiskError',
    ]),
    ...because(noContainers, 'ImagesInfo', ['SuperNodeCnt', 'ContainerCnt']),
    ...because(noAgent, 'ImagesInfo', ['AgentError']),
    ...because(noTrust, 'ImagesInfo', ['IsTrustImage', 'IsSuggest']),
    ...because(noLicence, 'ImagesInfo', ['IsAuthorized']),
    ...because(noContainers, 'AssetSimpleImageInfo', ['ContainerCnt']),
    ...because(noVulnerabilities, 'DescribeAssetImageDetailResponse', [
      'VulCnt',
      'RiskCnt',
      'SensitiveInfoCnt',
      'ScanVulProgress',
      'ScanRiskProgress',
      'ScanVulError',
      'ScanRiskError',
    ]),
    ...because(noContainers, 'DescribeAssetImageDetailResponse', ['ContainerCnt', 'SuperNodeCnt']),
    ...because(noTrust, 'DescribeAssetImageDetailResponse', ['IsTrustImage']),
    ...because(noAgent, 'DescribeAssetImageDetailResponse', ['AgentError']),
    ...because(noLicence, 'DescribeAssetImageDetailResponse', ['IsAuthorized']),
    ...because(noVulnerabilities, 'DescribeImageRiskSummaryResponse', ['VulnerabilityCnt', 'RiskCnt']),
  },
};
