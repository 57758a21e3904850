import type { Option } from './command.ts';

/** The option of commands that act for one account. */
export const accountOption = { type: 'text', flag: 'account', value: 'NAME', default: 'default', description: 'which account' } as const satisfies Option;

/** Seconds are enough for people and programs here. */
export function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
