import type { Detection } from '#domain/detection.ts';
import type { Digests, FileEntry, FileType } from '#domain/file-entry.ts';
import type { Finding, Skipped } from '#domain/finding.ts';
import type { HandlingState } from '#domain/handling.ts';
import type { Image } from '#domain/image.ts';
import type { ScanState, ScanStats } from '#domain/scan.ts';
import type { Severity } from '#domain/severity.ts';
import type { AccountStore, AuditStore, KeyStore, PolicyStore } from './shapes/accounts.ts';
import type { ExportStore } from './shapes/exports.ts';
import type { FileDetectionStore } from './shapes/file-detections.ts';
import type { InsideArchives, KnownContent, NestedStore } from './shapes/nested.ts';
import type { NonceStore } from './shapes/nonces.ts';
import type { ImageScope, RegistryStore, RepositoryStore } from './shapes/repositories.ts';
import type { AllowRuleStore, SampleStore } from './shapes/samples.ts';
import type { ScanSettingStore } from './shapes/scan-settings.ts';
import type { TaskStore } from './shapes/tasks.ts';

export type * from './shapes/accounts.ts';
export type * from './shapes/exports.ts';
export type * from './shapes/file-detections.ts';
export type * from './shapes/nested.ts';
export type * from './shapes/nonces.ts';
export type * from './shapes/repositories.ts';
export type * from './shapes/samples.ts';
export type * from './shapes/scan-settings.ts';
export type * from './shapes/tasks.ts';

/**
 * Everything Lazaret remembers. Times are milliseconds since 1970; digests lower-case hex, with `sha256:` before them
 * where they name an image, a manifest or a layer. Facts about contents and layers belong to nobody; all the rest
 * belongs to an account, and no call crosses from one account to another.
 */
