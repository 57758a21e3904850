import { copyFile, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';

/** Where programs, libraries, scripts and documents of a running system are, with the share of the bytes that each gets. Nothing here is secret. */
const sources = [
  ['/usr/bin', 30],
  ['/usr/sbin', 10],
  ['/usr/lib', 40],
  ['/usr/share', 20],
] as const;

/** Copies files of the running system to `place` until they are about `bytes` together; as many from each source as its share says. */
export async function copySystem(place: string, bytes: number): Promise<void> {
  await mkdir(place);
  for (const [source, percent] of sources) await copyBelow(source, place, { left: (bytes * percent) / 100 });
}

async function copyBelow(folder: string, place: string, budget: { left: number }): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  await mkdir(path.join(place, folder), { recursive: true });
  for (const name of names.sort()) {
    if (budget.left <= 0) return;
    await copyOne(path.join(folder, name), place, budget);
  }
}

async function copyOne(source: string, place: string, budget: { left: number }): Promise<void> {
  const found = await lstat(source).catch(() => undefined);
  if (found === undefined) return;
  const target = path.join(place, source);
  if (found.isDirectory()) await copyBelow(source, place, budget);
  else if (found.isSymbolicLink()) await symlink(await readlink(source), target);
  else if (found.isFile() && found.size <= budget.left) {
    // What this user may not read is left out.
    const copied = await copyFile(source, target).then(
      () => true,
      () => false,
    );
    if (copied) budget.left -= found.size;
  }
}
