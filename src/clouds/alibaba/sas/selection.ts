import type { ImageScope, TextCondition } from '#app/app.ts';
import { registryIdOf, repositoryIdOf } from '../ids.ts';
import { currentPageParameter, pageSizeParameter } from '../page.ts';

const text = { kind: 'text', max: 512 } as const;

/** The parameters of calls that list malicious files: the page, which the vendor demands, the sample, and the images. */
export const sampleParameters = {
  CurrentPage: { ...currentPageParameter, required: true },
  PageSize: { ...pageSizeParameter, required: true },
  Lang: { kind: 'text', max: 16 },
  Levels: { kind: 'text', max: 128 },
  MaliciousMd5: { kind: 'text', max: 64 },
  RepoRegionId: text,
  RepoInstanceId: text,
  RepoId: text,
  RepoName: text,
  RepoNamespace: text,
  ImageTag: text,
  ImageDigest: text,
  ImageLayer: text,
  ClusterId: text,
  ScanRange: { kind: 'list', max: 10, item: { kind: 'text', max: 32 } },
} as const;

interface PlaceInput {
  readonly RepoRegionId: string | undefined;
  readonly RepoInstanceId: string | undefined;
  readonly RepoId: string | undefined;
  readonly RepoName?: string | undefined;
  readonly RepoNamespace?: string | undefined;
  readonly ImageTag: string | undefined;
  readonly ImageDigest: string | undefined;
  readonly ImageLayer?: string | undefined;
  readonly ClusterId: string | undefined;
  readonly ScanRange: readonly string[] | undefined;
}

/**
 * The images that a request chooses; 'none' where it asks for containers or a cluster alone, of which nothing is known, and 'invalid' for a scan range that
 * there is not.
 */
export function readScope(input: PlaceInput): ImageScope | 'none' | 'invalid' {
  const ranges = input.ScanRange?.map((range) => range.toLowerCase());
  if (ranges?.some((range) => range !== 'image' && range !== 'container') === true) return 'invalid';
  if (input.ClusterId !== undefined || (ranges !== undefined && !ranges.includes('image'))) return 'none';
  return {
    ...(input.RepoRegionId === undefined ? {} : { regions: [input.RepoRegionId] }),
    ...(input.RepoInstanceId === undefined ? {} : { registryIds: [registryIdOf(input.RepoInstanceId)] }),
    ...(input.RepoId === undefined ? {} : { repositoryIds: [repositoryIdOf(input.RepoId)] }),
    ...(input.RepoName === undefined ? {} : { names: part(input.RepoName) }),
    ...(input.RepoNamespace === undefined ? {} : { namespaces: part(input.RepoNamespace) }),
    ...(input.ImageTag === undefined ? {} : { tags: { values: [input.ImageTag], exact: true } }),
    ...(input.ImageDigest === undefined ? {} : { digests: [input.ImageDigest.toLowerCase()] }),
    ...(input.ImageLayer === undefined ? {} : { layers: [input.ImageLayer.toLowerCase()] }),
  };
}

/** A fuzzy match: any part, without regard to case. */
export function part(value: string): TextCondition {
  return { values: [value], exact: false };
}
