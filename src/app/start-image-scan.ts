import { LazaretError } from '#domain/error.ts';
import { taskOrigins } from '#domain/scan.ts';
import type { App, TaskRecord } from './app.ts';
import { queueImages, type ScanTaskOptions } from './create-image-scan-task.ts';

type Records = Pick<App, 'store' | 'clock'>;

export interface ScanStart extends ScanTaskOptions {
  readonly imageIds: readonly string[];
  /** Makes images known that are not yet; done only if the task may begin, and undone with it. */
  readonly register?: () => Promise<void>;
  /** Tasks of the account that somebody asked for and that may be unfinished, this one included. */
  readonly most: number;
}

/** What came of it: a new task; the newest of those that are scanning all the images already; or nothing, since the account has as many as it may. */
export type StartedScan = { readonly outcome: 'begun' | 'running'; readonly task: TaskRecord } | { readonly outcome: 'too-many-tasks' };

/** Images of which a task is looked for. */
const mostAsked = 200;
const open = ['queued', 'running'] as const;
/** What the clock begins stands in nobody's way. */
const asked = taskOrigins.filter((origin) => !origin.endsWith('timed'));

/**
 * Queues a scan of those of the images that no task is scanning, unless the account has too many tasks.
 * @throws LazaretError 'not-found' when there is no image.
 */
export async function startImageScan(app: Records, accountId: string, start: ScanStart): Promise<StartedScan> {
  const { imageIds, register, most, ...options } = start;
  if (imageIds.length === 0) throw new LazaretError('not-found', 'no image is chosen');
  const { tasks } = app.store;
  return app.store.transaction(async () => {
    const unfinished = await tasks.list({ accountId, states: open, origins: asked, offset: 0, limit: 0 });
    if (unfinished.total >= most) return { outcome: 'too-many-tasks' };
    await register?.();
    const busy = await tasks.busy(accountId, imageIds);
    const idle = imageIds.filter((id) => !busy.has(id));
    const outcome = idle.length > 0 ? 'begun' : 'running';
    const task =
      outcome === 'begun'
        ? await tasks.find(accountId, await queueImages(app, { accountId, imageIds: idle }, options))
        : (await tasks.parts({ accountId, imageIds: imageIds.slice(0, mostAsked), states: open, offset: 0, limit: 1 })).rows[0]?.task;
    if (task === undefined) throw new LazaretError('internal', 'the scan task is gone');
    return { outcome, task };
  });
}
