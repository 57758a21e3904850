import type { FileDetection } from '#store/store.ts';
import type { App } from './app.ts';

/** The newest detection of a file with this MD5 or SHA-256, whichever of them it was announced with. */
export async function reportFile(app: App, accountId: string, digest: string): Promise<FileDetection | undefined> {
  const at = app.clock();
  const announced = await app.store.fileDetections.find(accountId, [digest], at);
  return announced.get(digest) ?? (await app.store.fileDetections.findByDigest(accountId, digest, at));
}
