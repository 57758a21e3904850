import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { App } from './app.ts';
import { exportFolder, exportIdPattern, exportPath } from './export-folder.ts';
import { changedAt, filesIn } from './folder-files.ts';
import { unfinishedSuffix } from './write-export.ts';

/** Longer without a write than any worker takes for a page: its writer died, ms. */
const deadMs = 10 * 60_000;

/** Forgets exports whose time is up, and removes files that no export needs and unfinished ones that nobody writes. Returns how many files. */
export async function sweepExports(app: Pick<App, 'store' | 'clock' | 'dataDir'>): Promise<number> {
  const { store, dataDir } = app;
  const now = app.clock();
  await store.exports.removeExpired(now);
  let removed = 0;
  for (const name of await filesIn(exportFolder(dataDir))) {
    const file = path.join(exportFolder(dataDir), name);
    if (name.endsWith(unfinishedSuffix) ? now - (await changedAt(file, now)) < deadMs : await isWanted(store, name)) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}

/** Removes the file of an export that was forgotten while it was written. */
export async function dropUnwanted({ store, dataDir }: Pick<App, 'store' | 'dataDir'>, id: string): Promise<void> {
  if (!(await store.exports.isKept(id))) await rm(exportPath(dataDir, id), { force: true });
}

async function isWanted(store: App['store'], name: string): Promise<boolean> {
  const id = name.slice(0, 32);
  return exportIdPattern.test(id) && (await store.exports.isKept(id));
}
