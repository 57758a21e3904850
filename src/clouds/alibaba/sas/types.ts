import type { PageInfo } from '../page.ts';

// Answers of Security Center 2018-12-03, field by field as its Go SDK types them (int32 and int64 are whole numbers here). Every field is filled.

export interface GroupedMaliciousFile {
  readonly Status: number;
  readonly ImageCount: number;
  readonly FirstScanTimestamp: number;
  readonly LatestScanTimestamp: number;
  readonly MaliciousName: string;
  readonly MaliciousMd5: string;
  readonly MaliciousKey: string;
  readonly Level: string;
}

export interface DescribeGroupedMaliciousFilesResponse {
  readonly PageInfo: PageInfo;
  readonly GroupedMaliciousFileResponse: readonly GroupedMaliciousFile[];
}

export interface AffectedMaliciousFileImage {
  readonly Id: number;
  readonly ImageUuid: string;
  readonly Digest: string;
  readonly Layer: string;
  readonly Image: string;
  readonly Tag: string;
  readonly RepoId: string;
  readonly RepoInstanceId: string;
  readonly RepoName: string;
  readonly RepoRegionId: string;
  readonly Namespace: string;
  readonly FilePath: string;
  readonly MaliciousMd5: string;
  readonly Level: string;
  readonly Status: number;
  readonly FirstScanTimestamp: number;
  readonly LatestScanTimestamp: number;
  readonly LatestVerifyTimestamp: number;
  readonly DownloadUrl: string;
  readonly HighLight: string;
  readonly ClusterId: string;
  readonly ClusterName: string;
  readonly ContainerId: string;
  readonly Pod: string;
  readonly Uuid: string;
  readonly InstanceName: string;
  readonly InternetIp: string;
  readonly IntranetIp: string;
  readonly TargetId: string;
  readonly TargetName: string;
  readonly TargetType: string;
}

export interface DescribeAffectedMaliciousFileImagesResponse {
  readonly PageInfo: PageInfo;
  readonly AffectedMaliciousFileImagesResponse: readonly AffectedMaliciousFileImage[];
}

export interface MatchedMaliciousName {
  readonly Key: string;
  readonly DisplayName: string;
}

export interface DescribeMatchedMaliciousNamesResponse {
  readonly Count: number;
  readonly Data: readonly MatchedMaliciousName[];
}

export interface PreCheck {
  readonly ScanImageCount: number;
  readonly NeedAuthCount: number;
}

export interface PublicPreCheckImageScanTaskResponse {
  readonly Data: PreCheck;
}

export interface CreatedScanTask {
  readonly TaskId: string;
  readonly CanCreate: boolean;
  readonly Status: string;
  readonly Result: string;
  readonly Progress: number;
  readonly TotalCount: number;
  readonly FinishCount: number;
  readonly CollectTime: number;
  readonly ExecTime: number;
}

export interface PublicCreateImageScanTaskResponse {
  readonly Data: CreatedScanTask;
}

export interface LatestScanTask {
  readonly Id: number;
  readonly TaskId: string;
  readonly Name: string;
  readonly TaskType: string;
  readonly Target: string;
  readonly TargetType: string;
  readonly Source: string;
  readonly Status: string;
  readonly Create: string;
  readonly Modified: string;
  readonly StartTime: number;
  readonly FinishTime: number;
  readonly Finish: number;
}

export interface DescribeImageLatestScanTaskResponse {
  readonly Task: readonly LatestScanTask[];
}

export interface TaskImageInfo {
  readonly RegistryType: string;
  readonly RepoId: string;
  readonly RepoName: string;
  readonly RepoNamespace: string;
  readonly RepoRegionId: string;
  readonly RegionId: string;
  readonly Tag: string;
  readonly Digest: string;
  readonly Image: string;
  readonly ClusterId: string;
  readonly ClusterName: string;
  readonly AppName: string;
  readonly Pod: string;
  readonly NodeName: string;
  readonly NodeIp: string;
  readonly NodeInstanceId: string;
  readonly CostTimeInfo: string;
}

export interface OnceTask {
  readonly TaskId: string;
  readonly TaskName: string;
  readonly TaskType: string;
  readonly Target: string;
  readonly TargetType: string;
  readonly Status: string;
  readonly StatusText: string;
  readonly Progress: number;
  readonly Finish: number;
  readonly FinishCount: string;
  readonly TotalCount: string;
  readonly ResultInfo: string;
  readonly StartTime: number;
  readonly RealRunTime: number;
  readonly EndTime: number;
  readonly TaskImageInfo: TaskImageInfo;
}

export interface DescribeOnceTaskLeafRecordPageResponse {
  readonly PageInfo: PageInfo;
  readonly OnceTasks: readonly OnceTask[];
}

export interface TaskInfo {
  readonly Status: string;
}

export interface GetOnceTaskResultInfoResponse {
  readonly CollectTime: number;
  readonly TotalCount: number;
  readonly FinishCount: number;
  readonly TaskInfo: TaskInfo;
  readonly TaskId: number;
}

export interface ImageInstance {
  readonly Uuid: string;
  readonly InstanceId: string;
  readonly ImageId: string;
  readonly Digest: string;
  readonly Tag: string;
  readonly RepoId: string;
  readonly RepoName: string;
  readonly RepoNamespace: string;
  readonly RegionId: string;
  readonly RegistryType: string;
  readonly RepoType: string;
  readonly Endpoints: string;
  readonly ImageCreate: string;
  readonly ImageUpdate: string;
  readonly ImageSize: string;
  readonly Deployed: number;
  readonly AlarmStatus: string;
  readonly VulStatus: string;
  readonly HcStatus: string;
  readonly RiskStatus: string;
  readonly AlarmCount: number;
  readonly VulCount: number;
  readonly HcCount: number;
  readonly LastScanTime: number;
  readonly ScaStatus: string;
  readonly ScaProgress: number;
  readonly ScaResult: string;
  readonly Status: string;
  readonly SourceBizTag: string;
}

export interface DescribeImageInstancesResponse {
  readonly PageInfo: PageInfo;
  readonly ImageInstanceList: readonly ImageInstance[];
}

export interface ImageRepo {
  readonly InstanceId: string;
  readonly RepoId: string;
  readonly RepoName: string;
  readonly RepoNamespace: string;
  readonly RegionId: string;
  readonly RegistryType: string;
  readonly Endpoints: string;
  readonly AlarmCount: number;
  readonly HcCount: number;
  readonly VulCount: number;
  readonly ImageCount: number;
  readonly HasRiskImageCount: number;
  readonly AlarmStatus: string;
  readonly HcStatus: string;
  readonly VulStatus: string;
  readonly RiskStatus: string;
  readonly SourceBizTag: string;
}

export interface DescribeImageRepoDetailListResponse {
  readonly PageInfo: PageInfo;
  readonly ImageRepoResponses: readonly ImageRepo[];
}
