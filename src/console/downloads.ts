import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { App, ExportJob } from '#app/app.ts';
import { exportIdPattern, exportPath } from '#app/export-folder.ts';
import { checkLink, downloadsPathname } from '#app/sign-link.ts';

export interface DownloadOptions {
  readonly app: Pick<App, 'store' | 'vault' | 'clock' | 'dataDir'>;
  /** Milliseconds that a request waits for a file that is being written; 30 s by default. */
  readonly waitMs?: number;
  /** Milliseconds after which a reader that takes nothing is cut off; 60 s by default. */
  readonly silenceMs?: number;
}

/** Requests that wait at the same time; more are told to come again. */
const mostWaiting = 64;
const defaultWaitMs = 30_000;
const defaultSilenceMs = 60_000;
const lookMs = 250;
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/**
 * Serves the files of exports to whoever has a signed link, without a key. A link that was not signed here, or is too old, is answered with 403, a file that is no longer kept
 * with 404; a file that is still being written is waited for, and answered with 503 when that takes too long. Nothing of the path is ever used as one: an id only
 * finds its job, and the job's own id names the file.
 */
export function addDownloads(server: FastifyInstance, options: DownloadOptions): void {
  let waiting = 0;
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  const findDone = async (id: string, isGone: () => boolean): Promise<ExportJob | undefined> => {
    const { store, clock } = options.app;
    const until = performance.now() + (options.waitMs ?? defaultWaitMs);
    waiting += 1;
    try {
      for (;;) {
        const job = await store.exports.findLinked(id);
        if (job === undefined || job.expiresAt <= clock()) return undefined;
        const isOpen = job.state === 'queued' || job.state === 'running';
        if (!isOpen || closing || isGone() || waiting > mostWaiting || performance.now() >= until) return job;
        await sleep(lookMs);
      }
    } finally {
      waiting -= 1;
    }
  };
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = readLink(request);
    const state = link === undefined ? 'forged' : checkLink(options.app, link);
    if (link === undefined || state === 'forged') return refuse(reply, 403, 'the link is not valid');
    if (state === 'expired') return refuse(reply, 403, 'the link has expired');
    const job = await findDone(link.id, () => request.raw.socket.destroyed);
    if (job === undefined || job.name !== link.name) return refuse(reply, 404, 'not found');
    if (job.state === 'failed') return refuse(reply, 404, 'the export failed');
    if (job.state !== 'done') return refuse(reply.header('retry-after', '5'), 503, 'the export is not done yet');
    return sendFile(reply, job, options);
  };
  server.get(`${downloadsPathname}:id/:name`, { exposeHeadRoute: false }, answer);
}

interface LinkRequest {
  readonly params: { readonly id?: unknown; readonly name?: unknown };
  readonly query: { readonly Expires?: unknown; readonly Signature?: unknown };
}

function readLink(request: FastifyRequest) {
  const { params, query } = request as unknown as LinkRequest;
  const { id, name } = params;
  const { Expires: expires, Signature: signature } = query;
  if (typeof id !== 'string' || !exportIdPattern.test(id) || typeof name !== 'string' || name.length > 256) return undefined;
  if (typeof expires !== 'string' || !/^\d{1,12}$/.test(expires) || typeof signature !== 'string' || signature.length > 256) return undefined;
  return { id, name, expires, signature };
}

async function sendFile(reply: FastifyReply, job: ExportJob, { app, silenceMs }: DownloadOptions): Promise<FastifyReply> {
  let file: FileHandle;
  try {
    file = await open(exportPath(app.dataDir, job.id), 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return refuse(reply, 404, 'not found');
    throw error;
  }
  const { size } = await file.stat();
  reply.raw.setTimeout(silenceMs ?? defaultSilenceMs, () => reply.raw.destroy());
  return reply
    .code(200)
    .header('content-type', spreadsheet)
    .header('content-length', size)
    .header('content-disposition', disposition(job.name))
    .header('cache-control', 'private, no-store')
    .header('x-content-type-options', 'nosniff')
    .send(file.createReadStream());
}

// RFC 6266: a plain name for old readers, and the real one.
function disposition(name: string): string {
  const plain = name.replace(/[^\w.\- ]/g, '_');
  const coded = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${coded}`;
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').send({ error });
}
