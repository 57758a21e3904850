const scanChoice = 'RegistryTypes s, RegionIds s, InstanceIds s, RepoIds s, RepoNames s, RepoNamespaces s, Tags s, Digests s, SourceIp s';

/** SAS: scan tasks of images and their progress. */
export const taskTable = {
  PublicPreCheckImageScanTaskRequest: scanChoice,
  PublicPreCheckImageScanTaskResponse: 'RequestId s, Data ScanPreCheck',
  ScanPreCheck: 'ScanImageCount i32, NeedAuthCount i32',
  PublicCreateImageScanTaskRequest: scanChoice,
  PublicCreateImageScanTaskResponse: 'RequestId s, Data CreatedScanTask',
  PublicSyncAndCreateImageScanTaskRequest: 'Images s!, SourceIp s',
  PublicSyncAndCreateImageScanTaskResponse: 'RequestId s, Data CreatedScanTask',
  CreatedScanTask: 'TaskId s, CanCreate b, Status s, Result s, Progress i32, TotalCount i32, FinishCount i32, CollectTime i64, ExecTime i64',
  DescribeImageLatestScanTaskRequest: 'Digest s!',
  DescribeImageLatestScanTaskResponse: 'RequestId s, Task []LatestScanTask',
  LatestScanTask:
    'Id i64, TaskId s, Name s, TaskType s, Target s, TargetType s, Source s, Status s, Create s, Modified s, StartTime i64, FinishTime i64, Finish i32',
  GetOnceTaskResultInfoRequest: 'TaskId s!, TaskName s!, TaskType s!',
  GetOnceTaskResultInfoResponse: 'RequestId s, CollectTime i64, TotalCount i32, FinishCount i32, TaskInfo OnceTaskStatus, TaskId i64',
  OnceTaskStatus: 'Status s',
  GetLastOnceTaskInfoRequest: 'TaskName s!, TaskType s!, Source s',
  GetLastOnceTaskInfoResponse: 'RequestId s, CollectTime i64, TotalCount i32, FinishCount i32, TaskInfo LastOnceTaskStatus, TaskId i64',
  LastOnceTaskStatus: 'Status s, Progress i32, Result s',
  DescribeOnceTaskLeafRecordPageRequest:
    'CurrentPage i32!, PageSize i32!, RelateInfo b!, TaskType s!, TaskId s, Source s, StartTime i64, EndTime i64, StatusList []s',
  DescribeOnceTaskLeafRecordPageResponse: 'RequestId s, PageInfo PageInfo, OnceTasks []LeafTask',
  LeafTask:
    'TaskId s, TaskName s, TaskType s, Target s, TargetType s, Status s, StatusText s, Progress i64, Finish i32, FinishCount s, TotalCount s, ResultInfo s, StartTime i64, RealRunTime i64, EndTime i64, TaskImageInfo TaskImageInfo',
  TaskImageInfo:
    'RegistryType s, RepoId s, RepoName s, RepoNamespace s, RepoRegionId s, RegionId s, Tag s, Digest s, Image s, ClusterId s, ClusterName s, AppName s, Pod s, NodeName s, NodeIp s, NodeInstanceId s, CostTimeInfo s',
  ListUnfinishedOnceTaskRequest: 'TaskType s!, Target s',
  ListUnfinishedOnceTaskResponse: 'RequestId s, OnceTasks []UnfinishedTask',
  UnfinishedTask:
    'TaskId s, TaskName s, TaskType s, Target s, TargetType s, Status i32, StatusText s, Progress i64, Finish i32, FinishCount i32, TotalCount i32, ResultInfo s, StartTime i64, RealRunTime i64, EndTime i64, TaskImageInfo UnfinishedTaskImage',
  UnfinishedTaskImage:
    'RepoId s, RepoName s, RepoNamespace s, RepoRegionId s, RegionId s, Tag s, Digest s, Image s, ClusterId s, ClusterName s, AppName s, Pod s, NodeName s, NodeIp s, NodeInstanceId s',
  DescribeOnceTaskRequest: 'CurrentPage i32, PageSize i32, TaskType s, RootTaskId s, TaskId s, Source s, StartTimeQuery i64, EndTimeQuery i64',
  DescribeOnceTaskResponse: 'RequestId s, PageInfo PageInfo, TaskManageResponseList []ManagedTask',
  ManagedTask:
    'TaskId s, TaskName s, TaskType s, TaskStatus i32, TaskStatusText s, Progress s, SuccessCount i32, FailCount i32, TaskStartTime i64, TaskEndTime i64, ResultInfo s, DetailData s',
  GenerateOnceTaskRequest: 'TaskName s!, TaskType s!, Param s!, Source s',
  GenerateOnceTaskResponse: 'RequestId s, CanCreate b, TaskId s, LastTask s, CollectTime i64, TotalCount i32, FinishCount i32',
  CancelOnceTaskRequest: 'TaskId s!',
  CancelOnceTaskResponse: 'RequestId s',
} as const;
