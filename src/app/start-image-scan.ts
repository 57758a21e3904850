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

/** What came of it: a task, or nothing, since the account has as many as it may, or since every image is being scanned already. */
export type StartedScan = { readonly task: TaskRecord } | { readonly refused: 'too-many-tasks' | 'all-busy' };

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
    if (unfinished.total >= most) return { refused: 'too-many-tasks' };
    await register?.();
    const busy = await tasks.busy(accountId, imageIds);
    const idle = imageIds.filter((id) => !busy.has(id));
    if (idle.length === 0) return { refused: 'all-busy' };
    const task = await tasks.find(accountId, await queueImages(app, { accountId, imageIds: idle }, options));
    if (task === undefined) throw new LazaretError('internal', 'the scan task is gone');
    return { task };
  });
}
