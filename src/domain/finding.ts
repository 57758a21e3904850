import type { Detection } from './detection.ts';
import type { Digests, FileType } from './file-entry.ts';
import type { Severity } from './severity.ts';

/** All engines together about one content. */
export interface Verdict {
  readonly name: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly detections: readonly Detection[];
}

/** A verdict at a place: this content at this path of this image. */
export interface Finding extends Digests {
  /** Absolute path as people read it (see `displayPath`). */
  readonly path: string;
  readonly size: number;
  readonly fileType: FileType;
  /** Diff id of the layer that brought it; '' for a directory scan. */
  readonly layer: string;
  /** True when a later layer deletes or overwrites it, so that a container never sees it. */
  readonly hidden: boolean;
  readonly verdict: Verdict;
}

/** Something that was not, or not fully, looked at. */
export interface Skipped {
  /** Absolute display path; '' when a whole layer or the image is meant. */
  readonly path: string;
  readonly layer: string;
  readonly reason: string;
}
