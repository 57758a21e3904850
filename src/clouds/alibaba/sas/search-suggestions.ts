import type { Criterion } from './criteria.ts';

export interface CriteriaListed {
  readonly Name: string;
  readonly Type: 'input' | 'select';
  /** Choices with commas between them; '' where any text may be searched. */
  readonly Values: string;
}

/**
 * The criteria by which a list may be searched. With a value only those that fit it: one with choices that hold it, and one of texts by which something is found.
 */
export async function listCriteria<C>(
  criteria: Readonly<Record<string, Criterion<C>>>,
  value: string | undefined,
  finds: (condition: C) => Promise<boolean>,
): Promise<readonly CriteriaListed[]> {
  const listed: CriteriaListed[] = [];
  for (const [name, { read, values }] of Object.entries(criteria)) {
    if (values.length > 0) {
      const choices = value === undefined ? values : values.filter((choice) => choice.toLowerCase().includes(value.toLowerCase()));
      if (choices.length > 0) listed.push({ Name: name, Type: 'select', Values: choices.join(',') });
      continue;
    }
    const condition = value === undefined ? undefined : read(value);
    if (value === undefined || (condition !== undefined && (await finds(condition)))) listed.push({ Name: name, Type: 'input', Values: '' });
  }
  return listed;
}
