/** A repeatable source of numbers: the same seed gives the same sequence on every machine. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean;
  pick<T>(values: readonly T[]): T;
  bytes(size: number): Buffer;
}

/** Xorshift over 32 bits; good enough to vary what is generated, and no more than that. */
export function createRandom(seed: number): Random {
  // Zero is the one state it never leaves.
  let state = seed >>> 0 || 0x9e3779b9;
  const next = (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const between = (least: number, most: number): number => least + (next() % (most - least + 1));
  return {
    between,
    chance: (percent) => between(1, 100) <= percent,
    pick: (values) => values[between(0, values.length - 1)] as (typeof values)[number],
    bytes: (size) => Buffer.from(Array.from({ length: size }, () => next() >>> 24)),
  };
}
