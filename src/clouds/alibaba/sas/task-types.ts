import type { PageInfo } from '../page.ts';
import type { pullRecord } from './registry-pulls.ts';
import type { latestTask, leafRecord, managedTask, unfinishedTask } from './task-shapes.ts';
import type { CreatedTask } from './task-start.ts';

// Answers of the calls about scan tasks, as the vendor's Go SDK types them. What may be absent is not known yet, or does not exist.

export interface PublicPreCheckImageScanTaskResponse {
  readonly Data: { readonly ScanImageCount: number; readonly NeedAuthCount: number };
}

export interface PublicCreateImageScanTaskResponse {
  readonly Data: CreatedTask;
}

export interface DescribeImageLatestScanTaskResponse {
  readonly Task: readonly ReturnType<typeof latestTask>[];
}

export interface GetOnceTaskResultInfoResponse {
  readonly TaskId: number;
  readonly CollectTime: number;
  readonly TotalCount: number;
  readonly FinishCount: number;
  readonly TaskInfo: { readonly Status: string };
}

export interface GetLastOnceTaskInfoResponse {
  readonly TaskId?: number;
  readonly CollectTime?: number;
  readonly TotalCount: number;
  readonly FinishCount: number;
  readonly TaskInfo: { readonly Status?: string; readonly Progress: number; readonly Result: string };
}

export interface DescribeOnceTaskLeafRecordPageResponse {
  readonly PageInfo: PageInfo;
  readonly OnceTasks: readonly (ReturnType<typeof leafRecord> | ReturnType<typeof pullRecord>)[];
}

export interface ListUnfinishedOnceTaskResponse {
  readonly OnceTasks: readonly ReturnType<typeof unfinishedTask>[];
}

export interface DescribeOnceTaskResponse {
  readonly PageInfo: PageInfo;
  readonly TaskManageResponseList: readonly ReturnType<typeof managedTask>[];
}

export interface GenerateOnceTaskResponse {
  readonly CanCreate: boolean;
  readonly TaskId?: string;
  readonly LastTask?: string;
  readonly CollectTime: number;
  readonly TotalCount: number;
  readonly FinishCount: number;
}
