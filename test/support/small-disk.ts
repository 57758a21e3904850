import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Puts a disk of its own in a folder; `size` as mount has it. */
export function mountDisk(folder: string, size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
}

export function unmountDisk(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'ignore' });
}

/** Why no disk can be mounted here; false when one can. */
export function noDisk(): string | false {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-mount-'));
  try {
    mountDisk(folder, '1m');
    unmountDisk(folder);
    return false;
  } catch {
    return 'a small disk cannot be mounted here: that takes root on Linux';
  } finally {
    rmdirSync(folder);
  }
}
