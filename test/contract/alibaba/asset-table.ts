const image = [
  'Uuid s, InstanceId s, ImageId s, Digest s, Tag s, RepoId s, RepoName s, RepoNamespace s, RegionId s, RegistryType s, RepoType s, Endpoints s',
  'AlarmStatus s, VulStatus s, RiskStatus s, AlarmCount i32, VulCount i32, Status s, SourceBizTag s',
].join(', ');

/** SAS: inventory of images and repositories, and counters. */
export const assetTable = {
  DescribeImageInstancesRequest: 'CurrentPage i32, PageSize i32, Criteria s, LogicalExp s, Scanned b',
  DescribeImageInstancesResponse: 'RequestId s, PageInfo PageInfo, ImageInstanceList []ImageInstance',
  ImageInstance: `${image}, ImageCreate s, ImageUpdate s, ImageSize s, Deployed i32, HcStatus s, HcCount i32, LastScanTime i64, ScaStatus s, ScaProgress i32, ScaResult s`,
  DescribeImageRepoDetailListRequest: 'Criteria s, LogicalExp s, CurrentPage i32, PageSize i32',
  DescribeImageRepoDetailListResponse: 'RequestId s, PageInfo PageInfo, ImageRepoResponses []ImageRepoDetail',
  ImageRepoDetail:
    'InstanceId s, RepoId s, RepoName s, RepoNamespace s, RegionId s, RegistryType s, Endpoints s, AlarmCount i32, HcCount i32, VulCount i32, ImageCount i32, HasRiskImageCount i32, AlarmStatus s, HcStatus s, VulStatus s, RiskStatus s, SourceBizTag s',
  DescribeImageRepoListRequest:
    'Type s!, TargetType s!, OperateType s, FieldName s, FieldValue s, RepoName s, RepoNamespace s, Selected i32, CurrentPage i32, PageSize i32',
  DescribeImageRepoListResponse: 'RequestId s, AllTargetCount i32, AddTargetCount i32, DelTargetCount i32, PageInfo PageInfo, ImageRepoList []ImageRepo',
  ImageRepo: 'RepoName s, RepoNamespace s, ImageCount i32, Flag s',
  DescribeImageRequest: 'ImageInstanceId s!, ImageRegionId s!, ImageRepoId s!, ImageTag s!',
  DescribeImageResponse: 'RequestId s, Data ImageDigest',
  ImageDigest: 'Digest s',
  DescribeImageInfoListRequest: 'Uuids s!',
  DescribeImageInfoListResponse: 'RequestId s, ImageInfos []ImageInfo',
  ImageInfo: `${image}, ImageCreate i64, ImageUpdate i64, ImageSize i64, TagImmutable i32`,
  DescribeImageCriteriaRequest: 'Value s',
  DescribeImageCriteriaResponse: 'RequestId s, CriteriaList []Criterion',
  DescribeImageRepoCriteriaRequest: 'Value s',
  DescribeImageRepoCriteriaResponse: 'RequestId s, CriteriaList []Criterion',
  Criterion: 'Name s, Type s, Values s',
  DescribeImageStatisticsRequest: '',
  DescribeImageStatisticsResponse: 'RequestId s, InstanceCount i32, RiskInstanceCount i32',
  DescribeImageScanAuthCountRequest: '',
  DescribeImageScanAuthCountResponse: 'RequestId s, ImageScan ImageScanAuth',
  ImageScanAuth: 'InstanceId s, ImageScanCapacity i64, ScanCount i64',
  GetImageScanNumInPeriodRequest: 'PastDay s!',
  GetImageScanNumInPeriodResponse: 'RequestId s, ImageScanData ImageScanNumber',
  ImageScanNumber: 'ImageScanCount i32',
  DescribeCountScannedImageRequest: '',
  DescribeCountScannedImageResponse: 'RequestId s, ScannedCount i32',
  DescribeCountNotScannedImageRequest: '',
  DescribeCountNotScannedImageResponse: 'RequestId s, NotScannedCnt i32',
  DescribeImageRiskLevelStatisticRequest: '',
  DescribeImageRiskLevelStatisticResponse: 'RequestId s, ImageRiskLevelList []ImageRiskLevelCount',
  ImageRiskLevelCount: 'ImageRiskLevel s, Cnt i32',
  DescribeImageSecurityScanCountRequest:
    'ClusterId s, ImageDigest s, ImageTag s, ImageUuid s, RepoId s, RepoInstanceId s, RepoRegionId s, Dealed s, ScanRange []s, Uuids []s',
  DescribeImageSecurityScanCountResponse: 'RequestId s, Data ImageSecurityScanCount',
  ImageSecurityScanCount: 'ImageBaselineCount i32, ImageCveVulCount i32, ImageScaVulCount i32, ImageMaliciousFileCount i32',
  DescribeClusterImageSecuritySummaryRequest:
    'ClusterId s, ContainerFieldName s, ContainerFieldValue s, ImageDigest s, ImageTag s, ImageRepoName s, ImageRepoNamespace s',
  DescribeClusterImageSecuritySummaryResponse: 'RequestId s, ClusterImageEvent ClusterImageEvent',
  ClusterImageEvent: 'ImageMaliciousFile []RiskCount, ImageBaseline []RiskCount, ImageCveVul []RiskCount, ImageScaVul []RiskCount',
  RiskCount: 'RiskLevel s, Count i64',
} as const;
