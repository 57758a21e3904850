import { machinePlatform, parsePlatform, platformText } from '#artifacts/image/platform.ts';
import { LazaretError } from '#domain/error.ts';
import { type Severity, severities } from '#domain/severity.ts';
import type { Option, Reader } from './command.ts';
import { printableShort } from './output/text.ts';

const units = { s: 1000, m: 60_000, h: 3_600_000 } as const;
// Timers of Node hold 2^31 milliseconds, which is a little less than 25 days.
const longestMs = 500 * units.h;

/** A time such as `90s`, `30m` or `2h`, in milliseconds; more than nothing and at most 500 hours. */
export function readDuration(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})([smh])$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (units[unit as keyof typeof units] ?? 0);
  if (milliseconds <= 0) throw invalid(text, 'a time; write for instance 90s, 30m or 2h');
  if (milliseconds > longestMs) throw new LazaretError('invalid-input', `${shown(text)} is more than 500h`);
  return milliseconds;
}

const sinceUnits = { ...units, d: 86_400_000 } as const;

/** A beginning: so long ago (`90s`, `30m`, `24h`, `30d`), or a date or time as ISO 8601 has it, in UTC where it names no zone. Gives the time, told what time it is. */
export function readSince(text: string): (now: number) => number {
  const [, amount = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ago = Number(amount) * (sinceUnits[unit as keyof typeof sinceUnits] ?? 0);
  if (ago > 0) return (now) => now - ago;
  const [, day = '', time = '', zone = ''] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const at = Date.parse(`${day}T${time === '' ? '00:00' : time}${zone === '' ? 'Z' : zone}`);
  if (Number.isNaN(at)) throw invalid(text, 'a time; write for instance 24h, 30d, 2026-01-31 or 2026-01-31T12:00Z');
  return () => at;
}

/** A whole number from 1 to `most`. */
export function wholeNumber(most: number): Reader<number> {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > most) throw invalid(text, `a whole number from 1 to ${most}`);
    return value;
  };
}

/**
 * One of the written values. A table of options names the reader (`const readLevel = oneOf(levels)`) and does not call this inside:
 * the compiler does not infer the types of a table that holds a generic call.
 */
export function oneOf<const T extends readonly string[]>(values: T): Reader<T[number]> {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw invalid(text, `one of ${values.join(', ')}`);
    return found;
  };
}

export const readSeverity: Reader<Severity> = oneOf(severities);

/** The option of commands that answer people or programs. */
export const answerOption = {
  type: 'text',
  flag: 'format',
  short: 'f',
  value: 'table|json',
  default: 'table',
  read: oneOf(['table', 'json']),
  description: 'form of the answer',
} as const satisfies Option;

/** `os/architecture[/variant]`, with the usual names of architectures. */
export function readPlatform(text: string): string {
  return platformText(parsePlatform(text));
}

/** The platform of the running machine, as `readPlatform` gives it. */
export function defaultPlatform(): string {
  return readPlatform(machinePlatform());
}

function invalid(text: string, wanted: string): LazaretError {
  return new LazaretError('invalid-input', `${shown(text)} is not ${wanted}`);
}

function shown(text: string): string {
  return `'${printableShort(text, 80)}'`;
}
