import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A machine, as others may know it. */
export interface Machine {
  readonly id: string;
  readonly name: string;
}

const idFile = '/etc/machine-id';

/**
 * The machine that this process runs on. Its id stays the same when the name changes; it is made of the system's own id, which must not be told, or of the name where
 * there is none.
 */
export function thisMachine(file: string = idFile, name: string = hostname()): Machine {
  const own = idIn(file) ?? name;
  return { id: createHash('sha256').update(`lazaret host ${own}`).digest('hex').slice(0, 32), name };
}

function idIn(file: string): string | undefined {
  try {
    return /^[0-9a-f]{32}$/.exec(readFileSync(file, 'utf8').trim())?.[0];
  } catch {
    return undefined;
  }
}
