/** What went wrong, as a closed list; every face (CLI, clouds, console) maps each code in a table that must be complete. */
export type ErrorCode =
  | 'invalid-input' // the caller's value is malformed or not allowed
  | 'not-found' // the named thing does not exist
  | 'conflict' // the state of the thing forbids it now, such as a scan that already runs
  | 'unreachable' // a source or service cannot be reached or refused access
  | 'corrupt' // data does not match its digest or its format
  | 'limit' // a named limit was exceeded
  | 'cancelled' // stopped on request
  | 'unavailable' // the store cannot be used now: it is locked or damaged, its disk is full or has failed
  | 'internal'; // a fault of ours

/** The one error class: a code to act on, a message that names the thing and the way out. */
export class LazaretError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LazaretError';
    this.code = code;
  }
}
