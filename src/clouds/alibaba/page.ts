import type { Page } from '#app/app.ts';

/** `CurrentPage` as an integer from 1; 1 by default. */
export const currentPageParameter = { kind: 'integer', min: 1, max: 2 ** 31 - 1 } as const;

/** `PageSize`, which some calls declare as text; both come as decimal text on the wire. 20 by default, at most 100. */
export const pageSizeParameter = { kind: 'integer', min: 1, max: 100 } as const;

const defaultSize = 20;

interface PageInput {
  readonly CurrentPage: number | undefined;
  readonly PageSize: number | undefined;
}

/** The page asked for, in our words. */
export function readPage({ CurrentPage = 1, PageSize = defaultSize }: PageInput): Page {
  return { offset: (CurrentPage - 1) * PageSize, limit: PageSize };
}

/** `PageInfo` of an answer. */
export interface PageInfo {
  readonly CurrentPage: number;
  readonly PageSize: number;
  readonly TotalCount: number;
  /** Rows on this page. */
  readonly Count: number;
}

export function pageInfo(
  { CurrentPage = 1, PageSize = defaultSize }: PageInput,
  list: { readonly total: number; readonly rows: readonly unknown[] },
): PageInfo {
  return { CurrentPage, PageSize, TotalCount: list.total, Count: list.rows.length };
}
