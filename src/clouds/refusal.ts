import type { Text } from '#domain/detection.ts';

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
