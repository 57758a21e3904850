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
