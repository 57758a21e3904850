import type { RegistryKind } from '#domain/registry.ts';
import type { ScanState } from '#domain/scan.ts';
import type { ImageRecord, Listing, Page, TextCondition } from '../store.ts';

/** Which of a registry's images are looked at, and when. */
export interface RegistryPolicy {
  /** Repositories as `namespace/name`; none: all that the catalogue lists. */
  readonly repositories: readonly string[];
  /** Globs of `namespace/name` and of tags; none: all. */
  readonly repositoryPatterns: readonly string[];
  readonly tagPatterns: readonly string[];
  /** Only so many tags of each repository, newest first; 0 for all. */
  readonly newestTags: number;
  /** Cron expression (five fields, UTC) of syncs; '' for none but those asked for. */
  readonly schedule: string;
  /** Whether images that a sync finds for the first time are scanned; with `scanOnlyNewest`, the newest of each repository alone. */
  readonly scanNew: boolean;
  readonly scanOnlyNewest?: boolean;
}

export interface Registry {
  readonly accountId: string;
  readonly id: number;
  /** Unique in the account. */
  readonly name: string;
  readonly kind: RegistryKind;
  /** `host[:port]`, as it stands in image references. */
  readonly address: string;
  /** As the owner calls it, such as `cn-hangzhou`; ''. */
  readonly region: string;
  /** Plain HTTP, or any certificate. */
  readonly insecure: boolean;
  readonly username: string;
  /** Password or token, sealed by the vault; '' for none. */
  readonly secret: string;
  readonly policy: RegistryPolicy;
  /** What a face wants to give back as it was told, and nothing else depends on. */
  readonly extra?: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly sync: RegistrySync;
}

export interface RegistrySync {
  readonly state: 'never' | 'queued' | 'running' | 'done' | 'failed';
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** When one was done the last time; told by the store alone. */
  readonly succeededAt?: number | undefined;
  /** Why it failed, or what of it did where the rest is done; ''. */
  readonly error: string;
}

export type NewRegistry = Omit<Registry, 'id' | 'createdAt' | 'updatedAt' | 'sync'>;

export interface RegistryQuery extends Page {
  readonly accountId: string;
  readonly ids?: readonly number[];
  readonly names?: TextCondition;
  readonly addresses?: TextCondition;
  readonly kinds?: readonly RegistryKind[];
  /** By id, ascending, unless something else is said. */
  readonly by?: 'id' | 'name' | 'synced';
  readonly order?: 'asc' | 'desc';
}

export interface RegistryStore {
  /** Returns the id. @throws LazaretError 'conflict' when the name is taken. */
  add(registry: NewRegistry, at: number): Promise<number>;
  /** Replaces all but id, times and sync; a sync that runs is taken from its owner and queued again. @throws LazaretError 'not-found', 'conflict'. */
  update(id: number, registry: NewRegistry, at: number): Promise<void>;
  /** Also forgets its repositories' tags; images and findings that nothing else names go with them. False when there is no such registry. */
  remove(accountId: string, id: number): Promise<boolean>;
  find(accountId: string, id: number): Promise<Registry | undefined>;
  findByName(accountId: string, name: string): Promise<Registry | undefined>;
  /** By address, for credentials of a scan; the first by id. */
  findByAddress(accountId: string, address: string): Promise<Registry | undefined>;
  list(query: RegistryQuery): Promise<Listing<Registry>>;
  /** All accounts' registries, for the scheduler. */
  all(): Promise<readonly Registry[]>;
  setSync(accountId: string, id: number, sync: RegistrySync): Promise<void>;
  /**
   * Takes a registry whose sync is queued (with `id`: this one, whatever its state) for `owner` until `leaseUntil`; one whose lease has run out counts as
   * queued. Two callers never get the same one. undefined when there is none.
   */
  claimSync(request: { readonly owner: string; readonly at: number; readonly leaseUntil: number; readonly id?: number }): Promise<Registry | undefined>;
  /** Prolongs the lease; false when it was lost. */
  renewSync(request: { readonly id: number; readonly owner: string; readonly leaseUntil: number }): Promise<boolean>;
}

/** A named place for images. Those of local images belong to no registry (`registryId` 0). */
export interface Repository {
  readonly accountId: string;
  readonly id: number;
  readonly registryId: number;
  /** What stands before the last slash of the name; ''. */
  readonly namespace: string;
  readonly name: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Current images, and those of them with findings. */
  readonly images: number;
  readonly infectedImages: number;
  /** Open findings of its current images. */
  readonly openFindings: number;
}

