import type { RepositoryImageChoice } from '#app/choose-repository-images.ts';
import type { InputOf } from '../../parameters.ts';
import type { Refusal } from '../../refusal.ts';
import { isRefusal } from '../../refusal.ts';
import type { TencentCode } from '../errors.ts';
import { refuse } from '../errors.ts';
import type { filtersParameter } from '../filters.ts';
import type { imageIdsParameter, imageInfosParameter, namespacesParameter, registryTypesParameter } from './registry-selection.ts';
import { given, readImageNames, readRegistryTypes, readRepositoryFilter } from './registry-selection.ts';

/** Seconds that a task may take where its caller does not say. */
export const defaultTimeout = 3600;

type Named = Pick<InputOf<{ readonly Images: typeof imageInfosParameter; readonly Id: typeof imageIdsParameter }>, 'Images' | 'Id'> & {
  readonly All: boolean | undefined;
};

interface Filtered extends Named {
  readonly Filters?: InputOf<{ readonly Filters: typeof filtersParameter }>['Filters'];
  readonly ExcludeImageList?: readonly number[] | undefined;
  readonly OnlyScanLatest?: boolean | undefined;
}

/** Reads which images are meant: all, those named, or those that filters select. Undefined when none of the three is given. */
export function readNamedChoice(input: Filtered): RepositoryImageChoice | undefined | Refusal<TencentCode> {
  const names = readImageNames(input);
  if (isRefusal(names)) return names;
  const ways = [input.All === true, names !== undefined, input.Filters !== undefined].filter(Boolean).length;
  if (ways === 0) return undefined;
  if (ways > 1) return oneChoice;
  const filter = readRepositoryFilter(input.Filters);
  if (isRefusal(filter)) return filter;
  return {
    ...(names === undefined ? {} : { named: { images: names, mayLack: false } }),
    filter: { ...filter, ...(input.OnlyScanLatest === true ? { latest: true } : {}) },
    except: input.ExcludeImageList ?? [],
  };
}

type Scoped = Named & {
  readonly ExcludeIDs: readonly number[] | undefined;
  readonly IsLatest: boolean | undefined;
  readonly ScanScope: number | undefined;
  readonly RegistryType: InputOf<{ readonly RegistryType: typeof registryTypesParameter }>['RegistryType'];
  readonly Namespace: InputOf<{ readonly Namespace: typeof namespacesParameter }>['Namespace'];
  readonly ContainerRunning: boolean | undefined;
};

/** Reads which images a one-click scan is for: everything, those named, or those recommended, and of them those in chosen registries and namespaces. */
export function readScopedChoice(input: Scoped): RepositoryImageChoice | Refusal<TencentCode> {
  const names = readImageNames(input);
  if (isRefusal(names)) return names;
  const kinds = readRegistryTypes(input.RegistryType);
  if (isRefusal(kinds)) return kinds;
  const isNarrowed = kinds !== undefined || input.Namespace !== undefined;
  // Clients that do not know ScanScope say All or name images.
  const scope = input.ScanScope ?? (names !== undefined && input.All !== true ? 1 : input.All === true || isNarrowed ? 0 : undefined);
  if (scope === undefined || (scope === 1) !== (names !== undefined)) return scopeChoice;
  return {
    ...(names === undefined ? {} : { named: { images: names, mayLack: false } }),
    filter: given({
      kinds,
      namespaces: input.Namespace === undefined ? undefined : { values: input.Namespace, exact: true },
      latest: input.IsLatest === true ? true : undefined,
      none: input.ContainerRunning === true ? true : undefined,
    }),
    except: input.ExcludeIDs ?? [],
    recommended: scope === 2,
  };
}

/** Told where images are chosen in no way, or in several. */
export const oneChoice = refuse('InvalidParameter', {
  en: 'The images must be chosen in exactly one way: by All, by Images and Id, or by Filters.',
  zh: '必须且只能通过 All、Images 与 Id、Filters 之一选择镜像。',
});

const scopeChoice = refuse('InvalidParameter', {
  en: 'ScanScope must be given, or All; Images or Id must be given with ScanScope 1, and only with it.',
  zh: '必须指定 ScanScope 或 All；ScanScope 为 1 时必须指定 Images 或 Id，其他取值不得指定。',
});

/** Told where a timed scan of chosen images names none. */
export const chosenForScope1 = refuse('InvalidParameter', {
  en: 'Images or Id must be given with ScanScope 1.',
  zh: 'ScanScope 为 1 时必须指定 Images 或 Id。',
});

/** Told where there is nothing to stop. */
export const taskOrChoice = refuse('InvalidParameter', {
  en: 'TaskID must be given, or the images must be chosen.',
  zh: '必须指定 TaskID 或选择镜像。',
});
