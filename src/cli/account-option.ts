import type { Option } from './command.ts';

/** The option of commands that act for one account. */
export const accountOption = { type: 'text', flag: 'account', value: 'NAME', default: 'default', description: 'which account' } as const satisfies Option;

/** Seconds are enough for people and programs here. */
export function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** As JSON in which everything that could steer a terminal is written as an escape. */
export function json(value: object): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, escaped)}\n`;
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}
