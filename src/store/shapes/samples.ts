import type { HandlingState } from '#domain/handling.ts';
import type { Severity } from '#domain/severity.ts';
import type { FindingRecord, ImageRecord, Listing, Page, TextCondition } from '../store.ts';
import type { ImageScope, RepositoryImage } from './repositories.ts';

/** A malicious content over all the account's images. Hidden findings do not count. */
export interface Sample {
  readonly sha256: string;
  readonly md5: string;
  readonly name: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  /** Images in which it is open or allowed; where it is fixed everywhere, those that had it. */
  readonly images: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** `open` when it is open in any image, else `allowed` when in any, else `fixed`. */
  readonly state: HandlingState;
  /** True when it is open and every image where it is open is being scanned. */
  readonly verifying: boolean;
}

export interface SampleQuery extends Page {
  readonly accountId: string;
  /** Malware names. */
  readonly names?: TextCondition;
  readonly md5s?: readonly string[];
  readonly severities?: readonly Severity[];
  readonly states?: readonly HandlingState[];
  /** Only findings in these images count. */
  readonly scope?: ImageScope;
  readonly by: 'lastSeen';
  readonly order: 'asc' | 'desc';
}

/** One finding with the image it is in. */
export interface AffectedImage {
  readonly finding: FindingRecord;
  readonly image: ImageRecord;
  /** The current tag of the image that was seen last, else the last one. */
  readonly place: RepositoryImage | undefined;
}

/** What a finding and its image must meet. */
export interface AffectedConditions {
  readonly accountId: string;
  readonly ids?: readonly number[];
  readonly md5s?: readonly string[];
  readonly severities?: readonly Severity[];
  readonly states?: readonly HandlingState[];
  /** True: only findings whose image is being scanned; false: only others. */
  readonly verifying?: boolean;
  readonly scope?: ImageScope;
}

export interface AffectedQuery extends AffectedConditions, Page {
  readonly by: 'lastSeen' | 'firstSeen' | 'severity';
  readonly order: 'asc' | 'desc';
}

/** Findings over all images of an account. */
export interface SampleStore {
  list(query: SampleQuery): Promise<Listing<Sample>>;
  affected(query: AffectedQuery): Promise<Listing<AffectedImage>>;
  /** How many findings `affected` lists, by severity. */
  countAffected(query: AffectedConditions): Promise<Readonly<Record<Severity, number>>>;
  /** Distinct malware names with the tags of one of their samples, sorted by name. */
  names(query: {
    readonly accountId: string;
    readonly severities?: readonly Severity[];
  }): Promise<readonly { readonly name: string; readonly tags: readonly string[] }[]>;
  /** Findings and images within a scope. */
  counts(query: { readonly accountId: string; readonly scope?: ImageScope }): Promise<FindingCounts>;
}

export interface FindingCounts {
  /** Visible findings that are in their images, and not allowed. */
  readonly findings: Readonly<Record<Severity, number>>;
  /** Images by the worst severity of these findings. */
  readonly images: Readonly<Record<Severity, number>>;
  /** Images that were scanned to their end and have none of these findings. */
  readonly cleanImages: number;
  /** Images that were ever scanned to their end, and the others. */
  readonly scannedImages: number;
  readonly unscannedImages: number;
}

/** A condition of a rule on a finding. */
export interface AllowCondition {
  readonly field: 'md5' | 'sha256' | 'path' | 'name';
  readonly match: 'equals' | 'contains' | 'startsWith' | 'endsWith';
  readonly value: string;
}

/** Findings that meet all conditions, in images of the scope, are no threat to their owner. */
export interface AllowRule {
  readonly accountId: string;
  readonly id: number;
  /** Whose list it stands in: each face shows its own. */
  readonly list: string;
  readonly conditions: readonly AllowCondition[];
  /** Repositories as `namespace/name` and image ids; none of both: everywhere. */
  readonly repositories: readonly string[];
  readonly imageIds: readonly string[];
  readonly note: string;
  /** What a face wants to give back as it was, such as its event type. */
  readonly extra: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type NewAllowRule = Omit<AllowRule, 'id' | 'createdAt' | 'updatedAt'>;

/** Every change of a rule takes effect on all findings in the same transaction. */
export interface AllowRuleStore {
  add(rule: NewAllowRule, at: number): Promise<number>;
  /** @throws LazaretError 'not-found'. */
  update(id: number, rule: NewAllowRule, at: number): Promise<void>;
  remove(accountId: string, id: number, at: number): Promise<boolean>;
  find(accountId: string, id: number): Promise<AllowRule | undefined>;
  list(
    query: Page & {
      readonly accountId: string;
      readonly list: string;
      readonly ids?: readonly number[];
      /** Each named must have the value, or one of the values. */
      readonly extra?: Readonly<Record<string, string | readonly string[]>>;
    },
  ): Promise<Listing<AllowRule>>;
}
