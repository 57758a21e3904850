import type { Text } from '#domain/detection.ts';
import { LazaretError } from '#domain/error.ts';

/** A request that is answered with a vendor's error code. A value and not an exception: the caller's mistake is an ordinary outcome. */
export interface Refusal<Code extends string = string> {
  readonly refused: Code;
  readonly message: Text;
  /** Further members of the error's body, where a vendor has them. */
  readonly detail?: object;
  /** Further headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

/** Whether an error is one that its caller can act on. What else goes wrong is for the log, since it may tell where things lie. */
export function isForCaller(error: unknown): error is LazaretError {
  return error instanceof LazaretError && error.code !== 'internal' && error.code !== 'unavailable';
}
