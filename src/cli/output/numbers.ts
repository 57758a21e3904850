const thousands = new Intl.NumberFormat('en-US');
const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A whole number with a comma between thousands. */
export function countText(count: number): string {
  return thousands.format(count);
}

/** A count and what is counted: '1 file', '2 files'. */
export function pluralText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** Bytes in powers of 1000, as disks and downloads are measured. */
export function bytesText(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  for (; value >= 999.5 && unit < byteUnits.length - 1; unit++) value /= 1000;
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${byteUnits[unit] ?? ''}`;
}

/** A rate over a time; '' for a time too short to tell. */
export function rateText(bytes: number, milliseconds: number): string {
  return milliseconds < 1 ? '' : `${bytesText((bytes * 1000) / milliseconds)}/s`;
}

/** A time as a person would say it: '0.42 s', '12.3 s', '2 min 05 s', '1 h 02 min'. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
