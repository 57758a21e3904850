import type { TaskConditions, TaskPart, TaskRecord } from '#app/app.ts';
import { type ScanState, taskOrigins } from '#domain/scan.ts';
import { bareDigest, repoId, taskId } from '../ids.ts';
import { wordedTime } from '../time.ts';

/** The one kind of task that there is, and its name. */
export const imageScan = 'IMAGE_SCAN';
/** Source of tasks that were asked for by a call that names no other. */
export const openapiSource = 'openapi';
/** Source of what the clock began. */
export const scheduleSource = 'schedule';

const timedOrigins = taskOrigins.filter((origin) => origin.endsWith('timed'));

function sourceOf({ label, origin }: TaskRecord): string {
  if (label !== '') return label;
  return timedOrigins.includes(origin) ? scheduleSource : openapiSource;
}

/** A condition on the source; tasks that other faces began have none of their own. */
export function sourceCondition(source: string | undefined): { readonly label?: NonNullable<TaskConditions['label']> } {
  if (source === undefined) return {};
  const others = taskOrigins.filter((origin) => !timedOrigins.includes(origin));
  return { label: { text: source, origins: source === scheduleSource ? timedOrigins : source === openapiSource ? others : [] } };
}

/** Status in words, and in numbers: 0 pending, 1 started, 2 done, 3 failed, 4 timed out. What was cancelled has failed. */
const statuses: Record<ScanState, { readonly text: 'INIT' | 'START' | 'SUCCESS' | 'FAIL' | 'TIMEOUT'; readonly number: number }> = {
  queued: { text: 'INIT', number: 0 },
  running: { text: 'START', number: 1 },
  done: { text: 'SUCCESS', number: 2 },
  failed: { text: 'FAIL', number: 3 },
  cancelled: { text: 'FAIL', number: 3 },
  timeout: { text: 'TIMEOUT', number: 4 },
};

export function statusText(state: ScanState): string {
  return statuses[state].text;
}

export function statusNumber(state: ScanState): number {
  return statuses[state].number;
}

const otherWords: Readonly<Record<string, ScanState>> = {
  PROCESSING: 'running',
  MESSAGE_SEND: 'running',
  PRE_ANALYZER: 'running',
  TIMOUT: 'timeout',
};

/** The states that a status stands for, in words or as a number; none for what is no status. */
export function statesOf(status: string): readonly ScanState[] {
  const word = status.toUpperCase();
  const other = Object.hasOwn(otherWords, word) ? otherWords[word] : undefined;
  if (other !== undefined) return [other];
  return (Object.keys(statuses) as ScanState[]).filter((state) => statuses[state].text === word || String(statuses[state].number) === word);
}

/** ResultInfo: what became of it; '' while nothing has. */
export function resultInfo(state: ScanState, error: string): string {
  if (state === 'queued' || state === 'running') return '';
  if (state === 'failed' && error !== '') return error;
  return state === 'cancelled' ? 'CANCELLED' : statusText(state);
}

function digestOf({ place, image, imageId }: TaskPart): string {
  const known = [place?.digest, image?.image.digest].find((digest) => digest !== undefined && digest !== '');
  return bareDigest(known ?? imageId);
}

interface TaskImageInfo {
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
}

function taskImageInfo(part: TaskPart): TaskImageInfo {
  const { image, place } = part;
  const region = place?.registry?.region ?? '';
  return {
    RepoId: repoId(place?.repository.id ?? image?.repository.id ?? 0),
    RepoName: place?.repository.name ?? image?.repository.name ?? '',
    RepoNamespace: place?.repository.namespace ?? image?.repository.namespace ?? '',
    RepoRegionId: region,
    RegionId: region,
    Tag: place?.tag ?? image?.repository.tag ?? '',
    Digest: digestOf(part),
    Image: image?.image.reference ?? '',
    // Images are not known by the clusters and nodes that they run on.
    ClusterId: '',
    ClusterName: '',
    AppName: '',
    Pod: '',
    NodeName: '',
    NodeIp: '',
    NodeInstanceId: '',
  };
}

/** What every file of an image is looked at for, in one pass. */
const stages = ['binary', 'script', 'webshell'] as const;

