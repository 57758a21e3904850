import type { ExportRequest } from '#app/app.ts';
import type { ExportJob } from '#store/store.ts';
import type { TestCall } from './cloud-call.ts';

/** An export of nothing that matters. */
export const anExport: ExportRequest = { rows: 'images', title: 'T', language: 'en', zoneMinutes: 0, columns: [], query: undefined };

/** Puts an export into the store that ended as `end` says, or still waits. */
export async function storeExport(
  { app, store, accountId }: Pick<TestCall, 'app' | 'store' | 'accountId'>,
  end: 'queued' | 'running' | 'done' | { readonly failure: string },
  over: Partial<Pick<ExportJob, 'name' | 'source' | 'expiresAt'>> = {},
): Promise<string> {
  const now = app.clock();
  const id = await store.exports.create({ accountId, source: 'local', name: 'a.xlsx', request: anExport, expiresAt: now + 24 * 3600_000, ...over }, now);
  if (end === 'queued') return id;
  // Far enough that no later claim takes it again.
  await store.exports.claim('w', now, now + 1e9);
  if (end !== 'running') await store.exports.finish('w', id, { failure: end === 'done' ? undefined : end.failure, at: now });
  return id;
}
