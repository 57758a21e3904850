import type { FindingQuery, ImageQuery, Listing, Page, RepositoryImageQuery } from '../store.ts';

/** Where the exported rows come from, as their owner sees it. */
export type ExportSource = 'local' | 'registry';

export type ExportState = 'queued' | 'running' | 'done' | 'failed';

/** What a column of exported findings can hold. */
export type FindingField =
  | 'path'
  | 'fileName'
  | 'fileType'
  | 'name'
  | 'severity'
  | 'tags'
  | 'description'
  | 'advice'
  | 'size'
  | 'firstSeen'
  | 'lastSeen'
  | 'md5'
  | 'engines';

/** What a column of exported images can hold; `fixed` is the same for all. */
export type ImageField =
  | 'id'
  | 'reference'
  | 'digest'
  | 'created'
  | 'size'
  | 'osName'
  | 'scanState'
  | 'scanError'
  | 'scanTime'
  | 'findings'
  | 'infected'
  | 'hosts'
  | 'latest'
  | 'fixed';

/** What a column of exported images of registries can hold besides; `manifest` is the digest that the tag names. */
export type RepositoryImageField =
  | ImageField
  | 'placeId'
  | 'registryId'
  | 'registryName'
  | 'registryKind'
  | 'region'
  | 'namespace'
  | 'repository'
  | 'tag'
  | 'address'
  | 'manifest'
  | 'progress'
  | 'remainingSeconds'
  | 'scanStarted'
  | 'scanFinished';

/** A column: what stands above it, what it holds, and the words that stand for values from a fixed list (truth is `true` and `false`). */
export interface ExportColumn<Field extends string> {
  readonly heading: string;
  readonly field: Field;
  readonly words?: Readonly<Record<string, string>>;
  /** Stands where there is no text, and in fields of the kind `fixed`. */
  readonly otherwise?: string | number;
}

/** Which rows, in which order. Without a limit all from `offset` on. */
type Rows<Query extends Page> = Omit<Query, 'accountId' | 'limit'> & { readonly limit?: number };

interface ExportForm {
  /** Name of the sheet in the file. */
  readonly title: string;
  readonly language: 'en' | 'zh';
  /** Minutes east of UTC, for times. */
  readonly zoneMinutes: number;
}

export interface FindingExport extends ExportForm {
  readonly rows: 'findings';
  readonly columns: readonly ExportColumn<FindingField>[];
  readonly query: Rows<FindingQuery>;
}

export interface ImageExport extends ExportForm {
  readonly rows: 'images';
  readonly columns: readonly ExportColumn<ImageField>[];
  /** undefined where the conditions name a trait that no image has. */
  readonly query: Rows<ImageQuery> | undefined;
}

export interface RepositoryImageExport extends ExportForm {
  readonly rows: 'repository images';
  readonly columns: readonly ExportColumn<RepositoryImageField>[];
  /** As of `ImageExport`. */
  readonly query: Rows<RepositoryImageQuery> | undefined;
}

/** Everything that a file is made of, in our words, so that whoever writes it needs to know nothing of the face that asked. */
export type ExportRequest = FindingExport | ImageExport | RepositoryImageExport;

export interface NewExportJob {
  readonly accountId: string;
  readonly source: ExportSource;
  /** Name of the file that its owner gets. */
  readonly name: string;
  readonly request: ExportRequest;
  /** When the job and its file go. */
  readonly expiresAt: number;
}

export interface ExportJob extends NewExportJob {
  /** 32 hex digits that nobody can guess. */
  readonly id: string;
  readonly state: ExportState;
  /** 0 to 100. */
  readonly progress: number;
  /** Why it failed; ''. */
  readonly failure: string;
  readonly createdAt: number;
  readonly finishedAt: number | undefined;
}

export interface ExportJobQuery extends Page {
  readonly accountId: string;
  readonly states?: readonly ExportState[];
  readonly sources?: readonly ExportSource[];
  /** By the time of creation. */
  readonly order: 'asc' | 'desc';
  /** Jobs whose time is up are not listed. */
  readonly at: number;
}

export interface ExportStore {
  /** Queues a job and returns its id. @throws LazaretError 'limit' when the account has 50 jobs that have not ended, or 1,000 in all. */
  create(job: NewExportJob, at: number): Promise<string>;
  find(accountId: string, id: string): Promise<ExportJob | undefined>;
  /** Of whichever account: for links, which are good without a key. */
  findLinked(id: string): Promise<ExportJob | undefined>;
  list(query: ExportJobQuery): Promise<Listing<ExportJob>>;
  /**
   * Takes the next queued job of any account for `owner`, until `leaseUntil`. One whose lease has run out (its worker died) counts as queued, but
   * after three such ends it fails instead. Two callers never get the same one.
   */
  claim(owner: string, at: number, leaseUntil: number): Promise<ExportJob | undefined>;
  /** Prolongs the lease and tells how far it is; false when another worker has it, or it is gone. */
  renew(owner: string, id: string, state: { readonly leaseUntil: number; readonly progress: number }): Promise<boolean>;
  /** Gives it back to be claimed again, without counting as an end of a worker. */
  release(owner: string, id: string): Promise<void>;
  /** Ends it; without a failure it is done. False when the worker does not hold it any more, and nothing was written. */
  finish(owner: string, id: string, end: { readonly failure: string | undefined; readonly at: number }): Promise<boolean>;
  /** Forgets the jobs whose time is up. Returns how many. */
  removeExpired(at: number): Promise<number>;
  /** Whether a file of this job is still wanted. */
  isKept(id: string): Promise<boolean>;
}
