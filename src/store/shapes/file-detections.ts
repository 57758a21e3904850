import type { MatchPlace } from '#domain/detection.ts';
import type { Digests, FileType } from '#domain/file-entry.ts';
import type { Verdict } from '#domain/finding.ts';
import type { Listing, Page } from '../store.ts';

/** Why a file could not be judged. */
export type DetectionFailure = 'missing-file' | 'download' | 'too-large' | 'wrong-hash' | 'internal';

/** How far an archive is opened; its limits are the caller's. */
export interface UnpackBounds {
  /** Archives inside archives, the outermost counted. */
  readonly layers: number;
  /** Members judged, of all archives inside. */
  readonly files: number;
}

/** What was learned of one file, or of one member of an archive. */
export interface JudgedFile extends Digests {
  readonly sha1: string;
  readonly size: number;
  readonly fileType: FileType;
  /** The format more exactly than the type, such as `zip`, `elf64`, `php`; '' when nothing more is known. */
  readonly format: string;
  /** Where in the file detections matched, sorted; see `Detection.places`. */
  readonly places: readonly MatchPlace[];
  /** undefined when no engine found anything. */
  readonly verdict: Verdict | undefined;
  /** What was not, or not fully, looked at, as short reasons for people. */
  readonly skipped: readonly string[];
}

/** A file inside an archive. */
export interface JudgedMember extends JudgedFile {
  /** Display path inside the archive, without a leading slash; `outer.jar!/inner.class` for a member of a member. */
  readonly path: string;
}

/** What a caller asks for. */
export interface NewFileDetection {
  readonly accountId: string;
  /** MD5 or SHA-256 of the whole file, lower-case hex, as its owner announced it. */
  readonly hashKey: string;
  /** Name of its file in the folder of uploads; '' when it is to be fetched. */
  readonly file: string;
  /** Where to fetch it from; '' for an uploaded file. */
  readonly url: string;
  /** undefined: archives stay closed. */
  readonly unpack: UnpackBounds | undefined;
}

export interface FileDetection extends NewFileDetection {
  readonly id: number;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  readonly createdAt: number;
  readonly finishedAt: number | undefined;
  /** Set when the state is `failed`. */
  readonly failure: { readonly kind: DetectionFailure; readonly message: string } | undefined;
  /** Set when the state is `done`. The verdict counts the archive's members too. */
  readonly result: JudgedFile | undefined;
}

/** A detection as a worker claims it. */
export interface DetectionJob extends NewFileDetection {
  readonly id: number;
  /** How often it was claimed before. */
  readonly attempts: number;
}

export type DetectionOutcome =
  | { readonly state: 'done'; readonly result: JudgedFile; readonly members: readonly JudgedMember[] }
  | { readonly state: 'failed'; readonly kind: DetectionFailure; readonly message: string };

/** Files that were handed in one by one. An account has one detection for each hash; a later one takes the place of an earlier one. */
export interface FileDetectionStore {
  /** Queues a detection and counts the call. One with the same source and bounds that has not ended is left as it is. Returns its id. */
  submit(request: NewFileDetection, at: number): Promise<number>;
  /** By the hash they were announced with. Those whose time is up are not found. */
  find(accountId: string, hashKeys: readonly string[], at: number): Promise<ReadonlyMap<string, FileDetection>>;
  /** The newest that was judged and has this MD5 or SHA-256, whichever it was announced with. */
  findByDigest(accountId: string, digest: string, at: number): Promise<FileDetection | undefined>;
  /** Members of one archive, or of all the account's archives, in the order of the archive, newest detection first. */
  members(query: Page & { readonly accountId: string; readonly hashKey?: string; readonly at: number }): Promise<Listing<JudgedMember>>;
  /**
   * Takes the next queued detection of any account for `owner`, until `leaseUntil`. One whose lease has run out (its worker died)
   * counts as queued, but after five such ends it is failed instead. Two callers never get the same one.
   */
  claim(owner: string, at: number, leaseUntil: number): Promise<DetectionJob | undefined>;
  /** Prolongs the lease; false when another detection took its place, or another worker has it. */
  renew(owner: string, id: number, leaseUntil: number): Promise<boolean>;
  /** Gives it back to be claimed again, without counting as an end of a worker. */
  release(owner: string, id: number): Promise<void>;
  /** Ends it; what came of it is kept until `keepUntil`. False when the worker does not hold it any more, and nothing was written. */
  finish(owner: string, id: number, end: { readonly outcome: DetectionOutcome; readonly at: number; readonly keepUntil: number }): Promise<boolean>;
  /** Forgets the detections whose time is up. Returns how many. */
  removeExpired(at: number): Promise<number>;
  /** Whether a detection needs this file of the folder of uploads. */
  usesFile(file: string): Promise<boolean>;
  /** How many detections the account has asked for, ever. */
  submissions(accountId: string): Promise<number>;
}
