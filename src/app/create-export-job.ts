import type { App, ExportJob } from './app.ts';
import { describeImage, describeLocalImage } from './describe-image.ts';
import { defaultDownloads } from './export-folder.ts';

/**
 * Queues an export and returns its id. A worker writes the file; it and the job are kept for a day, or as the application says.
 * @throws LazaretError 'not-found' when the image whose findings are asked for does not exist, 'limit' when too many exports are under way or kept.
 */
export async function createExportJob(app: App, accountId: string, job: Pick<ExportJob, 'source' | 'name' | 'request'>): Promise<string> {
  const { request } = job;
  if (request.rows === 'findings') await (job.source === 'local' ? describeLocalImage : describeImage)(app, accountId, request.query.imageId);
  const at = app.clock();
  const { keepMs } = app.downloads ?? defaultDownloads;
  return app.store.exports.create({ accountId, ...job, expiresAt: at + keepMs }, at);
}
