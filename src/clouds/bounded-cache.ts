/** A cache that holds at most a given sum of sizes; what was used longest ago goes first. */
export interface BoundedCache<Value> {
  get(key: string): Value | undefined;
  /** Keeps a value of this size; one larger than the whole cache is not kept. */
  set(key: string, value: Value, size: number): void;
  clear(): void;
}

/** `capacity` is in the unit of the sizes given to `set`: bytes, or entries when every size is 1. */
export function createBoundedCache<Value>(capacity: number): BoundedCache<Value> {
  const entries = new Map<string, { readonly value: Value; readonly size: number }>();
  let used = 0;
  // The key at the end of the map: one that is asked for over and over need not be put there each time.
  let newest: string | undefined;

  function drop(key: string): void {
    used -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (key === newest) return entry.value;
      entries.delete(key);
      entries.set(key, entry);
      newest = key;
      return entry.value;
    },
    set(key, value, size) {
      drop(key);
      if (size > capacity) return;
      for (const oldest of entries.keys()) {
        if (used + size <= capacity) break;
        drop(oldest);
      }
      entries.set(key, { value, size });
      newest = key;
      used += size;
    },
    clear() {
      entries.clear();
      used = 0;
    },
  };
}
