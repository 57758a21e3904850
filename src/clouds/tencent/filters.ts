import type { TextCondition } from '#app/app.ts';
import type { InputOf } from '../parameters.ts';
import type { Refusal } from '../refusal.ts';
import type { TencentCode } from './errors.ts';
import { refuse } from './errors.ts';

/** The `Filters` parameter of the asset calls. */
export const filtersParameter = {
  kind: 'list',
  max: 20,
  item: {
    kind: 'object',
    fields: {
      Name: { kind: 'text', required: true, max: 64 },
      Values: { kind: 'list', required: true, max: 100, item: { kind: 'text', max: 512 } },
      ExactMatch: { kind: 'boolean' },
    },
  },
} as const;

type FiltersInput = InputOf<{ readonly Filters: typeof filtersParameter }>['Filters'];

/**
 * The values asked for per filter key. `keys` lists the keys of the call with the one each stands for, so that two spellings may mean the same. All keys must hold,
 * and of one key any value. Text keys match a part unless ExactMatch is true; keys with an enumeration ignore it. Empty values ask for
 * nothing. A key that the call does not know, or that stands twice, is refused: leaving it out would answer another question.
 */
export function readFilters<Key extends string>(
  filters: FiltersInput,
  keys: Readonly<Record<string, Key>>,
): ReadonlyMap<Key, TextCondition> | Refusal<TencentCode> {
  const conditions = new Map<Key, TextCondition>();
  for (const filter of filters ?? []) {
    const key = Object.hasOwn(keys, filter.Name) ? keys[filter.Name] : undefined;
    if (key === undefined) return badFilter(filter.Name, `is not one of ${Object.keys(keys).join(', ')}`, `不是 ${Object.keys(keys).join(', ')} 之一`);
    if (conditions.has(key)) return badFilter(filter.Name, 'is given twice', '重复');
    const values = filter.Values.filter((value) => value !== '');
    if (values.length > 0) conditions.set(key, { values, exact: filter.ExactMatch === true });
  }
  return conditions;
}

/**
 * Translates the values of a filter with an enumeration into our words, by a table whose names are compared without regard to case and
 * underscores. Undefined when there is no such filter or one of the values is `all`.
 */
export function readChoices<Word>(
  condition: TextCondition | undefined,
  key: string,
  words: Readonly<Record<string, readonly Word[]>>,
): readonly Word[] | undefined | Refusal<TencentCode> {
  if (condition === undefined) return undefined;
  const chosen: Word[] = [];
  for (const value of condition.values) {
    const wanted = plain(value);
    if (wanted === 'all') return undefined;
    const name = Object.keys(words).find((word) => plain(word) === wanted);
    const found = name === undefined ? undefined : words[name];
    if (found === undefined) return badFilter(key, `takes ${Object.keys(words).join(', ')}`, `的取值为 ${Object.keys(words).join(', ')}`);
    chosen.push(...found);
  }
  return [...new Set(chosen)];
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('_', '');
}

function badFilter(name: string, en: string, zh: string): Refusal<TencentCode> {
  const shown = name.slice(0, 64).toWellFormed();
  return refuse('InvalidParameter.InvalidFormat', { en: `The filter \`${shown}\` ${en}.`, zh: `过滤条件 \`${shown}\` ${zh}。` });
}
