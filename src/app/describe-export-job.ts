import { LazaretError } from '#domain/error.ts';
import type { App, ExportJob, ExportSource, ExportState, Listing, Page } from './app.ts';

/** @throws LazaretError 'not-found' when the account has no such export, or its time is up. */
export async function describeExportJob(app: App, accountId: string, id: string): Promise<ExportJob> {
  const job = await app.store.exports.find(accountId, id);
  if (job === undefined || job.expiresAt <= app.clock()) throw new LazaretError('not-found', `no export ${id}`);
  return job;
}

export interface ExportListRequest extends Page {
  readonly states?: readonly ExportState[];
  readonly sources?: readonly ExportSource[];
  readonly order: 'asc' | 'desc';
}

/** One page of the account's exports, by the time they were asked for. */
export async function listExportJobs(app: App, accountId: string, request: ExportListRequest): Promise<Listing<ExportJob>> {
  return app.store.exports.list({ accountId, ...request, at: app.clock() });
}
