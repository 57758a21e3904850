import { assetTable } from './asset-table.ts';
import { ruleTable } from './rule-table.ts';
import { taskTable } from './task-table.ts';

const samplePlace =
  'Lang s, Levels s, MaliciousMd5 s, RepoRegionId s, RepoInstanceId s, RepoId s, RepoName s, RepoNamespace s, ImageTag s, ImageDigest s, ImageLayer s, ClusterId s, ScanRange []s';

/** Requests and answers of SAS 2018-12-03, as its Go SDK types them. `RequestId` stands in every answer. */
export const securityCenterTable: Readonly<Record<string, string>> = {
  PageInfo: 'CurrentPage i32, PageSize i32, TotalCount i32, Count i32',
  // Samples
  DescribeGroupedMaliciousFilesRequest: `CurrentPage i32!, PageSize s!, FuzzyMaliciousName s, ${samplePlace}`,
  DescribeGroupedMaliciousFilesResponse: 'RequestId s, PageInfo PageInfo, GroupedMaliciousFileResponse []GroupedMaliciousFile',
  GroupedMaliciousFile: 'Status i32, ImageCount i64, FirstScanTimestamp i64, LatestScanTimestamp i64, MaliciousName s, MaliciousMd5 s, Level s, MaliciousKey s',
  DescribeAffectedMaliciousFileImagesRequest: `CurrentPage i32!, PageSize s!, Status s, Image s, ClusterName s, ContainerId s, Namespace s, Pod s, ${samplePlace}`,
  DescribeAffectedMaliciousFileImagesResponse: 'RequestId s, PageInfo PageInfo, AffectedMaliciousFileImagesResponse []AffectedMaliciousFileImage',
  AffectedMaliciousFileImage: [
    'Id i64, ImageUuid s, Digest s, Layer s, Image s, Tag s, RepoId s, RepoInstanceId s, RepoName s, RepoRegionId s, Namespace s, FilePath s',
    'MaliciousMd5 s, Level s, Status i32, FirstScanTimestamp i64, LatestScanTimestamp i64, LatestVerifyTimestamp i64, DownloadUrl s, HighLight s',
    'ClusterId s, ClusterName s, ContainerId s, Pod s, Uuid s, InstanceName s, InternetIp s, IntranetIp s, TargetId s, TargetName s, TargetType s',
  ].join(', '),
  DescribeMatchedMaliciousNamesRequest: 'Lang s, Levels s',
  DescribeMatchedMaliciousNamesResponse: 'RequestId s, Count i32, Data []MatchedMaliciousName',
  MatchedMaliciousName: 'Key s, DisplayName s',
  // Submitted files
  CreateFileDetectUploadUrlRequest: 'Type i32!, HashKeyList []s, HashKeyContextList []HashKeyContext',
  HashKeyContext: 'HashKey s, FileSize i32',
  CreateFileDetectUploadUrlResponse: 'RequestId s, UploadUrlList []UploadUrl',
  UploadUrl: 'HashKey s, FileExist b, PublicUrl s, InternalUrl s, Expire s, Code s, Message s, Context UploadContext',
  UploadContext: 'AccessId s, OssKey s, Policy s, Signature s',
  CreateFileDetectRequest: 'Type i32!, HashKey s, OssKey s, DownloadUrl s, Decompress b, DecompressMaxLayer i32, DecompressMaxFileCount i32, SourceIp s',
  CreateFileDetectResponse: 'RequestId s, HashKey s',
  GetFileDetectResultRequest: 'Type i32!, HashKeyList []s!, SourceIp s',
  GetFileDetectResultResponse: 'RequestId s, ResultList []FileDetectResult',
  FileDetectResult: 'HashKey s, Code s, Message s, Result i32, Score i32, VirusType s, Compress b, Ext s',
  ListCompressFileDetectResultRequest: 'CurrentPage i32!, PageSize i32!, HashKey s, SourceIp s',
  ListCompressFileDetectResultResponse: 'RequestId s, PageInfo ShortPageInfo, ResultList []CompressFileDetectResult',
  ShortPageInfo: 'CurrentPage i32, PageSize i32, TotalCount i32',
  CompressFileDetectResult: 'Path s, HashKey s, Result i32, Score i32, VirusType s, Ext s',
  GetFileDetectReportRequest: 'FileHash s, EventId i64, Field s, SourceType s, Lang s',
  GetFileDetectReportResponse: 'RequestId s, Code s, Message s, Success b, Data FileDetectReport',
  FileDetectReport: 'FileHash s, Filename s, HasData b, ShowTab b, ThreatLevel i64, Basic s, Sandbox s, Intelligences s, ThreatTypes s',
  GetFileDetectApiInvokeInfoRequest: '',
  GetFileDetectApiInvokeInfoResponse: 'RequestId s, Data FileDetectApiInvokeInfo',
  FileDetectApiInvokeInfo:
    'AuthCount i64, AuthCountInSaleVersion i64, InvokeCount i64, InvokeCountInSaleVersion i64, RemainAuthCount i64, Expire i64, FlowRate i32, TimeUnit s, SaleVersion i32',
  ...taskTable,
  ...assetTable,
  ...ruleTable,
};
