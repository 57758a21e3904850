import type { Image } from '#domain/image.ts';
import type { ScanState, TaskOrigin } from '#domain/scan.ts';
import type { ImageRecord, ImageSource } from '../store.ts';

/** A request to scan images, made by an API call. One row per image carries that image's part. */
export interface TaskRecord {
  readonly accountId: string;
  /** Decimal text. */
  readonly id: string;
  readonly createdAt: number;
  readonly finishedAt: number | undefined;
  readonly state: ScanState;
  readonly origin: TaskOrigin;
  readonly timeoutSeconds: number;
  readonly total: number;
  /** Images whose scan has ended, in whichever state. */
  readonly ended: number;
  /** Images scanned to the end without failure. */
  readonly succeeded: number;
  /** Images with visible findings among those that ended. */
  readonly infected: number;
  /** 0 to 100, counting the progress of images that are being scanned. */
  readonly progress: number;
}

/** One image of a task, as a worker claims it. */
export interface TaskImage {
  readonly accountId: string;
  readonly taskId: string;
  readonly imageId: string;
  readonly source: ImageSource;
  /** Of the image as it is known. */
  readonly known: Pick<Image, 'reference' | 'digest'> & Pick<ImageRecord, 'local'>;
  /** When the whole task must have ended. */
  readonly deadline: number;
}

export interface TaskStore {
  /** @throws LazaretError 'conflict' when one of the images is already queued or running. */
  create(
    accountId: string,
    imageIds: readonly string[],
    options: { readonly timeoutSeconds: number; readonly at: number; readonly origin?: TaskOrigin },
  ): Promise<string>;
  find(accountId: string, taskId: string): Promise<TaskRecord | undefined>;
  /** The newest task of these origins; without them, of any. */
  latest(accountId: string, origins?: readonly TaskOrigin[]): Promise<TaskRecord | undefined>;
  /**
   * Takes the next queued image of any account, for `owner`, until `leaseUntil`. An image whose lease has run out (its worker
   * died) counts as queued. Two callers never get the same one.
   */
  claim(owner: string, at: number, leaseUntil: number): Promise<TaskImage | undefined>;
  /** Prolongs the lease; false when the image was cancelled or taken away, and the worker must stop. */
  renew(owner: string, image: TaskImage, leaseUntil: number): Promise<boolean>;
  finish(owner: string, image: TaskImage, state: Exclude<ScanState, 'queued' | 'running'>, at: number): Promise<void>;
  /** Cancels queued and running images of a task (all, or only `imageIds`). Returns how many. Their `ImageScan.state` becomes 'cancelled'. */
  cancel(accountId: string, taskId: string | undefined, imageIds: readonly string[] | undefined, at: number): Promise<number>;
}
