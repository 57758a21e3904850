import type { RegistryKind } from '#domain/registry.ts';
import type { App, ImageScanState, RepositoryImage, TextCondition } from './app.ts';

/** Which images of registries are meant; all given conditions must hold. Text conditions are those of the store. */
export interface RepositoryImageFilter {
  readonly ids?: readonly number[];
  readonly registryIds?: readonly number[];
  readonly registryNames?: TextCondition;
  readonly registryRegions?: TextCondition;
  readonly kinds?: readonly RegistryKind[];
  readonly namespaces?: TextCondition;
  readonly names?: TextCondition;
  readonly tags?: TextCondition;
  readonly idTexts?: TextCondition;
  readonly digestTexts?: TextCondition;
  readonly scanStates?: readonly ImageScanState[];
  readonly infected?: boolean;
  /** Only the newest tag of each repository. */
  readonly latest?: boolean;
  /** True when the conditions name a trait that no image has. */
  readonly none?: boolean;
}

/** How a list of repository images is ordered. */
export type RepositoryImageOrder = Parameters<App['store']['repositories']['images']>[0]['by'];

/** A repository image, and whether it is the newest of its repository. */
export interface ListedRepositoryImage {
  readonly place: RepositoryImage;
  readonly isLatest: boolean;
}
