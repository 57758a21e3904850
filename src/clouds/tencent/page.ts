import type { Refusal } from '../refusal.ts';
import type { TencentCode } from './errors.ts';
import { refuse } from './errors.ts';

/** Rows of a list, as most of the API's lists have it: 10 by default, at most 100. 0 asks for the total alone. */
export const limitParameter = { kind: 'integer', min: 0, max: 100 } as const;

export const offsetParameter = { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const byParameter = { kind: 'text', max: 64 } as const;

export const orderParameter = { kind: 'text', max: 16 } as const;

interface PageInput {
  readonly Limit: number | undefined;
  readonly Offset: number | undefined;
  readonly By: string | undefined;
  readonly Order: string | undefined;
}

/** Page and order of a list call, in our words. */
export interface PageRequest<Field> {
  readonly limit: number;
  readonly offset: number;
  readonly by: Field;
  readonly order: 'asc' | 'desc';
}

const defaultLimit = 10;

/**
 * Reads Limit, Offset, By and Order. `fields` are the vendor's sort fields in our words, `usual` the one taken without By. Order is
 * read without regard to case and is descending by default, so that the newest or worst comes first.
 */
export function readPage<Field>(input: PageInput, fields: Readonly<Record<string, Field>>, usual: Field): PageRequest<Field> | Refusal<TencentCode> {
  const order = input.Order?.toLowerCase() ?? 'desc';
  if (order !== 'asc' && order !== 'desc') return notAllowed('Order', ['asc', 'desc']);
  const names = Object.keys(fields);
  if (input.By !== undefined && !names.includes(input.By)) return notAllowed('By', names);
  const by = input.By === undefined ? usual : (fields[input.By] ?? usual);
  return { limit: input.Limit ?? defaultLimit, offset: input.Offset ?? 0, by, order };
}

function notAllowed(name: string, values: readonly string[]): Refusal<TencentCode> {
  const list = values.join(', ');
  return refuse('InvalidParameterValue', { en: `The parameter \`${name}\` must be one of ${list}.`, zh: `参数 \`${name}\` 的取值必须是 ${list} 之一。` });
}
