import type { Page } from '../store.ts';

/** A page of a list, as it is read from the end of the list that is nearer. */
export interface ReadPage extends Page {
  readonly order: 'asc' | 'desc';
  /** The rows that were read, in the order that was asked for. */
  inOrder<T>(rows: readonly T[]): readonly T[];
}

/** How a page of a list of `total` rows is read. Behind the end its limit is 0. */
export function nearerEnd({ offset, limit, order }: Page & { readonly order: 'asc' | 'desc' }, total: number): ReadPage {
  const within = Math.max(0, Math.min(limit, total - offset));
  if (offset <= total / 2) return { limit: within, offset, order, inOrder: (rows) => rows };
  return { limit: within, offset: total - offset - within, order: order === 'asc' ? 'desc' : 'asc', inOrder: (rows) => rows.toReversed() };
}