/** A tag of a repository at one time: which image it named. `id` is what the clouds call the id of a repository image. */
export interface RepositoryImage {
  readonly accountId: string;
  readonly id: number;
  readonly repository: Repository;
  readonly registry: Registry | undefined;
  /** '' for an image known by its digest only. */
  readonly tag: string;
  /** Of the manifest. */
  readonly digest: string;
  readonly image: ImageRecord;
  /** False once the tag names another image, or is gone. */
  readonly current: boolean;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface RepositoryQuery extends Page, RepositoryConditions {
  readonly accountId: string;
  readonly by: 'lastSeen' | 'name' | 'images';
  readonly order: 'asc' | 'desc';
}

export interface RepositoryConditions {
  readonly ids?: readonly number[];
  readonly registryIds?: readonly number[];
  readonly kinds?: readonly RegistryKind[];
  readonly namespaces?: TextCondition;
  readonly names?: TextCondition;
  readonly regions?: readonly string[];
  /** Whether their registry has images scanned that a sync finds for the first time. */
  readonly guarded?: boolean;
  /** Tags, and ids of images, of which a repository has one now. */
  readonly tags?: TextCondition;
  readonly imageIds?: TextCondition;
  /** Only repositories with current images that have findings. */
  readonly infected?: boolean;
  /** All of these hold too. */
  readonly every?: readonly RepositoryConditions[];
  /** One of these holds too; none of none. */
  readonly some?: readonly RepositoryConditions[];
}

/** Conditions on images by where they are kept; all must hold. */
export interface ImageScope {
  readonly registryIds?: readonly number[];
  readonly kinds?: readonly RegistryKind[];
  readonly regions?: readonly string[];
  readonly repositoryIds?: readonly number[];
  readonly namespaces?: TextCondition;
  readonly names?: TextCondition;
  readonly tags?: TextCondition;
  /** Digest of the manifest or id, with or without `sha256:`. */
  readonly digests?: readonly string[];
  /** Diff id or digest of a layer, with or without `sha256:`. */
  readonly layers?: readonly string[];
  /** Whole reference, such as `team/app:1.2`. */
  readonly references?: TextCondition;
  readonly imageIds?: readonly string[];
  /** False: only images that are of a registry alone; true: only others. */
  readonly local?: boolean;
}

export interface RepositoryImageQuery extends Page, ImageScope {
  readonly accountId: string;
  readonly ids?: readonly number[];
  /** True: only of registries; false: only of none. */
  readonly ofRegistry?: boolean;
  /** Only what the tag names now; true by default. */
  readonly current?: boolean;
  /** Only the newest current tag of each repository. */
  readonly latest?: boolean;
  /** Of registries with such names, in such regions. */
  readonly registryNames?: TextCondition;
  readonly registryRegions?: TextCondition;
  /** Of images with such ids, and of such manifests. */
  readonly idTexts?: TextCondition;
  readonly digestTexts?: TextCondition;
  readonly scanStates?: readonly (ScanState | 'never')[];
  readonly infected?: boolean;
  readonly by: 'lastSeen' | 'created' | 'size' | 'name' | 'scanTime' | 'findings';
  readonly order: 'asc' | 'desc';
}

/** What stands before the last slash of repositories' names, in all registries of an account. */
export interface RegistryNamespace {
  readonly name: string;
  readonly repositories: number;
  /** Current images, and those of them with findings; one that is in two repositories counts in each. */
  readonly images: number;
  readonly infectedImages: number;
}

export interface RepositoryStore {
  /** Of each of the images, by its id, the tag that names it now and was seen last, else the last one that did. */
  places(accountId: string, images: readonly ImageRecord[]): Promise<ReadonlyMap<string, RepositoryImage>>;
  list(query: RepositoryQuery): Promise<Listing<Repository>>;
  /** Whether the account has such a repository. */
  has(accountId: string, conditions: RepositoryConditions): Promise<boolean>;
  images(query: RepositoryImageQuery): Promise<Listing<RepositoryImage>>;
  /** Marks the tags of a registry's repository that are not in `tags` as no longer current: what a sync did not find any more. Those that are were seen at `at`. */
  retain(accountId: string, repositoryId: number, tags: readonly string[], at: number): Promise<void>;
  /** Namespaces of the account's registries, by name; repositories without one are in none. */
  namespaces(query: Page & { readonly accountId: string; readonly names?: TextCondition }): Promise<Listing<RegistryNamespace>>;
}
