import { readFileSync } from 'node:fs';

/** Resident memory of a process; 0 where the system does not tell, which is everywhere but on Linux. */
export function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
