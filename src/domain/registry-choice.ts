import { matchesGlob } from './glob.ts';

/** Those of the names that fit any pattern; without patterns, all. */
export function fitting(names: readonly string[], patterns: readonly string[]): readonly string[] {
  return patterns.length === 0 ? names : names.filter((name) => patterns.some((pattern) => matchesGlob(name, pattern)));
}

/** Tags as versions are read, the highest first: 1.10 before 1.9; so the newest stand first where tags are numbers or dates. */
export function highestFirst(tags: readonly string[]): readonly string[] {
  return tags.toSorted((one, other) => versions.compare(other, one) || (one < other ? 1 : -1));
}

/** The newest of dated things: by time, the latest first; those of no known time last, and equal ones in the order they came in. */
export function newest<T extends { readonly created: string }>(dated: readonly T[], count: number): readonly T[] {
  const time = ({ created }: T): number => {
    const at = Date.parse(created);
    return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at;
  };
  return dated.toSorted((one, other) => (time(one) === time(other) ? 0 : time(other) - time(one))).slice(0, count);
}

const versions = new Intl.Collator('en', { numeric: true });
