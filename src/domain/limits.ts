/** The bounds of a scan. Every one is reported under `skipped` when it is met. */
export interface Limits {
  /** Bytes of one file that engines read; a larger file is hashed only. */
  readonly inspectBytes: number;
  /** Bytes of one file that are hashed; a larger file is listed only. */
  readonly hashBytes: number;
  /** Unpacked bytes of a whole image. */
  readonly imageBytes: number;
  /** Entries of a whole image. */
  readonly imageEntries: number;
  /** Hard links of a whole image. */
  readonly imageLinks: number;
  /** Unpacked to packed bytes of one layer, checked after `ratioGraceBytes`. */
  readonly layerRatio: number;
  readonly ratioGraceBytes: number;
  /** Bytes of one path. */
  readonly pathBytes: number;
  /** Bytes of one PAX or GNU long-name header. */
  readonly headerBytes: number;
  /** Seconds one engine may take over one file. */
  readonly engineSeconds: number;
  /** Seconds all engines together may take over one file. */
  readonly fileSeconds: number;
  /** Bytes of resident memory an inspecting process may hold. */
  readonly inspectorBytes: number;
  /** Bytes of one manifest, index or config. */
  readonly manifestBytes: number;
  /** Archives inside archives that are opened, the outermost counted. */
  readonly archiveDepth: number;
  /** Entries of one archive. */
  readonly archiveEntries: number;
  /** Unpacked bytes of one archive. */
  readonly archiveBytes: number;
  /** Unpacked to packed bytes of one archive, checked after `ratioGraceBytes`. */
  readonly archiveRatio: number;
  /** Seconds that the opening of one file that is an archive may take, with all archives in it, without the judging of what is in them. */
  readonly archiveSeconds: number;
  /** Unpacked bytes of all archives in an image. */
  readonly nestedBytes: number;
  /** Entries of all archives in an image. */
  readonly nestedEntries: number;
  /** Findings inside archives of an image that are listed. */
  readonly nestedFindings: number;
}

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

export const defaultLimits: Limits = {
  inspectBytes: 100 * MiB,
  hashBytes: GiB,
  imageBytes: 32 * GiB,
  imageEntries: 2_100_000,
  imageLinks: 100_000,
  layerRatio: 250,
  ratioGraceBytes: 10 * MiB,
  pathBytes: 4096,
  headerBytes: MiB,
  engineSeconds: 10,
  fileSeconds: 120,
  inspectorBytes: 2 * GiB,
  manifestBytes: 4 * MiB,
  archiveDepth: 8,
  archiveEntries: 10_000,
  archiveBytes: 400 * MiB,
  archiveRatio: 100,
  archiveSeconds: 120,
  nestedBytes: 16 * GiB,
  nestedEntries: 2_000_000,
  nestedFindings: 100_000,
};

/** Limits that cannot be set higher: each level of archives holds memory while the one inside it is read. */
export const highestLimits: Partial<Limits> = { archiveDepth: 17 };
