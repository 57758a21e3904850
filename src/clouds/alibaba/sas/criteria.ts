import type { ImageConditions, RepositoryConditions } from '#app/app.ts';
import { type RegistryKind, registryKinds } from '#domain/registry.ts';
import { isJsonObject, parseJsonText } from '../../json.ts';
import { isRefusal, type Refusal } from '../../refusal.ts';
import { refuse } from '../errors.ts';
import { registryIdOf, repositoryIdOf } from '../ids.ts';
import { part } from './selection.ts';

/** Parameters of lists that are searched by criteria. */
export const criteriaParameters = { Criteria: { kind: 'text', max: 65_536 }, LogicalExp: { kind: 'text', max: 8 } } as const;

interface CriteriaInput {
  readonly Criteria: string | undefined;
  readonly LogicalExp: string | undefined;
}

/** What a criterion's value selects; undefined for a value that the criterion does not have. */
type Reader<C> = (value: string) => C | undefined;

/** A criterion: how it is read, and its values where one of a few is chosen. */
export interface Criterion<C> {
  readonly read: Reader<C>;
  readonly values: readonly string[];
}

/** What a list may be searched by. */
interface Searchable<C> {
  readonly criteria: Readonly<Record<string, Criterion<C>>>;
  /** Conditions that hold together or one by one. */
  readonly join: (conditions: { readonly every: readonly C[] } | { readonly some: readonly C[] }) => C;
}

const mostCriteria = 20;
/** Values of all criteria together: each may be a look at every image. */
const mostValues = 20;

/**
 * Reads Criteria, the text of a JSON array of `{name, value, logicalExp}`. `LogicalExp` joins the criteria, by AND unless OR is said; `logicalExp` joins the values
 * of one criterion, which have commas between them, by OR unless AND is said. undefined where nothing is searched.
 */
export function readCriteria<C extends object>({ Criteria, LogicalExp }: CriteriaInput, searchable: Searchable<C>): C | undefined | Refusal {
  const joint = joinOf(LogicalExp, 'AND');
  if (joint === undefined) return refuse('InvalidLogicalExp');
  if (Criteria === undefined) return undefined;
  const parsed = parseJsonText(Criteria);
  if (!Array.isArray(parsed) || parsed.length > mostCriteria) return refuse('InvalidCriteria');
  const parts: C[] = [];
  let values = 0;
  for (const item of parsed) {
    const criterion = readCriterion(item, searchable);
    if (isRefusal(criterion)) return criterion;
    values += criterion.values;
    if (values > mostValues) return refuse('InvalidCriteria');
    if (criterion.condition !== undefined) parts.push(criterion.condition);
  }
  if (parts.length === 0) return undefined;
  return searchable.join(joint === 'AND' ? { every: parts } : { some: parts });
}

/** One criterion that was read; without a condition where its value is empty, so that it is not used. */
interface Read<C> {
  readonly condition: C | undefined;
  readonly values: number;
}

function readCriterion<C extends object>(item: unknown, { criteria, join }: Searchable<C>): Read<C> | Refusal {
  if (!isJsonObject(item)) return refuse('InvalidCriteria');
  const { name, value, logicalExp } = item;
  const criterion = typeof name === 'string' && Object.hasOwn(criteria, name) ? criteria[name] : undefined;
  if (criterion === undefined) return refuse('InvalidCriteria', unknownName(criteria));
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : (value ?? '');
  const joint = joinOf(logicalExp ?? undefined, 'OR');
  if (typeof text !== 'string' || !text.isWellFormed() || joint === undefined) return refuse('InvalidCriteria');
  const values = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const conditions = values.map((one) => criterion.read(one));
  if (!conditions.every((one) => one !== undefined)) return refuse('InvalidCriteria');
  if (conditions.length === 0) return { condition: undefined, values: 0 };
  return { condition: join(joint === 'AND' ? { every: conditions } : { some: conditions }), values: values.length };
}

function joinOf(text: unknown, usual: 'AND' | 'OR'): 'AND' | 'OR' | undefined {
  if (text === undefined || text === '') return usual;
  const word = typeof text === 'string' ? text.toUpperCase() : '';
  return word === 'AND' || word === 'OR' ? word : undefined;
}

function unknownName(criteria: object): { readonly en: string; readonly zh: string } {
  const names = Object.keys(criteria).join(', ');
  return { en: `The name of a criterion must be one of ${names}.`, zh: `条件的 name 必须是以下之一：${names}。` };
}

// ------------------------------------------------------------ what may be searched

const nothing = { some: [] } as const;

function input<C>(read: (value: string) => C): Criterion<C> {
  return { read, values: [] };
}

function yesOrNo<C>(yes: C, no: C): Criterion<C> {
  const choices: Readonly<Record<string, C>> = { NO: no, YES: yes };
  return { read: (value) => (Object.hasOwn(choices, value.toUpperCase()) ? choices[value.toUpperCase()] : undefined), values: Object.keys(choices) };
}

/** Registries of a kind; `CI/CD` is documented, and no registry is one. */
function ofKind<C>(none: C, select: (kind: RegistryKind) => C): Criterion<C> {
  const read: Reader<C> = (value) => {
    if (value.toUpperCase() === 'CI/CD') return none;
    const kind = registryKinds.find((known) => known === value.toLowerCase());
    return kind === undefined ? undefined : select(kind);
  };
  return { read, values: registryKinds };
}

/** What images are searched by. Vulnerabilities and baselines are not looked for, so that no image has any. */
export const searchableImages: Searchable<ImageConditions> = {
  criteria: {
    instanceId: input((value) => ({ scope: { registryIds: [registryIdOf(value)] } })),
    imageId: input((value) => ({ ids: part(value) })),
    tag: input((value) => ({ scope: { tags: part(value) } })),
    digest: input((value) => ({ scope: { digests: [value.toLowerCase()] } })),
    repoName: input((value) => ({ scope: { names: part(value) } })),
    repoId: input((value) => ({ scope: { repositoryIds: [repositoryIdOf(value)] } })),
    repoNamespace: input((value) => ({ scope: { namespaces: part(value) } })),
    regionId: input((value) => ({ scope: { regions: [value] } })),
    registryType: ofKind<ImageConditions>(nothing, (kind) => ({ scope: { kinds: [kind] } })),
    vulStatus: yesOrNo<ImageConditions>(nothing, {}),
    alarmStatus: yesOrNo({ infected: true }, { infected: false }),
    hcStatus: yesOrNo<ImageConditions>(nothing, {}),
    riskStatus: yesOrNo({ infected: true }, { infected: false }),
  },
  join: (conditions) => conditions,
};

/** What repositories are searched by. */
export const searchableRepositories: Searchable<RepositoryConditions> = {
  criteria: {
    instanceId: input((value) => ({ registryIds: [registryIdOf(value)] })),
    repoName: input((value) => ({ names: part(value) })),
    repoId: input((value) => ({ ids: [repositoryIdOf(value)] })),
    repoNamespace: input((value) => ({ namespaces: part(value) })),
    regionId: input((value) => ({ regions: [value] })),
    vulStatus: yesOrNo<RepositoryConditions>(nothing, {}),
    alarmStatus: yesOrNo({ infected: true }, { infected: false }),
    hcStatus: yesOrNo<RepositoryConditions>(nothing, {}),
    riskStatus: yesOrNo({ infected: true }, { infected: false }),
    registryType: ofKind<RepositoryConditions>(nothing, (kind) => ({ kinds: [kind] })),
    imageId: input((value) => ({ imageIds: part(value) })),
    tag: input((value) => ({ tags: part(value) })),
  },
  join: (conditions) => conditions,
};
