/** Totals kept, at most; the least recently used goes first. */
const TOTALS = 500;

/** Totals of filtered lists, which cost a look at every row, kept until the data changes. */
export interface Counts {
  /** The total kept under `key` if it was counted at the same `stamp`; else counts it. */
  total(key: string, stamp: number, count: () => Promise<number>): Promise<number>;
}

export function createCounts(): Counts {
  const kept = new Map<string, { readonly stamp: number; readonly total: number }>();
  return {
    total: async (key, stamp, count) => {
      const known = kept.get(key);
      if (known?.stamp === stamp) return known.total;
      const total = await count();
      kept.delete(key);
      if (kept.size >= TOTALS) kept.delete(kept.keys().next().value ?? '');
      kept.set(key, { stamp, total });
      return total;
    },
  };
}
