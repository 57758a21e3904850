import type { ImageScope, TaskRecord } from '#app/app.ts';
import { chooseImages } from '#app/choose-images.ts';
import type { FoundImages } from '#app/find-registry-images.ts';
import { startImageScan } from '#app/start-image-scan.ts';
import type { Call } from '../../operation.ts';
import { taskId } from '../ids.ts';
import { openapiSource } from './task-shapes.ts';

/** Tasks that may be unfinished at one time, as the vendor has it. */
const mostTasks = 10;
/** No call names a time within which a task must be done. */
const timeoutSeconds = 24 * 3600;

/** What is to be scanned: images that a scope selects, or those that were found. */
type Wanted = { readonly scope: ImageScope } | FoundImages;

/** Begins a scan where it may begin. */
export async function startTask({ app, accountId }: Call, wanted: Wanted, label = openapiSource) {
  const found = 'scope' in wanted ? { imageIds: await chooseImages(app, accountId, { filter: { scope: wanted.scope }, except: [] }) } : wanted;
  return { asked: found.imageIds.length, ...(await startImageScan(app, accountId, { ...found, label, most: mostTasks, timeoutSeconds })) };
}

/** `Data` of the calls that begin a scan. Where none may begin, there is no task to tell of. */
export interface CreatedTask {
  readonly TaskId?: string;
  readonly CanCreate: boolean;
  readonly Status?: string;
  readonly Result?: string;
  readonly Progress: number;
  readonly TotalCount: number;
  readonly FinishCount: number;
  readonly CollectTime: number;
  readonly ExecTime?: number;
}

export function createdTask(started: Awaited<ReturnType<typeof startTask>>, now: number): CreatedTask {
  if (started.outcome === 'too-many-tasks') return { CanCreate: false, Progress: 0, TotalCount: started.asked, FinishCount: 0, CollectTime: now };
  return taskFacts(started.task, started.outcome === 'begun' ? 'SUCCESS' : repeatResult);
}

/** Result where all images are being scanned already; the vendor has the word for single images. */
const repeatResult = 'forbid_create_repeat_task';

const statuses: Record<TaskRecord['state'], string> = {
  queued: 'INIT',
  running: 'PRE_ANALYZER',
  done: 'SUCCESS',
  failed: 'FAIL',
  cancelled: 'FAIL',
  timeout: 'FAIL',
};

function taskFacts({ id, state, progress, total, ended, createdAt, startedAt }: TaskRecord, result: string): CreatedTask {
  return {
    TaskId: taskId(id),
    CanCreate: true,
    Status: statuses[state],
    Result: result,
    Progress: progress,
    TotalCount: total,
    FinishCount: ended,
    CollectTime: createdAt,
    ...(startedAt === undefined ? {} : { ExecTime: startedAt }),
  };
}
