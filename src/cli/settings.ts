import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { LazaretError } from '#domain/error.ts';
import type { Io, Option } from './command.ts';

// The one place that reads the environment. What a registry's credentials need is handed on to src/artifacts as it is.

/** The option of every command that works with recorded data. */
export const dataOption = {
  type: 'text',
  flag: 'data',
  value: 'DIR',
  description: 'data directory (default: $LAZARET_DATA, else $XDG_DATA_HOME/lazaret, else ~/.local/share/lazaret)',
} as const satisfies Option;

/**
 * Absolute path of the data directory: the given one, else that of the environment.
 *
 * @throws LazaretError 'invalid-input' when nothing names one, as for a user without a home.
 */
export function dataDirectory(given: string | undefined, { env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  const named = given ?? nonEmpty(env['LAZARET_DATA']);
  if (named !== undefined) return resolve(cwd, named);
  const shared = nonEmpty(env['XDG_DATA_HOME']);
  // The XDG specification has relative paths ignored.
  if (shared !== undefined && isAbsolute(shared)) return join(shared, 'lazaret');
  const home = nonEmpty(env['HOME']) ?? homeOfUser();
  if (home === undefined || !isAbsolute(home))
    throw new LazaretError('invalid-input', 'no data directory: there is no home directory; give --data DIR or set LAZARET_DATA');
  return join(home, '.local', 'share', 'lazaret');
}

/** Where compiled rules are kept: below the data directory, so that one directory holds all that Lazaret writes. */
export function cacheDirectory(dataDir: string): string {
  return join(dataDir, 'cache');
}

/** The master key as the environment gives it. */
export function masterKeyText(env: Io['env']): string | undefined {
  return nonEmpty(env['LAZARET_MASTER_KEY']);
}

/** The password of a registry as the environment gives it. */
export function registryPasswordText(env: Io['env']): string | undefined {
  return nonEmpty(env['LAZARET_REGISTRY_PASSWORD']);
}

/** Whether to tell the whole of an internal error. */
export function isDebug(env: Io['env']): boolean {
  return nonEmpty(env['LAZARET_DEBUG']) !== undefined;
}

/** Whether a terminal understands more than lines. */
export function isCapable(env: Io['env']): boolean {
  return env['TERM'] !== 'dumb';
}

/** Whether what is written to standard output may have colours (https://no-color.org). */
export function hasColour({ env, outputIsTerminal }: Pick<Io, 'env' | 'outputIsTerminal'>): boolean {
  return outputIsTerminal && isCapable(env) && nonEmpty(env['NO_COLOR']) === undefined;
}

function homeOfUser(): string | undefined {
  try {
    return nonEmpty(homedir());
  } catch {
    // A user without an entry in the list of users.
    return undefined;
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
