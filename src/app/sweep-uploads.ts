import { rm } from 'node:fs/promises';
import type { App } from './app.ts';
import { changedAt, filesIn } from './folder-files.ts';
import { partSuffix } from './store-upload.ts';
import { uploadFolder, uploadPath } from './upload-folder.ts';

/** How long results of file detections are kept, and uploads that nobody asks about, ms. */
export const keptMs = 5 * 3600 * 1000;
/** Older than any upload can take: its writer died, ms. */
const partMs = 3600 * 1000;

/** Forgets detections whose time is up, and removes files that no detection needs any more and unfinished ones that nobody writes. Returns how many files. */
export async function sweepUploads(app: Pick<App, 'store' | 'clock' | 'dataDir'>): Promise<number> {
  const { store, dataDir } = app;
  const now = app.clock();
  while ((await store.fileDetections.removeExpired(now)) > 0);
  let removed = 0;
  for (const name of await filesIn(uploadFolder(dataDir))) {
    const file = uploadPath(dataDir, name);
    const age = now - (await changedAt(file, now));
    if (age < (name.endsWith(partSuffix) ? partMs : keptMs)) continue;
    // In one transaction with the question, so that nobody asks for a detection of it in between.
    const isGone = await store.transaction(async () => {
      if (await store.fileDetections.usesFile(name)) return false;
      await rm(file, { force: true });
      return true;
    });
    if (isGone) removed += 1;
  }
  return removed;
}