export interface Store {
  readonly accounts: AccountStore;
  readonly keys: KeyStore;
  readonly policies: PolicyStore;
  readonly audit: AuditStore;
  readonly nonces: NonceStore;
  readonly contents: ContentStore;
  readonly nested: NestedStore;
  readonly layers: LayerStore;
  readonly images: ImageStore;
  readonly tasks: TaskStore;
  readonly registries: RegistryStore;
  readonly repositories: RepositoryStore;
  readonly samples: SampleStore;
  readonly allowRules: AllowRuleStore;
  readonly fileDetections: FileDetectionStore;
  readonly scanSettings: ScanSettingStore;
  readonly exports: ExportStore;
  /** A number that differs from an earlier one whenever any process may have changed the data since. Cheap enough to ask on every request. */
  version(): Promise<number>;
  /** Returns once a power cut would lose nothing of what is committed now. */
  flush(): Promise<void>;
  /** Runs `work` in one transaction: all of it is kept or none. Nested calls join the outer transaction. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

// ---------------------------------------------------------------- contents

/** What is known of a content; `md5` and `sha1` are '' where nobody has asked for them yet. `detections` has an entry for every engine fingerprint that judged it: its detections, none when clean. */
export interface ContentRecord extends Digests {
  readonly sha1: string;
  readonly size: number;
  readonly fileType: FileType;
  readonly verdicts: ReadonlyMap<string, readonly Detection[]>;
}

export interface ContentStore {
  /** Those of the contents that are known, with the verdicts of the given engine fingerprints. */
  find(sha256s: readonly string[], engines: readonly string[]): Promise<ReadonlyMap<string, ContentRecord>>;
  /** Adds or completes contents; verdicts are added to those known. */
  save(records: readonly ContentRecord[]): Promise<void>;
}

// ---------------------------------------------------------------- layers

/** A row of a layer's inventory. Only files and resolved hard links have a content. */
export interface LayerEntry extends FileEntry {
  /** Place in the tar, from 0: a later entry of the same path replaces an earlier one. */
  readonly ordinal: number;
  /** SHA-256 of the content; undefined for what has none or was not hashed. */
  readonly sha256: string | undefined;
}

/** Detections that depend on the path, kept per place. */
export interface PlaceDetections {
  readonly ordinal: number;
  readonly path: string;
  readonly engine: string;
  readonly detections: readonly Detection[];
}

/** What a finished layer says without being read again. */
export interface LayerRecord {
  readonly id: number;
  readonly diffId: string;
  readonly files: number;
  readonly contents: number;
  readonly bytes: number;
  /** From the layer's os-release file; '' when it has none. */
  readonly osName: string;
  readonly skipped: readonly Skipped[];
  /** Engine fingerprints that looked at all of it. */
  readonly engines: ReadonlySet<string>;
}

export interface LayerStore {
  /** A finished layer; undefined when it was never read to its end. */
  find(diffId: string): Promise<LayerRecord | undefined>;
  /** Starts (or starts again, dropping what an interrupted run left) the inventory of a layer and returns its id. */
  begin(diffId: string): Promise<number>;
  /** Appends to the inventory. Contents named here must have been saved, or be saved before `finish`. */
  add(layerId: number, entries: readonly LayerEntry[]): Promise<void>;
  addPlaceDetections(layerId: number, rows: readonly PlaceDetections[]): Promise<void>;
  /** Resolves hard links inside the layer and marks it finished for these engines. */
  finish(layerId: number, summary: Omit<LayerRecord, 'id' | 'diffId'>): Promise<void>;
  /** Drops an inventory that will not be finished, once nobody asks for its places any more. A finished one stays. */
  abandon(layerId: number): Promise<void>;
  /** Marks a finished layer as looked at by one more engine (digest engines judge from the inventory alone). */
  addEngine(layerId: number, engine: string): Promise<void>;
  /** Contents of a finished layer in pages by id, for engines that judge by digest. `after` is the last id seen, 0 at first. */
  contents(layerId: number, after: number, limit: number): Promise<readonly KnownContent[]>;
  /**
   * All places in the flattened image where a content or place has detections of the given engines, hidden ones included: `layerIds` are the
   * image's layers, lowest first. A place is hidden when a later layer has a whiteout of it or of an ancestor, an opaque marker in an ancestor,
   * another entry at the same path, or something that is no directory at an ancestor; inside one layer, when a later entry has the same path. A
   * hidden and a visible row of the same path, layer and content count as one, visible. Sorted by path, then layer, then content. Inventories that are still being filled are looked at as far as they go. With `inside`, what is detected inside archives is a
   * place too, hidden where the outermost archive is.
   */
  places(layerIds: readonly number[], engines: readonly string[], inside?: InsideArchives): Promise<readonly Place[]>;
  /** Finished layers that hold a content, also inside an archive: the images a new bad hash concerns. */
  holding(sha256: string): Promise<readonly string[]>;
}

/** A content with detections at a path of a layer. */
export interface Place extends Digests {
  readonly sha1: string;
  readonly layerId: number;
  /** Raw path (see `FileEntry.path`); with `!/` between an archive and what lies in it. */
  readonly path: string;
  readonly size: number;
  readonly fileType: FileType;
  readonly hidden: boolean;
  readonly detections: readonly Detection[];
}

// ---------------------------------------------------------------- images and their findings

/** How the image can be read again. */
export interface ImageSource {
  /** The target as given, with a file path made absolute. */
  readonly target: string;
  readonly platform: string;
  readonly insecure: boolean;
}

export interface ImageRecord {
  readonly accountId: string;
  readonly image: Image;
  readonly source: ImageSource;
  /** From the image's os-release file, such as `Debian GNU/Linux 12 (bookworm)`; '' when unknown. */
  readonly osName: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly scan: ImageScan | undefined;
  /** Where it is kept, by the reference it was saved under last; `registryId` 0 for none that is registered. */
  readonly repository: { readonly id: number; readonly registryId: number; readonly namespace: string; readonly name: string; readonly tag: string };
  /** False for an image that only a sync of a registry has seen. */
  readonly local: boolean;
  /** Hosts on which it was scanned from an archive or a layout. */
  readonly hosts: number;
  /** When it was last scanned to its end. */
  readonly scannedAt: number | undefined;
  /** Open findings that a container would see, and all of them. */
  readonly visibleFindings: number;
  readonly findings: number;
}

/** The latest scan of an image. */
export interface ImageScan {
  readonly state: ScanState;
  readonly startedAt: number;
  readonly finishedAt: number | undefined;
  /** 0 to 100. */
  readonly progress: number;
  /** Seconds left by estimate; 0 when done or unknown. */
  readonly remainingSeconds: number;
  /** Why it failed; ''. */
  readonly error: string;
  /** False when anything was skipped. */
  readonly complete: boolean;
  readonly stats: ScanStats | undefined;
}

export interface FindingRecord extends Finding {
  readonly id: number;
  readonly sha1: string;
  readonly imageId: string;
  readonly state: HandlingState;
  readonly firstSeen: number;
  /** When a scan saw it last. */
  readonly lastSeen: number;
  /** When a whole scan of this image, or of the one that took its tag, last looked whether it is still there. */
  readonly verifiedAt: number;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface Listing<T> {
  readonly total: number;
  readonly rows: readonly T[];
}

/** All given conditions must hold (AND); inside one, any value will do (OR). Text conditions match a part, without regard to case, unless `exact`. */
export interface ImageQuery extends Page, ImageConditions {
  readonly accountId: string;
  readonly by: 'lastSeen' | 'created' | 'size' | 'name' | 'scanTime' | 'findings' | 'hosts';
  readonly order: 'asc' | 'desc';
}

export interface ImageConditions {
  readonly ids?: TextCondition;
  readonly names?: TextCondition;
  /** Name or id contains. */
  readonly keywords?: TextCondition;
  /** 'never' selects images without a scan. */
  readonly scanStates?: readonly (ScanState | 'never')[];
  /** True: only images with visible findings; false: only those without. */
  readonly infected?: boolean;
  readonly local?: boolean;
  /** Whether it was ever scanned to its end. */
  readonly scanned?: boolean;
  readonly scope?: ImageScope;
  /** All of these hold too. */
  readonly every?: readonly ImageConditions[];
  /** One of these holds too; none of none. */
  readonly some?: readonly ImageConditions[];
}

export interface TextCondition {
  readonly values: readonly string[];
  readonly exact: boolean;
}

export interface FindingQuery extends Page {
  readonly accountId: string;
  readonly imageId: string;
  /** Matches the malware name or the file's name. */
  readonly names?: TextCondition;
  readonly severities?: readonly Severity[];
  /** Hidden findings are left out unless this is true. */
  readonly hidden: boolean;
  readonly by: 'lastSeen' | 'firstSeen' | 'severity' | 'path' | 'size' | 'name' | 'fileName';
  readonly order: 'asc' | 'desc';
}

/** A page of findings, and where it ends. */
export interface FindingsBehind {
  readonly rows: readonly FindingRecord[];
  /** What the order compares of the last row, and its id; undefined where there is no row. */
  readonly last: { readonly value: string | number; readonly id: number } | undefined;
}

/** What is told of an image when it is met. */
export interface SavedImage extends Pick<ImageRecord, 'accountId' | 'image' | 'source' | 'osName'> {
  /** True unless only a sync of a registry met it; once true it stays so. */
  readonly local?: boolean;
  /** False where nobody looked what its tag names now: the tag then stays with the image that it names. */
  readonly tagged?: boolean;
  /** Digest of what the tag names, where that is an index; the image's own by default. */
  readonly tagDigest?: string;
  /** The machine on which it lay as an archive, a layout or a directory. */
  readonly host?: { readonly id: string; readonly name: string };
}

/** An image and a host on which it lay. */
export interface ImageHost {
  readonly imageId: string;
  readonly hostId: string;
  readonly hostName: string;
  readonly lastSeen: number;
}

export interface HostQuery extends Page {
  readonly accountId: string;
  readonly imageIds?: readonly string[];
  readonly hostIds?: readonly string[];
}

export interface ImageStore {
  /**
   * Adds the image or refreshes what is known of it; `firstSeen` of a known image stays. The tag of its reference names this image from now on, and
   * no longer the one it named before.
   */
  save(record: SavedImage, at: number): Promise<void>;
  find(accountId: string, imageId: string): Promise<ImageRecord | undefined>;
  list(query: ImageQuery): Promise<Listing<ImageRecord>>;
  /** Whether the account has such an image. */
  has(accountId: string, conditions: ImageConditions): Promise<boolean>;
  /**
   * Marks as failed the running scans of no task that nobody has reported on for a minute: their process died. Returns how many.
   * (A scan of a task is taken up again by the next worker instead.)
   */
  endInterrupted(at: number): Promise<number>;
  /** Replaces the latest scan's state. Running scans report at least every ten seconds. */
  setScan(accountId: string, imageId: string, scan: ImageScan): Promise<void>;
  /**
   * An image that was saved under the digest of its manifest, since nothing else of it was known, gets the id that it turned out to have; its part of a task and its
   * tags go along. Nothing happens to any other image. False when no image has that id then, or while another task scans the image that it is.
   */
  identify(accountId: string, manifestDigest: string, imageId: string): Promise<boolean>;
  /**
   * Makes the image's findings equal to `findings`, in one transaction: known ones (same path, layer and content) keep
   * their id and `firstSeen`, `lastSeen` becomes `at`. What is gone becomes fixed (see `HandlingState`), but where it lay in what the scan skipped
   * (`unlooked`); hidden findings that are gone are forgotten. With `partial` (a scan still runs) nothing is taken away.
   */
  setFindings(
    accountId: string,
    imageId: string,
    change: {
      readonly findings: readonly (Finding & { readonly sha1: string })[];
      readonly at: number;
      readonly partial: boolean;
      readonly unlooked?: readonly Skipped[];
    },
  ): Promise<void>;
  findings(query: FindingQuery): Promise<Listing<FindingRecord>>;
  /** The same rows, beginning behind the last one of an earlier page: each page costs the same, and a row that keeps its place comes in exactly one of them. */
  findingsBehind(query: FindingQuery, behind: FindingsBehind['last']): Promise<FindingsBehind>;
  hosts(query: HostQuery): Promise<Listing<ImageHost>>;
  /** Scans that ended well since a time, by whole hours. */
  countScans(accountId: string, since: number): Promise<number>;
}
