import type { Detection } from '#domain/detection.ts';
import type { Digests, FileType, RawPath } from '#domain/file-entry.ts';

/** A file inside an archive. */
export interface ContentMember {
  /** Path inside the archive; '' for what a packed stream holds. */
  readonly path: RawPath;
  /** Its place in the archive, from 0. */
  readonly ordinal: number;
  readonly sha256: string;
  readonly size: number;
}

/** What an archive holds, as `opener` (a fingerprint) saw it. */
export interface OpenedContent {
  readonly sha256: string;
  readonly size: number;
  readonly opener: string;
  readonly members: readonly ContentMember[];
  /** Detections that depend on the path inside, by place and engine. */
  readonly detections: readonly { readonly ordinal: number; readonly engine: string; readonly detections: readonly Detection[] }[];
  /** Undefined where something inside was not judged, so that the archive must be opened again. */
  readonly outcome: OpenOutcome | undefined;
}

/** How the opening of an archive and of the archives inside it came out. */
export interface OpenOutcome {
  /** Stands for what opened it and all engines that judged what is inside. */
  readonly key: string;
  /** How many archives deep there was to go where it was opened, if something inside lay deeper; -1 where nothing did. */
  readonly levels: number;
  /** Archives inside archives, itself counted. */
  readonly height: number;
  /** What could not be looked at, at any depth; '' for the archive itself. Paths inside, as people read them. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** A content without its verdicts. */
export interface KnownContent extends Digests {
  readonly id: number;
  readonly sha1: string;
  readonly size: number;
  readonly fileType: FileType;
}

export interface NestedStore {
  /** Known outcomes under `key` by the archive's SHA-256: one, or several that differ in `levels`. */
  find(sha256s: readonly string[], key: string): Promise<ReadonlyMap<string, readonly OpenOutcome[]>>;
  /**
   * What lies inside the archives of a finished layer, at any depth, as `opener` saw it: for engines that judge by digest. A content that lies in
   * several archives comes several times.
   */
  contents(layerId: number, opener: string): AsyncIterable<readonly KnownContent[]>;
  /** Adds what archives hold. Members that are not known yet become contents without verdicts. */
  save(records: readonly OpenedContent[]): Promise<void>;
}

/** How places inside archives are looked for. */
export interface InsideArchives {
  /** The fingerprint under which members were saved. */
  readonly opener: string;
  /** Archives inside archives that are followed. */
  readonly depth: number;
  /** Places that are listed at most, and so many times 512 letters of their paths; `onMore` is told when there are more. */
  readonly most: number;
  onMore(): void;
}
