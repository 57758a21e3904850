import { createHmac, timingSafeEqual } from 'node:crypto';
import type { App, ExportJob } from './app.ts';
import { defaultDownloads } from './export-folder.ts';

/** Where exports are downloaded from. */
export const downloadsPathname = '/downloads/';

/** A link to an export's file, good for a quarter of an hour, or as the application says, and without a key. */
export function signLink(app: Pick<App, 'vault' | 'clock' | 'downloads'>, job: Pick<ExportJob, 'id' | 'name'>, baseUrl: string): string {
  const { linkMs } = app.downloads ?? defaultDownloads;
  const expires = Math.floor((app.clock() + linkMs) / 1000);
  const url = new URL(`${downloadsPathname}${job.id}/${encodeURIComponent(job.name)}`, baseUrl);
  url.search = new URLSearchParams({ Expires: String(expires), Signature: signatureOf(app, job, String(expires)) }).toString();
  return url.href;
}

/** What a link names and carries, as it came. */
export interface Link {
  readonly id: string;
  readonly name: string;
  readonly expires: string;
  readonly signature: string;
}

/** Whether a link is one of ours and still good. The time that the check takes tells nothing of the right signature. */
export function checkLink(app: Pick<App, 'vault' | 'clock'>, link: Link): 'good' | 'expired' | 'forged' {
  const right = Buffer.from(signatureOf(app, link, link.expires));
  const given = Buffer.from(link.signature);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return 'forged';
  return Number(link.expires) * 1000 > app.clock() ? 'good' : 'expired';
}

function signatureOf(app: Pick<App, 'vault'>, { id, name }: Pick<ExportJob, 'id' | 'name'>, expires: string): string {
  return createHmac('sha256', app.vault.derive('downloads'))
    .update(JSON.stringify([id, name, expires]))
    .digest('base64url');
}
