/** Life of one scan of one image. `queued` → `running` → one of the rest. */
export const scanStates = ['queued', 'running', 'done', 'failed', 'cancelled', 'timeout'] as const;
export type ScanState = (typeof scanStates)[number];

/**
 * Who asked for a scan task: a call, someone who wanted everything scanned at once, or the clock; for local images, or for those of registries.
 */
export const taskOrigins = ['asked', 'one-click', 'timed', 'registry', 'registry-one-click', 'registry-timed'] as const;
export type TaskOrigin = (typeof taskOrigins)[number];

/** Counters of one scan. Bytes are unpacked bytes. */
export interface ScanStats {
  /** Regular files and hard links met, of all layers that were read or known. */
  readonly files: number;
  /** Distinct contents among them. */
  readonly contents: number;
  readonly bytes: number;
  /** Contents that at least one engine looked at in this run. */
  readonly inspectedContents: number;
  /** Contents whose verdict was known from an earlier run. */
  readonly cachedContents: number;
  /** Layers that were not even read, since they had been inspected by the same engines. */
  readonly cachedLayers: number;
  /** Archives inside the image that were opened; those whose content was known are not. */
  readonly openedArchives: number;
  readonly durationMs: number;
}
