import type { Image } from '#domain/image.ts';
import type { ScanState, TaskOrigin } from '#domain/scan.ts';
import type { ImageRecord, ImageSource, Listing, Page } from '../store.ts';
import type { RepositoryImage } from './repositories.ts';

/** A request to scan images, made by an API call. One row per image carries that image's part. */
export interface TaskRecord {
  readonly accountId: string;
  /** Decimal text. */
  readonly id: string;
  readonly createdAt: number;
  /** When a worker took its first image; undefined until then. */
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly state: ScanState;
  readonly origin: TaskOrigin;
  /** What its owner calls where it came from; ''. */
  readonly label: string;
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
  /** Place in the task, from 0. */
  readonly position: number;
  readonly imageId: string;
  readonly source: ImageSource;
  /** Of the image as it is known. */
  readonly known: Pick<Image, 'reference' | 'digest'> & Pick<ImageRecord, 'local'>;
  /** When the whole task must have ended. */
  readonly deadline: number;
}

/** One image of a task, as its owner looks at it. */
export interface TaskPart {
  readonly task: TaskRecord;
  /** Place in the task, from 0. */
  readonly position: number;
  readonly imageId: string;
  /** undefined when the image is no longer known. */
  readonly image: ImageRecord | undefined;
  /** As of `AffectedImage`. */
  readonly place: RepositoryImage | undefined;
  readonly state: ScanState;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** 0 to 100. */
  readonly progress: number;
  /** Why it failed; ''. */
  readonly error: string;
}

/** Conditions on tasks; all must hold. */
export interface TaskConditions {
  readonly accountId: string;
  readonly taskIds?: readonly string[];
  readonly states?: readonly ScanState[];
  /** Created in this time, ends included. */
  readonly from?: number;
  readonly until?: number;
  readonly origins?: readonly TaskOrigin[];
  /** With this label, or with none and of one of the origins. */
  readonly label?: { readonly text: string; readonly origins: readonly TaskOrigin[] };
}

export type TaskQuery = TaskConditions & Page;

/** `states` are those of the images. */
export interface TaskPartQuery extends TaskConditions, Page {
  readonly imageIds?: readonly string[];
  /** Of the image's manifest, or its id, with or without `sha256:`. */
  readonly digests?: readonly string[];
}

export interface NewTask {
  readonly timeoutSeconds: number;
  readonly at: number;
  readonly origin?: TaskOrigin;
  readonly label?: string;
}

export interface TaskStore {
  /** @throws LazaretError 'conflict' when one of the images is already queued or running. */
  create(accountId: string, imageIds: readonly string[], options: NewTask): Promise<string>;
  find(accountId: string, taskId: string): Promise<TaskRecord | undefined>;
  /** The newest task of these origins; without them, of any. */
  latest(accountId: string, origins?: readonly TaskOrigin[]): Promise<TaskRecord | undefined>;
  /** Those of the images that are queued or running. */
  busy(accountId: string, imageIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Newest first. */
  list(query: TaskQuery): Promise<Listing<TaskRecord>>;
  /** Images of tasks, those of the newest task first, in the order in which they are scanned. */
  parts(query: TaskPartQuery): Promise<Listing<TaskPart>>;
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
