/** `YYYY-MM-DD hh:mm:ss` in the zone that is so many minutes east of UTC, as the vendor writes times in words. */
export function wordedTime(milliseconds: number, zoneMinutes: number): string {
  const date = new Date(milliseconds + zoneMinutes * 60_000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ');
}
