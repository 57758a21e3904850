/** `YYYY-MM-DD hh:mm:ss` in the zone that is so many minutes east of UTC; '' for undefined. The vendor's bare form names no zone. */
export function bareTime(milliseconds: number | undefined, zoneMinutes: number): string {
  if (milliseconds === undefined) return '';
  const date = new Date(milliseconds + zoneMinutes * 60_000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ');
}

/** The same for an RFC 3339 text; '' for '' and for what is no time. */
export function bareTimeOf(text: string, zoneMinutes: number): string {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? '' : bareTime(milliseconds, zoneMinutes);
}

/** RFC 3339 in the zone that is so many minutes east of UTC, such as `2025-01-02T11:04:05+08:00`; '' for undefined. */
export function zonedTime(milliseconds: number | undefined, zoneMinutes: number): string {
  const text = bareTime(milliseconds, zoneMinutes);
  if (text === '') return '';
  const east = Math.abs(zoneMinutes);
  const [hours, minutes] = [Math.floor(east / 60), east % 60].map((part) => String(part).padStart(2, '0'));
  return `${text.replace(' ', 'T')}${zoneMinutes === 0 ? 'Z' : `${zoneMinutes < 0 ? '-' : '+'}${hours}:${minutes}`}`;
}

/** Minutes east of UTC of an offset such as `+08:00`, `-05:30` or `Z`; undefined when it is none. */
export function zoneMinutesOf(offset: string): number | undefined {
  if (offset === 'Z') return 0;
  const [, sign, hours = '', minutes = ''] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  if (sign === undefined || Number(hours) > 14 || Number(minutes) > 59) return undefined;
  const east = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? 0 - east : east;
}
