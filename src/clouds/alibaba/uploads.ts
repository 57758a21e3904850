import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { storeUpload, type UploadEnd } from '#app/store-upload.ts';
import { hashKeyOf, uploadFileName } from '#app/upload-folder.ts';
import { LazaretError } from '#domain/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Vault } from '#lib/vault.ts';
import { isUploadRefusal, readUploadForm, type UploadGrant, type UploadRefusal } from './upload-form.ts';
import { xmlDocument } from './xml.ts';

export interface UploadOptions {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly dataDir: string;
  /** Milliseconds that a caller may send nothing; 20 s by default. */
  readonly silenceMs?: number;
  /** See `UploadTarget.keepFree`. */
  readonly keepFree?: number;
}

/** The path that forms are sent to. */
export const uploadPathname = '/uploads/';

/** Uploads at the same time; more are told to come again. */
const mostUploads = 64;
const defaultSilenceMs = 20_000;
/** A caller that goes on sending after its answer would not see it, so the rest is read and dropped, but not without end. Bytes. */
const mostDropped = 16 * 1024 * 1024;
/** Ours are four fields of less than 1 KiB; callers add their own. All that may come before the file, bytes. */
const mostFormBytes = 1024 * 1024;
const formLimits = { fieldNameSize: 100, fieldSize: 16 * 1024, fields: 30, files: 1, parts: 32, headerPairs: 30, headerSize: 8 * 1024 } as const;

/** Takes files by form, as Object Storage Service's PostObject does: fields first, the file last. It knows its callers by their forms alone. */
export function addUploads(server: FastifyInstance, options: UploadOptions): void {
  let running = 0;
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (running >= mostUploads) return sendError(request, reply, { status: 503, code: 'ServiceUnavailable', message: 'Too many uploads at the same time.' });
    running += 1;
    try {
      await takeUpload(request, reply, options);
    } finally {
      running -= 1;
    }
  };
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The body stays a stream, whatever it calls itself.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.post(uploadPathname, answer);
    scope.post(uploadPathname.slice(0, -1), answer);
  });
}

async function takeUpload(request: FastifyRequest, reply: FastifyReply, options: UploadOptions): Promise<void> {
  const { raw } = request;
  let result: Taken | UploadRefusal;
  try {
    result = await readForm(request, options);
  } catch (error) {
    result = refusalOf(error);
    if (result.status >= 500) request.log.error({ err: error }, 'upload failed');
  }
  const isSilent = 'code' in result && result.code === 'RequestTimeout';
  const isRead = !isSilent && (await drop(raw, options.silenceMs ?? defaultSilenceMs));
  if (!isRead) reply.header('connection', 'close');
  if ('code' in result) await sendError(request, reply, result);
  else await sendStored(request, reply, result);
}

interface Taken {
  readonly end: Extract<UploadEnd, { readonly end: 'stored' }>;
  readonly key: string;
  readonly fields: ReadonlyMap<string, string>;
}

class Malformed extends Error {}
class Silent extends Error {}

// Reads up to the end of the file, which stands last; what comes after it counts for nothing.
async function readForm(request: FastifyRequest, options: UploadOptions): Promise<Taken | UploadRefusal> {
  const { raw } = request;
  const form = openForm(raw);
  const fields = new Map<string, string>();
  const { promise, resolve, reject } = Promise.withResolvers<BusboyFileStream>();
  const watch = watchSilence(raw, options.silenceMs ?? defaultSilenceMs, reject);
  form.on('field', (name, value, _nameCut, valueCut) => {
    if (valueCut) reject(new Malformed('a field of the form is too long'));
    else if (typeof name === 'string') fields.set(name.toLowerCase(), value);
  });
  for (const event of ['fieldsLimit', 'partsLimit'] as const) form.on(event, () => reject(new Malformed('the form has too many fields')));
  form.on('file', (_name, file) => {
    // What is read of it is told where it is read; without a listener it would be an uncaught error.
    file.on('error', () => undefined);
    watch.onBroken((error) => file.destroy(error));
    resolve(file);
  });
  form.on('finish', () => reject(new Malformed('the form has no file')));
  form.on('error', (error) => watch.broken(new Malformed(error instanceof Error ? error.message : String(error))));
  raw.pipe(form);
  try {
    const file = await promise;
    const grant = readUploadForm(options.vault, fields, options.clock());
    return isUploadRefusal(grant) ? grant : await store(file, { grant, fields, writer: request.id }, options);
  } finally {
    watch.end();
    raw.unpipe(form);
  }
}

function openForm(raw: IncomingMessage) {
  try {
    return new Busboy({ headers: raw.headers as BusboyHeaders, limits: formLimits, isPartAFile: (name) => name === 'file' });
  } catch (error) {
    throw new Malformed(error instanceof Error ? error.message : String(error));
  }
}

