import type { Operation } from './operation.ts';

/** One product of the vendor: its operations under one API version. */
export interface Product {
  readonly name: string;
  /** A date; no two products share one, so that it alone chooses the product. */
  readonly version: string;
  readonly operations: readonly Operation[];
}
