import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a process with all its descendants, bytes; shared pages count in each that has them. */
export interface TreeMemory {
  /** The most they held together at any look. */
  readonly sum: number;
  /** The most that one of them ever held, as the kernel counts it. */
  readonly single: number;
}

/** How often it is looked at, ms. */
const lookMs = 40;

/** Follows a process until `stop`, which says what was seen. Everything is 0 where the system has no /proc with children. */
export function watchMemory(pid: number): { stop(): TreeMemory } {
  let seen: TreeMemory = { sum: 0, single: 0 };
  const look = (): void => {
    const held = treeOf(pid).map(memoryOf);
    seen = {
      sum: Math.max(
        seen.sum,
        held.reduce((sum, { now }) => sum + now, 0),
      ),
      single: Math.max(seen.single, ...held.map(({ most }) => most)),
    };
  };
  const timer = setInterval(look, lookMs);
  look();
  return {
    stop() {
      clearInterval(timer);
      return seen;
    },
  };
}

/** A process and its descendants, as they are now. */
function treeOf(pid: number): readonly number[] {
  const found = [pid];
  for (const parent of found) found.push(...childrenOf(parent));
  return found;
}

function childrenOf(pid: number): readonly number[] {
  return read(() => readdirSync(`/proc/${pid}/task`), []).flatMap((thread) =>
    read(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1'), '')
      .split(' ')
      .map(Number)
      .filter((child) => child > 0),
  );
}

function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const status = read(() => readFileSync(`/proc/${pid}/status`, 'latin1'), '');
  const bytes = (field: string): number => 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { now: bytes('VmRSS'), most: bytes('VmHWM') };
}

// A process may end between two looks.
function read<T>(get: () => T, otherwise: T): T {
  try {
    return get();
  } catch {
    return otherwise;
  }
}
