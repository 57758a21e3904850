import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LazaretError } from '#domain/error.ts';
import type { DigestEngine } from '../engine.ts';
import { type ListProblem, openHashList } from './hash-list.ts';

/** The engines that a few paths make. */
export interface HashLists {
  /** One for each list file, so that a changed list judges anew and the others do not. */
  readonly engines: readonly DigestEngine[];
  /** What was left out, at most a hundred lines of each file. */
  readonly problems: readonly ListProblem[];
  /** Digests in all lists. */
  readonly entries: number;
}

/** Files of one directory. */
const filesOfDirectory = 10_000;

/**
 * Opens lists of hashes: ClamAV's `.hdb`, `.hsb` (malicious) and `.fp`, `.sfp` (known good), and by any other name one
 * hash a line: `HASH`, `HASH;comment` or `HASH;score;comment`, where the score is 0 to 100. A path is a file, or a
 * directory whose files are lists (not those that begin with a dot, nor those in directories below it).
 * @throws LazaretError 'not-found' or 'invalid-input' for a path that cannot be read, 'cancelled' on abort.
 */
export async function openHashLists({ paths, signal }: { readonly paths: readonly string[]; readonly signal: AbortSignal }): Promise<HashLists> {
  const engines = new Map<string, DigestEngine>();
  const problems: ListProblem[] = [];
  let entries = 0;
  for (const file of (await Promise.all(paths.map(listFiles))).flat()) {
    const list = await openOne(file, signal);
    if (list === undefined) {
      problems.push({ file, line: 0, message: 'this kind of file is no hash list' });
      continue;
    }
    problems.push(...list.problems);
    // The same list twice would say everything twice.
    if (engines.has(list.engine.fingerprint)) continue;
    engines.set(list.engine.fingerprint, list.engine);
    entries += list.entries;
  }
  return { engines: [...engines.values()], problems, entries };
}

async function listFiles(path: string): Promise<string[]> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return [path];
    if (!stats.isDirectory()) throw new LazaretError('invalid-input', `The hash list ${path} is neither a file nor a directory.`);
    const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
    if (names.length > filesOfDirectory) throw new LazaretError('limit', `The directory of hash lists ${path} has more than ${filesOfDirectory} files.`);
    const files: string[] = [];
    for (const name of names) if ((await stat(join(path, name))).isFile()) files.push(join(path, name));
    return files;
  } catch (error) {
    throw asLazaretError(error, path);
  }
}

async function openOne(file: string, signal: AbortSignal) {
  try {
    return await openHashList(file, signal);
  } catch (error) {
    if (signal.aborted) throw new LazaretError('cancelled', `Reading the hash list ${file} was stopped.`, { cause: error });
    throw asLazaretError(error, file);
  }
}

function asLazaretError(error: unknown, path: string): LazaretError {
  if (error instanceof LazaretError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new LazaretError('not-found', `The hash list ${path} does not exist.`, { cause: error });
  if (error instanceof RangeError) return new LazaretError('limit', `The hash list ${path} is too large: ${message}.`, { cause: error });
  return new LazaretError('invalid-input', `The hash list ${path} cannot be read: ${message}.`, { cause: error });
}