function costTimeInfo({ state, finishedAt }: TaskPart, zoneMinutes: number): string {
  if (state !== 'done' || finishedAt === undefined) return '{}';
  return JSON.stringify(Object.fromEntries(stages.map((stage) => [stage, wordedTime(finishedAt, zoneMinutes)])));
}

/** An image of a task, as the two calls that list them have it in common. Times are there once they are known. */
function onceTask(part: TaskPart) {
  const { task, state, startedAt, finishedAt } = part;
  const isEnded = state !== 'queued' && state !== 'running';
  return {
    TaskId: taskId(task.id),
    TaskName: imageScan,
    TaskType: imageScan,
    Target: digestOf(part),
    TargetType: 'IMAGE',
    StatusText: statusText(state),
    Progress: part.progress,
    Finish: isEnded ? 1 : 0,
    ResultInfo: resultInfo(state, part.error),
    StartTime: task.createdAt,
    ...(startedAt === undefined ? {} : { RealRunTime: startedAt }),
    ...(finishedAt === undefined ? {} : { EndTime: finishedAt }),
  };
}

/** A row of DescribeOnceTaskLeafRecordPage; with `related` also where the image is kept. Counts are those of the whole task. */
export function leafRecord(part: TaskPart, options: { readonly related: boolean; readonly zoneMinutes: number }) {
  const { task, state } = part;
  return {
    ...onceTask(part),
    Status: String(statusNumber(state)),
    FinishCount: String(task.ended),
    TotalCount: String(task.total),
    ...(options.related
      ? { TaskImageInfo: { RegistryType: part.place?.registry?.kind ?? '', ...taskImageInfo(part), CostTimeInfo: costTimeInfo(part, options.zoneMinutes) } }
      : {}),
  };
}

/** A row of ListUnfinishedOnceTask. */
export function unfinishedTask(part: TaskPart) {
  const { task, state } = part;
  return { ...onceTask(part), Status: statusNumber(state), FinishCount: task.ended, TotalCount: task.total, TaskImageInfo: taskImageInfo(part) };
}

/** Status of the latest scan of an image; TIMOUT is the vendor's spelling. */
const latestStatuses: Record<ScanState, string> = {
  queued: 'START',
  running: 'PROCESSING',
  done: 'SUCCESS',
  failed: 'FAIL',
  cancelled: 'FAIL',
  timeout: 'TIMOUT',
};

/** More images than this are in no task. */
const positions = 100_000;

/** A row of DescribeImageLatestScanTask. */
export function latestTask(part: TaskPart, zoneMinutes: number) {
  const { task, startedAt, finishedAt, state } = part;
  return {
    Id: Number(task.id) * positions + part.position,
    TaskId: taskId(task.id),
    Name: imageScan,
    TaskType: imageScan,
    Target: digestOf(part),
    TargetType: 'IMAGE',
    Source: sourceOf(task),
    Status: latestStatuses[state],
    Create: wordedTime(task.createdAt, zoneMinutes),
    Modified: wordedTime(finishedAt ?? startedAt ?? task.createdAt, zoneMinutes),
    StartTime: startedAt ?? task.createdAt,
    ...(finishedAt === undefined ? {} : { FinishTime: finishedAt }),
    Finish: task.ended,
  };
}

/** A row of DescribeOnceTask. */
export function managedTask(task: TaskRecord) {
  const { state, total, ended, succeeded, infected } = task;
  return {
    TaskId: taskId(task.id),
    TaskName: imageScan,
    TaskType: imageScan,
    TaskStatus: statusNumber(state),
    TaskStatusText: statusText(state),
    Progress: `${task.progress}%`,
    SuccessCount: succeeded,
    FailCount: ended - succeeded,
    TaskStartTime: task.startedAt ?? task.createdAt,
    ...(task.finishedAt === undefined ? {} : { TaskEndTime: task.finishedAt }),
    ResultInfo: resultInfo(state, ''),
    DetailData: JSON.stringify({ source: sourceOf(task), totalCount: total, finishCount: ended, successCount: succeeded, infectedCount: infected }),
  };
}
