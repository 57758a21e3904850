import type { Finding, Skipped } from '#domain/finding.ts';
import type { Image } from '#domain/image.ts';
import type { ScanStats } from '#domain/scan.ts';

/** What a scan says. The same inputs and rules give the same report but for `stats.durationMs` and what was cached. */
export interface ScanReport {
  readonly target: string;
  readonly image: Image;
  /** False when anything was skipped or the scan did not come to its end. */
  readonly complete: boolean;
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly stats: ScanStats;
}

/** What a scan tells while it runs. */
export interface ScanProgress {
  readonly layer: number;
  readonly layers: number;
  /** Packed bytes done and in all; all is 0 when unknown. */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly unpackedBytes: number;
  readonly findings: number;
}
