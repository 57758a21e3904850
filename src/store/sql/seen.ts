/** What stands in `finding.last_seen` and `verified_at` for the time of the image's latest whole scan, so that a scan writes nothing to what it saw again. */
export const still = 2 ** 52;

/** The stored form of a time at which a scan that has not ended saw something: it sorts behind the latest whole scan. */
export function seenMeanwhile(at: number): number {
  return still + at;
}

/** The time that is meant. */
export function seenTime(stored: number, imageSeenAt: number): number {
  if (stored < still) return stored;
  return stored === still ? imageSeenAt : stored - still;
}

/** The same in SQL. */
export function seenTimeOf(column: string, imageSeenAt: string): string {
  return `CASE WHEN ${column} < ${still} THEN ${column} WHEN ${column} = ${still} THEN ${imageSeenAt} ELSE ${column} - ${still} END`;
}
