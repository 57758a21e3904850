const standingsCount = 5;
const severitiesCount = 5;
export const countWidth = severitiesCount * standingsCount;

/** A number below `countWidth` for each severity and standing. */
export function countPlace(severity: number, standing: number): number {
  return severity * standingsCount + standing;
}

/** More than any `countPlace`. */
export const alikeStep = 32;

interface Finding {
  readonly severity: number;
  readonly standing: number;
  readonly last_seen: number;
}

/**
 * What stands in `image_sample.alike`: where all findings that an image has of a sample have the same severity, standing and last time, how many there are and which
 * these are, as one number; else 0. This tells it with one finding more.
 */
export function oneMore(
  before: { readonly alike: number; readonly last_seen: number } | undefined,
  { severity, standing, last_seen: lastSeen }: Finding,
): number {
  const place = countPlace(severity, standing);
  if (before === undefined) return alikeStep + place;
  return before.alike > 0 && before.alike % alikeStep === place && before.last_seen === lastSeen ? before.alike + alikeStep : 0;
}

/** The same in SQL, of a group of rows. */
export function alikeOf(row: string): string {
  const isSame = ['severity', 'standing', 'last_seen'].map((column) => `min(${row}.${column}) = max(${row}.${column})`).join(' AND ');
  return `CASE WHEN ${isSame} THEN ${alikeStep} * count(*) + ${standingsCount} * max(${row}.severity) + max(${row}.standing) ELSE 0 END`;
}
