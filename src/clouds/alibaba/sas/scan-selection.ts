import type { ImageScope } from '#app/app.ts';
import { registryKinds } from '#domain/registry.ts';
import type { InputOf } from '../../parameters.ts';
import type { Refusal } from '../../refusal.ts';
import { refuse } from '../errors.ts';
import { registryIdOf, repositoryIdOf } from '../ids.ts';

const list = { kind: 'list', max: 200, item: { kind: 'text', max: 512 } } as const;

/** Which images are to be scanned: texts with commas. All of them must hold; none of them: every image. */
export const scanParameters = {
  RegistryTypes: list,
  RegionIds: list,
  InstanceIds: list,
  RepoIds: list,
  RepoNames: list,
  RepoNamespaces: list,
  Tags: list,
  Digests: list,
} as const;

/** Where a call came from, as the caller tells it. It changes nothing. */
export const sourceIpParameter = { kind: 'text', max: 64 } as const;

/** The images that are chosen. Names and tags are whole ones. */
export function readScanScope(input: InputOf<typeof scanParameters>): ImageScope | Refusal {
  const kinds = input.RegistryTypes?.map((text) => registryKindOf(text));
  if (kinds?.includes(undefined) === true) return refuse('InvalidRegistryTypes');
  return {
    ...(kinds === undefined ? {} : { kinds: kinds.filter((kind) => kind !== undefined) }),
    ...(input.RegionIds === undefined ? {} : { regions: input.RegionIds }),
    ...(input.InstanceIds === undefined ? {} : { registryIds: input.InstanceIds.map(registryIdOf) }),
    ...(input.RepoIds === undefined ? {} : { repositoryIds: input.RepoIds.map(repositoryIdOf) }),
    ...(input.RepoNames === undefined ? {} : { names: { values: input.RepoNames, exact: true } }),
    ...(input.RepoNamespaces === undefined ? {} : { namespaces: { values: input.RepoNamespaces, exact: true } }),
    ...(input.Tags === undefined ? {} : { tags: { values: input.Tags, exact: true } }),
    ...(input.Digests === undefined ? {} : { digests: input.Digests.map((digest) => digest.toLowerCase()) }),
  };
}

/** RegistryType; undefined where there is no such kind of registry. */
export function registryKindOf(text: string): (typeof registryKinds)[number] | undefined {
  return registryKinds.find((kind) => kind === text.toLowerCase());
}
