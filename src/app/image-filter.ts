import type { ImageScanState, ImageScope, TextCondition } from './app.ts';

/** Which images are meant; all given conditions must hold. Text conditions are those of the store's `ImageQuery`. */
export interface ImageFilter {
  readonly ids?: TextCondition;
  readonly names?: TextCondition;
  readonly keywords?: TextCondition;
  readonly scanStates?: readonly ImageScanState[];
  readonly infected?: boolean;
  /** True: only images that are not of a registry alone. */
  readonly local?: boolean;
  /** Where they are kept. */
  readonly scope?: ImageScope;
  /** True when the conditions name a trait that no image has. */
  readonly none?: boolean;
}
