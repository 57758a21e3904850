import type { Product } from '../product.ts';

/** A product of the vendor as its gateway knows it. */
export interface AlibabaProduct extends Product {
  /** What stands before the action in policies. */
  readonly policyPrefix: string;
}
