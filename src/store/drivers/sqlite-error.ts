import { LazaretError } from '#domain/error.ts';

// Primary result codes, https://www.sqlite.org/rescode.html: the low byte of the extended code.
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const TOOBIG = 18;
const CONSTRAINT = 19;
const NOTADB = 26;

/** Whether another connection holds the lock, so that trying again may help. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** Turns an error of SQLite or of the file system into one that names the database file and the way out. */
export function explain(error: unknown, path: string): LazaretError {
  if (error instanceof LazaretError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  switch (resultCode(error)) {
    case CORRUPT:
    case NOTADB:
      return new LazaretError(
        'unavailable',
        `the database ${path} is damaged or not a database of Lazaret (${reason}): move it away to start afresh, or put a backup in its place`,
        options,
      );
    case FULL:
      return new LazaretError('unavailable', `no space left to write the database ${path}: free space on its disk, then try again`, options);
    case READONLY:
      return new LazaretError(
        'unavailable',
        `the database ${path} cannot be written (${reason}): give this user write access to the file and its directory, or choose another data directory`,
        options,
      );
    case CANTOPEN:
      return new LazaretError(
        'unavailable',
        `the database ${path} cannot be opened (${reason}): check that its directory exists and that this user may read and write there`,
        options,
      );
    case IOERR:
      return new LazaretError('unavailable', `the disk failed while using the database ${path} (${reason}): check the disk and its free space`, options);
    case BUSY:
    case LOCKED:
      return new LazaretError('unavailable', `another process keeps the database ${path} locked: stop it or wait until it is done, then try again`, options);
    case TOOBIG:
      return new LazaretError('limit', `a value is too large for the database (${reason})`, options);
    case CONSTRAINT:
      return new LazaretError('internal', `the database ${path} refused a row (${reason})`, options);
    default:
      return explainFile(error, path, reason);
  }
}

function explainFile(error: unknown, path: string, reason: string): LazaretError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const options = { cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new LazaretError('unavailable', `no space left for ${path}: free space on its disk, then try again`, options);
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new LazaretError('unavailable', `${path} cannot be written (${reason}): give this user write access, or choose another data directory`, options);
  }
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR' || code === 'ENOENT' || code === 'ELOOP' || code === 'ENAMETOOLONG') {
    return new LazaretError('unavailable', `${path} cannot be opened (${reason}): choose another data directory`, options);
  }
  return new LazaretError('internal', `the database ${path} failed: ${reason}`, options);
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
