import type { App, ImageScanState, RepositoryImage, TaskRecord } from './app.ts';
import { scanStateOf } from './app.ts';
import { describeLatestImageScanTask, remainingSeconds } from './describe-image-scan-task.ts';
import type { RepositoryImageName } from './find-repository-image.ts';
import { findRepositoryImages } from './find-repository-image.ts';
import { describeRegistryScanTask } from './stop-repository-scan.ts';

export interface RepositoryScanRequest {
  readonly taskId?: string;
  /** Images whose own progress is told; without a task it is theirs alone that counts. */
  readonly named?: readonly RepositoryImageName[];
  /** Tells the progress of the first 1,000 images of the task. */
  readonly all: boolean;
}

export interface RepositoryScanProgress {
  readonly state: ImageScanState;
  readonly total: number;
  readonly ended: number;
  readonly succeeded: number;
  readonly infected: number;
  /** 0 to 100. */
  readonly progress: number;
  readonly remainingSeconds: number;
  readonly images: readonly ImageProgress[];
}

export interface ImageProgress {
  readonly place: RepositoryImage;
  readonly state: ImageScanState;
  /** 0 to 100. */
  readonly progress: number;
}

const mostTold = 1000;
const pageSize = 200;

/**
 * How far a scan of images of registries is: a task, else the named images, else the latest task; undefined when there never was one.
 * @throws LazaretError 'not-found' when the task or a named image does not exist.
 */
export async function describeRepositoryScan(app: App, accountId: string, request: RepositoryScanRequest): Promise<RepositoryScanProgress | undefined> {
  const { taskId, named, all } = request;
  const places = named === undefined ? undefined : await findRepositoryImages(app, accountId, { images: named, mayLack: false });
  if (taskId === undefined && places !== undefined) return progressOf(places);
  const task = taskId === undefined ? await describeLatest(app, accountId) : await describeRegistryScanTask(app, accountId, taskId);
  if (task === undefined) return undefined;
  return {
    state: task.state,
    total: task.total,
    ended: task.ended,
    succeeded: task.succeeded,
    infected: task.infected,
    progress: task.finishedAt === undefined ? Math.max(0, Math.min(99, Math.floor(task.progress))) : 100,
    remainingSeconds: remainingSeconds(task, app.clock()),
    images: places === undefined ? (all ? await imagesOf(app, task) : []) : await partsOf(app, task, places),
  };
}

/** The latest task that somebody asked for, else the latest that the clock began. */
async function describeLatest(app: App, accountId: string): Promise<TaskRecord | undefined> {
  const asked = await describeLatestImageScanTask(app, accountId, ['registry', 'registry-one-click']);
  return asked ?? (await describeLatestImageScanTask(app, accountId, ['registry-timed']));
}

/** The task's parts of these images. */
async function partsOf(app: App, { accountId, id: taskId }: TaskRecord, places: readonly RepositoryImage[]): Promise<readonly ImageProgress[]> {
  const told: ImageProgress[] = [];
  for (let index = 0; index < places.length; index += pageSize) {
    const page = places.slice(index, index + pageSize);
    const imageIds = [...new Set(page.map(({ image }) => image.image.id))];
    const { rows } = await app.store.tasks.parts({ accountId, taskIds: [taskId], imageIds, offset: 0, limit: pageSize });
    const parts = new Map(rows.map((row) => [row.imageId, row]));
    for (const place of page) {
      const part = parts.get(place.image.image.id);
      if (part !== undefined) told.push({ place, state: part.state, progress: Math.floor(part.progress) });
    }
  }
  return told;
}

/** The first parts of the task. */
async function imagesOf(app: App, { accountId, id: taskId, total }: TaskRecord): Promise<readonly ImageProgress[]> {
  const told: ImageProgress[] = [];
  for (let offset = 0; offset < Math.min(mostTold, total); offset += pageSize) {
    const { rows } = await app.store.tasks.parts({ accountId, taskIds: [taskId], offset, limit: pageSize });
    const places = await placesByImage(
      app,
      accountId,
      rows.map(({ imageId }) => imageId),
    );
    for (const { imageId, state, progress } of rows) {
      const place = places.get(imageId);
      if (place !== undefined) told.push({ place, state, progress: Math.floor(progress) });
    }
  }
  return told;
}

/** For each image the place in a registry where it was seen last. */
async function placesByImage(app: App, accountId: string, imageIds: readonly string[]): Promise<ReadonlyMap<string, RepositoryImage>> {
  const places = new Map<string, RepositoryImage>();
  const query = { accountId, imageIds, ofRegistry: true, current: false, by: 'lastSeen', order: 'desc', limit: pageSize } as const;
  for (let offset = 0; places.size < imageIds.length; offset += pageSize) {
    const { rows } = await app.store.repositories.images({ ...query, offset });
    for (const row of rows) if (!places.has(row.image.image.id)) places.set(row.image.image.id, row);
    if (rows.length < pageSize) break;
  }
  return places;
}

const busyStates: readonly ImageScanState[] = ['queued', 'running'];
/** How several images ended: the first of these that one of them has. */
const ends = ['done', 'timeout', 'failed', 'cancelled', 'never'] as const;

function progressOf(places: readonly RepositoryImage[]): RepositoryScanProgress {
  const images = places.map((place) => {
    const state = scanStateOf(place.image);
    return { place, state, progress: state === 'done' ? 100 : Math.floor(place.image.scan?.progress ?? 0) };
  });
  const busy = images.filter(({ state }) => busyStates.includes(state));
  const ended = images.filter(({ state }) => state !== 'never' && !busyStates.includes(state));
  const sum = ended.length * 100 + busy.reduce((total, { progress }) => total + progress, 0);
  const mean = images.length === 0 ? 0 : Math.floor(sum / images.length);
  return {
    state:
      busy.length > 0
        ? busy.some(({ state }) => state === 'running')
          ? 'running'
          : 'queued'
        : (ends.find((end) => images.some(({ state }) => state === end)) ?? 'never'),
    total: images.length,
    ended: ended.length,
    succeeded: images.filter(({ state }) => state === 'done').length,
    infected: ended.filter(({ place }) => place.image.visibleFindings > 0).length,
    progress: busy.length > 0 ? Math.min(99, mean) : mean,
    remainingSeconds: Math.max(0, ...busy.map(({ place }) => Math.ceil(place.image.scan?.remainingSeconds ?? 0))),
    images,
  };
}
