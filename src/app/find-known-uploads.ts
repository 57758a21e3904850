import type { App } from './app.ts';
import { hasUpload, uploadFileName, uploadKeyOf } from './upload-folder.ts';

/** Those of the hashes whose file need not be uploaded again: a detection of it is under way or still kept, and so is the file. */
export async function findKnownUploads(app: App, accountId: string, hashKeys: readonly string[]): Promise<ReadonlySet<string>> {
  const detections = await app.store.fileDetections.find(accountId, hashKeys, app.clock());
  const known = new Set<string>();
  for (const [hashKey, { state }] of detections)
    if (state !== 'failed' && (await hasUpload(app.dataDir, uploadFileName(uploadKeyOf(accountId, hashKey))))) known.add(hashKey);
  return known;
}
