import { LazaretError } from '#domain/error.ts';
import type { UnpackBounds } from '#store/store.ts';
import type { App } from './app.ts';
import { hasUpload, uploadFileName, uploadKeyOf } from './upload-folder.ts';

export interface FileDetectionRequest {
  /** MD5 or SHA-256 of the whole file, lower-case hex. */
  readonly hashKey: string;
  /** Where to fetch it from; undefined for a file that was uploaded. */
  readonly url: string | undefined;
  /** How far an archive is opened; undefined: it stays closed. */
  readonly unpack: UnpackBounds | undefined;
}

/** Queues the detection of one file. @throws LazaretError 'not-found' when it was not uploaded, or is not kept any more. */
export async function submitFileDetection(app: App, accountId: string, request: FileDetectionRequest): Promise<void> {
  const { hashKey, url, unpack } = request;
  const { store, dataDir } = app;
  if (url !== undefined) {
    await store.fileDetections.submit({ accountId, hashKey, file: '', url, unpack }, app.clock());
    return;
  }
  const file = uploadFileName(uploadKeyOf(accountId, hashKey));
  // In one transaction, so that the file is not swept away in between.
  await store.transaction(async () => {
    if (!(await hasUpload(dataDir, file))) throw new LazaretError('not-found', `there is no uploaded file with the hash ${hashKey}`);
    await store.fileDetections.submit({ accountId, hashKey, file, url: '', unpack }, app.clock());
  });
}
