/** What a statement takes and gives. Booleans are 0 and 1, times milliseconds, digests bytes. */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = readonly SqlValue[];

/**
 * The little that the sub-stores ask of a database. Parameters are written `?`. Outside a transaction `all` and `get` only
 * read (a statement with RETURNING needs a transaction); `run` and `batch` make a transaction of their own there.
 * Row types are the caller's promise about the columns it selects. All throw LazaretError.
 */
export interface Sql {
  all<Row>(text: string, parameters?: SqlRow): Promise<readonly Row[]>;
  get<Row>(text: string, parameters?: SqlRow): Promise<Row | undefined>;
  /** Returns how many rows were changed. */
  run(text: string, parameters?: SqlRow): Promise<number>;
  /** Runs one statement for each row of parameters, in order. Returns how many rows were changed. */
  batch(text: string, rows: readonly SqlRow[]): Promise<number>;
  /** All of `work` is kept or none. A transaction inside a transaction joins it; when it throws, only its own part is undone. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Whether the caller runs inside `transaction`, and so may see what others must not. */
  inTransaction(): boolean;
}

/** An open database. */
export interface Database extends Sql {
  /** See `Store.version`. */
  version(): Promise<number>;
  close(): Promise<void>;
}

/** `n` question marks with commas between. */
export function marks(n: number): string {
  return new Array<string>(n).fill('?').join(', ');
}

/** Cuts `values` into pieces of at most `size`. */
export function* chunks<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
