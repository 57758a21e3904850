import type { FileDetection } from '#store/store.ts';
import type { App } from './app.ts';

export type { DetectionFailure, FileDetection, JudgedFile, JudgedMember } from '#store/store.ts';

/** The account's detections by the hash they were announced with, as long as they are kept. */
export function findFileDetections(app: App, accountId: string, hashKeys: readonly string[]): Promise<ReadonlyMap<string, FileDetection>> {
  return app.store.fileDetections.find(accountId, hashKeys, app.clock());
}
