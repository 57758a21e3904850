/** Lists of row ids in an order, kept until the data changes: a page far down a list costs no more than the first. */
export interface Sequences {
  /** The ids kept under `key` if they were listed at the same `stamp`; else lists them. */
  ids(key: string, stamp: number, list: () => Promise<readonly number[]>): Promise<Float64Array>;
}

/** Ids kept of all lists together, 8 bytes each. */
const keptIds = 2_000_000;

export function createSequences(): Sequences {
  const kept = new Map<string, { readonly stamp: number; readonly ids: Float64Array }>();
  let size = 0;
  const drop = (key: string) => {
    size -= kept.get(key)?.ids.length ?? 0;
    kept.delete(key);
  };
  return {
    ids: async (key, stamp, list) => {
      const known = kept.get(key);
      const ids = known?.stamp === stamp ? known.ids : Float64Array.from(await list());
      // Put last again, as the one used latest.
      drop(key);
      for (const oldest of kept.keys()) {
        if (size + ids.length <= keptIds) break;
        drop(oldest);
      }
      if (size + ids.length <= keptIds) {
        kept.set(key, { stamp, ids });
        size += ids.length;
      }
      return ids;
    },
  };
}
