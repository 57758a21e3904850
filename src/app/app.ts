import type { Clock } from '#lib/clock.ts';
import type { Vault } from '#lib/vault.ts';
import type { ImageRecord, Store } from '#store/store.ts';

export type {
  AccessKey,
  Account,
  AffectedImage,
  AllowCondition,
  AllowRule,
  AuditRecord,
  ExportColumn,
  ExportJob,
  ExportRequest,
  ExportSource,
  ExportState,
  FindingCounts,
  FindingExport,
  FindingField,
  FindingRecord,
  ImageConditions,
  ImageExport,
  ImageField,
  ImageHost,
  ImageRecord,
  ImageScan,
  ImageScope,
  Listing,
  NewAllowRule,
  Page,
  Registry,
  RegistryPolicy,
  Repository,
  RepositoryConditions,
  RepositoryImage,
  RepositoryImageExport,
  RepositoryImageField,
  Sample,
  ScanSetting,
  Store,
  StoredPolicy,
  TaskConditions,
  TaskPart,
  TaskPartQuery,
  TaskQuery,
  TaskRecord,
  TextCondition,
} from '#store/store.ts';

/** What every use case works with. */
export interface App {
  readonly store: Store;
  readonly clock: Clock;
  /** Seals what must not lie open in the store. */
  readonly vault: Vault;
  /** Where exports and uploads lie. */
  readonly dataDir: string;
  /** How long links to exports are good, and exports are kept; see `defaultDownloads`. */
  readonly downloads?: { readonly linkMs: number; readonly keepMs: number };
  /** Bytes of one file that may be uploaded; see `defaultUploadBytes`. */
  readonly uploadBytes?: number;
}

/** What use cases that touch no secret work with. */
export type Records = Pick<App, 'store' | 'clock'>;

/** The account that owns everything while an installation has one owner. Calls made with a key act for the key's account. */
export const defaultAccount = 'default';

/** State of an image's latest scan; 'never' when it was not scanned. */
export type ImageScanState = 'never' | NonNullable<ImageRecord['scan']>['state'];

export function scanStateOf(image: ImageRecord): ImageScanState {
  return image.scan?.state ?? 'never';
}
