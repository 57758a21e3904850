import type { App } from './app.ts';

/** How many detections of files the account has asked for, ever. */
export function countFileDetections(app: App, accountId: string): Promise<number> {
  return app.store.fileDetections.submissions(accountId);
}
