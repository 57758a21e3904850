import { LazaretError } from '#domain/error.ts';
import { marks, type SqlValue } from '../drivers/sql.ts';
import type { Page, TextCondition } from '../store.ts';

/** Values of one text condition, at most: each is a comparison for every row. */
const MAX_VALUES = 200;

/** A piece of a WHERE clause with its parameters. */
export interface Condition {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** A text column, and the one that holds it in lower case. */
export interface TextColumn {
  readonly plain: string;
  readonly folded: string;
}

/** The form of a text in which letters of both cases are the same. */
export function fold(text: string): string {
  return text.toLowerCase();
}

/**
 * One of the columns is equal to (`exact`), or else contains without regard to case, one of the values. A condition without
 * values holds for nothing. No pattern language is involved, so `%`, `_` and `\` mean themselves.
 *
 * @throws LazaretError 'limit' for more than 200 values.
 */
export function textCondition(columns: readonly TextColumn[], condition: TextCondition): Condition {
  const { values, exact } = condition;
  if (values.length > MAX_VALUES) throw new LazaretError('limit', `a condition has ${values.length} values; ${MAX_VALUES} are allowed`);
  if (values.length === 0) return { text: '1 = 0', values: [] };
  if (exact) return { text: oneOf(columns.map((column) => `${column.plain} IN (${marks(values.length)})`)), values: columns.flatMap(() => values) };
  return { text: oneOf(columns.flatMap((column) => values.map(() => `instr(${column.folded}, ?) > 0`))), values: columns.flatMap(() => values.map(fold)) };
}

/** The same, of one text in memory. */
export function textMatcher({ values, exact }: TextCondition): (text: { readonly plain: string; readonly folded: string }) => boolean {
  const texts = new Set(values);
  if (exact) return ({ plain }) => texts.has(plain);
  const parts = values.map(fold);
  return ({ folded }) => parts.some((part) => folded.includes(part));
}

/** The column has one of the values; no value, no row. */
export function valueCondition(column: string, values: readonly SqlValue[]): Condition {
  if (values.length > MAX_VALUES) throw new LazaretError('limit', `a condition has ${values.length} values; ${MAX_VALUES} are allowed`);
  return { text: `${column} IN (${marks(values.length)})`, values };
}

/** All conditions hold. */
export function allOf(conditions: readonly Condition[]): Condition {
  return { text: conditions.map((condition) => condition.text).join(' AND '), values: conditions.flatMap((condition) => condition.values) };
}

/** One of the conditions holds; none of none. */
export function anyOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { text: '1 = 0', values: [] };
  return { text: `(${conditions.map(({ text }) => `(${text})`).join(' OR ')})`, values: conditions.flatMap(({ values }) => values) };
}

/** What is asked, as parts that must all hold: a condition of which all parts hold, or the only one, is the same as those parts. */
export function conjunctsOf<C extends { readonly every?: readonly C[]; readonly some?: readonly C[] }>(asked: C): readonly C[] {
  const { every = [], some, ...own } = asked;
  const one = some?.length === 1 ? some : [];
  // What is left away need not be there.
  const rest = { ...own, ...(some === undefined || some.length === 1 ? {} : { some }) } as unknown as C;
  return [rest, ...[...every, ...one].flatMap((part) => conjunctsOf(part))];
}

/** @throws LazaretError 'invalid-input' unless offset and limit are whole numbers from 0. */
export function checkPage(page: Page): void {
  for (const value of [page.offset, page.limit]) {
    if (!Number.isSafeInteger(value) || value < 0) throw new LazaretError('invalid-input', `offset and limit must be whole numbers from 0, not ${value}`);
  }
}

function oneOf(texts: readonly string[]): string {
  return `(${texts.join(' OR ')})`;
}