async function store(
  file: BusboyFileStream,
  upload: { readonly grant: UploadGrant; readonly fields: ReadonlyMap<string, string>; readonly writer: string },
  { dataDir, keepFree }: UploadOptions,
): Promise<Taken | UploadRefusal> {
  const { key, maxBytes } = upload.grant;
  const hashKey = hashKeyOf(key);
  if (hashKey === undefined) return { status: 400, code: 'InvalidObjectName', message: 'The specified object is not valid.' };
  const target = { dataDir, fileName: uploadFileName(key), hashKey, maxBytes, writer: upload.writer, ...(keepFree === undefined ? {} : { keepFree }) };
  const end = await storeUpload(target, file);
  switch (end.end) {
    case 'stored':
      return { end, key, fields: upload.fields };
    case 'too-large':
      return { status: 400, code: 'EntityTooLarge', message: `Your proposed upload exceeds the maximum allowed size of ${maxBytes} bytes.` };
    case 'wrong-hash':
      return { status: 400, code: 'InvalidDigest', message: 'The file does not have the hash that its key was made for.' };
  }
}

interface Watch {
  broken(error: Error): void;
  /** Told once when nothing more will come of the request, or at once when that is so already. */
  onBroken(tell: (error: Error) => void): void;
  end(): void;
}

// A request that breaks off, or whose sender falls silent, ends the form, and the file with it.
function watchSilence(raw: IncomingMessage, silenceMs: number, fail: (error: Error) => void): Watch {
  let listener: ((error: Error) => void) | undefined;
  let reason: Error | undefined;
  const broken = (error: Error) => {
    reason ??= error;
    fail(reason);
    listener?.(reason);
  };
  const timer = setTimeout(() => broken(new Silent('nothing was sent')), silenceMs);
  let before = 0;
  const onData = (piece: Buffer) => {
    timer.refresh();
    // A file is counted where it is written.
    before += listener === undefined ? piece.length : 0;
    if (before > mostFormBytes) broken(new Malformed('too much comes before the file'));
  };
  const onClose = () => {
    if (!raw.complete) broken(new Malformed('the request broke off'));
  };
  raw.on('data', onData);
  raw.on('close', onClose);
  raw.on('error', broken);
  return {
    broken,
    onBroken(tell) {
      if (reason === undefined) listener = tell;
      else tell(reason);
    },
    end() {
      clearTimeout(timer);
      raw.off('data', onData);
      raw.off('close', onClose);
    },
  };
}

/** Reads what is left of a request and drops it. False when there was too much, or the sender fell silent: the connection cannot be used again. */
async function drop(raw: IncomingMessage, silenceMs: number): Promise<boolean> {
  if (raw.readableEnded || raw.destroyed) return raw.complete;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), silenceMs);
  let dropped = 0;
  const onData = (piece: Buffer) => {
    timer.refresh();
    dropped += piece.length;
    if (dropped > mostDropped) resolve(false);
  };
  raw.on('data', onData);
  raw.once('end', () => resolve(true));
  raw.once('close', () => resolve(raw.complete));
  raw.resume();
  const isRead = await promise;
  clearTimeout(timer);
  raw.off('data', onData);
  if (!isRead) raw.pause();
  return isRead;
}

function refusalOf(error: unknown): UploadRefusal {
  if (error instanceof Malformed)
    return { status: 400, code: 'MalformedPOSTRequest', message: `The body of your POST request is not well-formed multipart/form-data: ${error.message}.` };
  if (error instanceof Silent)
    return { status: 400, code: 'RequestTimeout', message: 'Your socket connection to the server was not read from or written to in time.' };
  if (error instanceof LazaretError && (error.code === 'limit' || error.code === 'unavailable'))
    return { status: 503, code: 'ServiceUnavailable', message: 'There is no room for uploads now.' };
  return { status: 500, code: 'InternalError', message: 'We encountered an internal error. Please try again.' };
}

// The caller chooses the status of success, 204 by default.
async function sendStored(request: FastifyRequest, reply: FastifyReply, { end, key, fields }: Taken): Promise<void> {
  const tag = `"${end.md5.toUpperCase()}"`;
  reply.header('etag', tag).header('x-oss-request-id', request.id);
  switch (fields.get('success_action_status')) {
    case '200':
      await reply.code(200).send('');
      return;
    case '201':
      await reply
        .code(201)
        .header('content-type', xmlType)
        .send(xmlDocument('PostResponse', { Location: `${uploadPathname}${key}`, Bucket: 'uploads', Key: key, ETag: tag }));
      return;
    default:
      await reply.code(204).send();
  }
}

async function sendError(request: FastifyRequest, reply: FastifyReply, { status, code, message }: UploadRefusal): Promise<void> {
  const body = xmlDocument('Error', { Code: code, Message: message, RequestId: request.id, HostId: request.headers.host ?? '' });
  await reply.code(status).header('content-type', xmlType).header('x-oss-request-id', request.id).send(body);
}

const xmlType = 'application/xml';
