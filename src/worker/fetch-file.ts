import { lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { LazaretError } from '#domain/error.ts';
import { isPublicAddress } from '#lib/public-address.ts';

export interface FetchOptions {
  /** Whether addresses that are not public may be asked: whoever may ask for a fetch then reaches what this machine reaches. */
  readonly allowPrivate: boolean;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const mostRedirects = 5;
/** How long a server may say nothing, ms. */
const silenceMs = 20_000;

/**
 * The body behind a URL, as it comes. Only http and https, at most five redirects, each address checked after its name is resolved and then used
 * as checked, nothing of ours sent along.
 * @throws LazaretError 'unreachable' with the reason, 'limit' when the server announces more than `maxBytes`.
 */
export async function* fetchFile(url: string, options: FetchOptions): AsyncGenerator<Buffer> {
  const response = await follow(url, options);
  try {
    for await (const piece of response) yield piece as Buffer;
    if (!response.complete) throw unreachable('the connection broke off');
  } catch (error) {
    options.signal.throwIfAborted();
    throw error instanceof LazaretError ? error : unreachable(messageOf(error), error);
  } finally {
    response.destroy();
  }
}

async function follow(url: string, options: FetchOptions): Promise<IncomingMessage> {
  let target = readUrl(url);
  for (let redirect = 0; ; redirect += 1) {
    const response = await ask(target, options);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 200 && statusCode < 300 && statusCode !== 206) {
      if (Number(headers['content-length'] ?? 0) <= options.maxBytes) return response;
      response.destroy();
      throw new LazaretError('limit', `the server announces ${headers['content-length']} bytes; at most ${options.maxBytes} are taken`);
    }
    response.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode)) throw unreachable(`the server answers with status ${statusCode}`);
    if (redirect === mostRedirects) throw unreachable(`more than ${mostRedirects} redirects`);
    target = readUrl(headers.location ?? '', target);
  }
}

function readUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw unreachable('only http and https can be fetched');
  if (url.username !== '' || url.password !== '') throw unreachable('a URL with a name or password is not fetched');
  return url;
}

function ask(url: URL, { allowPrivate, signal }: FetchOptions): Promise<IncomingMessage> {
  signal.throwIfAborted();
  // A name is checked when it is resolved; an address never is.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && !allowPrivate && !isPublicAddress(host)) return Promise.reject(notPublic());
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'lazaret' };
  const request = send(url, { agent: false, headers, lookup: lookupOf(allowPrivate), signal });
  request.setTimeout(silenceMs, () => request.destroy(unreachable(`nothing was heard for ${silenceMs / 1000} s`)));
  request.once('response', resolve);
  request.once('error', (error) => reject(signal.aborted || error instanceof LazaretError ? error : unreachable(messageOf(error), error)));
  request.end();
  return promise;
}

// The connection is made to the addresses that were checked: a name that resolves otherwise a moment later gains nothing.
function lookupOf(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))) return callback(notPublic(), []);
      const [first] = addresses;
      if (options.all === true || first === undefined) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

// Without the address: it would tell the caller what names mean inside.
function notPublic(): LazaretError {
  return unreachable('its address is not public and is not asked');
}

function unreachable(reason: string, cause?: unknown): LazaretError {
  return new LazaretError('unreachable', `the file could not be fetched: ${reason}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
