import { LazaretError } from '#domain/error.ts';
import type { TaskOrigin } from '#domain/scan.ts';
import type { App, TaskRecord } from './app.ts';

/** The task of this id. @throws LazaretError 'not-found' when the account has no such task. */
export async function describeImageScanTask(app: App, accountId: string, taskId: string): Promise<TaskRecord> {
  const task = await app.store.tasks.find(accountId, taskId);
  if (task === undefined) throw new LazaretError('not-found', `no scan task ${taskId}`);
  return task;
}

/** The account's latest scan task of these origins; undefined when there never was one. */
export async function describeLatestImageScanTask(app: App, accountId: string, origins: readonly TaskOrigin[]): Promise<TaskRecord | undefined> {
  return app.store.tasks.latest(accountId, origins);
}

/**
 * Seconds until the task ends, by what it did so far, and never beyond its deadline; 0 when it has ended.
 * While nothing is done yet, the time left to the deadline.
 */
export function remainingSeconds(task: TaskRecord, now: number): number {
  if (task.finishedAt !== undefined) return 0;
  const untilDeadline = Math.max(0, task.createdAt / 1000 + task.timeoutSeconds - now / 1000);
  if (task.progress <= 0) return Math.ceil(untilDeadline);
  const elapsed = Math.max(0, now - task.createdAt) / 1000;
  const left = (elapsed * (100 - Math.min(100, task.progress))) / task.progress;
  return Math.ceil(Math.min(left, untilDeadline));
}
