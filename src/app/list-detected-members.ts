import type { JudgedMember, Listing, Page } from '#store/store.ts';
import type { App } from './app.ts';

/** What was found of the members of the account's archives, or of one archive. */
export function listDetectedMembers(app: App, accountId: string, query: Page & { readonly hashKey: string | undefined }): Promise<Listing<JudgedMember>> {
  const { hashKey, offset, limit } = query;
  return app.store.fileDetections.members({ accountId, at: app.clock(), offset, limit, ...(hashKey === undefined ? {} : { hashKey }) });
}
