import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { LazaretError } from '#domain/error.ts';
import type { Environment } from './credentials.ts';
import { isLoopback } from './reference.ts';

/** Patience with a registry. */
export interface Patience {
  /** Milliseconds a peer may say nothing while we wait for it. */
  readonly idleMs: number;
  /** Milliseconds before the first repetition; each next one waits twice as long. */
  readonly backoffMs: number;
  /** Tries of one request, and of one blob without a byte of progress. */
  readonly attempts: number;
  /** Times one blob is taken up again after a cut, progress or not. */
  readonly resumes: number;
  /** Seconds that a `Retry-After` may ask for. */
  readonly retryAfterSeconds: number;
}

export const defaultPatience: Patience = { idleMs: 30_000, backoffMs: 500, attempts: 5, resumes: 100, retryAfterSeconds: 60 };

export interface Request {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response, and where it came from after redirects. */
export interface Answer {
  readonly response: IncomingMessage;
  readonly url: URL;
}

export interface ExchangeOptions {
  readonly insecure: boolean;
  /** Whether plain HTTP to loopback is fine: only where the registry itself is there, or a hostile one could send us to local ports. */
  readonly loopback: boolean;
  readonly environment: Environment;
  readonly patience: Patience;
}

const maxRedirects = 5;
const discardBytes = 64 * 1024;
const passing = new Set(['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

/** One HTTP client with kept connections. Follows redirects; credentials never leave the origin they were meant for. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #agents = new Map<string, http.Agent>();

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /**
   * Sends a request until it is answered with anything but 429 or 5xx, waiting between tries. Errors: `unreachable` when tries
   * run out or an address is not allowed, `cancelled`.
   */
  async send(request: Request, signal: AbortSignal): Promise<Answer> {
    const { attempts } = this.#options.patience;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(request, signal);
      if ('response' in outcome && !isBusy(outcome.response)) return outcome;
      if ('response' in outcome) discard(outcome.response);
      if (attempt >= attempts) throw 'response' in outcome ? busyError(outcome) : outcome.error;
      await this.pause(attempt, 'response' in outcome ? outcome.response : undefined, signal);
    }
  }

  /** The system's code of the error that one bare request meets; '' where anything at all is answered. */
  async probe(url: URL, signal: AbortSignal): Promise<string> {
    try {
      discard(await this.#once({ url }, signal));
      return '';
    } catch (error) {
      if (signal.aborted) throw cancelled(error);
      return codeOf(error);
    }
  }

  /** Waits before the next try: as long as the answer asks for, else twice as long each time. */
  async pause(attempt: number, response: IncomingMessage | undefined, signal: AbortSignal): Promise<void> {
    const { backoffMs, retryAfterSeconds } = this.#options.patience;
    const asked = response === undefined ? undefined : retryAfter(response);
    if (asked !== undefined && asked > retryAfterSeconds)
      throw new LazaretError('unreachable', `the registry asks to come back in ${asked} seconds; try again later`);
    try {
      await sleep(asked === undefined ? backoffMs * 2 ** (attempt - 1) : asked * 1000, undefined, { signal });
    } catch (error) {
      throw cancelled(error);
    }
  }

  /** The pieces of a body. Errors: `unreachable` when the peer falls silent or the connection breaks, `cancelled`. */
  async *body(answer: Answer, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { response, url } = answer;
    const silent = new LazaretError('unreachable', `${url.host} sent nothing for ${this.#options.patience.idleMs / 1000} seconds`);
    const iterator = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        // Only waiting counts: while the reader is busy elsewhere, silence is its own doing.
        const timer = setTimeout(() => response.destroy(silent), this.#options.patience.idleMs);
        const next = await iterator.next().finally(() => clearTimeout(timer));
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      if (error instanceof LazaretError) throw error;
      throw signal.aborted ? cancelled(error) : new LazaretError('unreachable', `the connection to ${url.host} broke (${messageOf(error)})`, { cause: error });
    } finally {
      response.destroy();
    }
  }

  /** A whole small body; error `limit` above `limit` bytes. */
  async text(what: string, answer: Answer, limit: number, signal: AbortSignal): Promise<Buffer> {
    const tooLarge = new LazaretError('limit', `${what} is larger than the limit of ${limit} bytes`);
    if (Number(answer.response.headers['content-length'] ?? 0) > limit) {
      answer.response.destroy();
      throw tooLarge;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.body(answer, signal)) {
      size += chunk.length;
      if (size > limit) throw tooLarge;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  async #attempt(request: Request, signal: AbortSignal): Promise<Answer | { readonly error: LazaretError }> {
    try {
      return await this.#follow(request, signal);
    } catch (error) {
      if (signal.aborted) throw cancelled(error);
      if (error instanceof LazaretError) throw error;
      const failure = new LazaretError('unreachable', explain(request.url, error), { cause: error });
      if (!passing.has(codeOf(error))) throw failure;
      return { error: failure };
    }
  }

  async #follow(request: Request, signal: AbortSignal): Promise<Answer> {
    let { url } = request;
    let headers = request.headers ?? {};
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      this.#checkAddress(url);
      const response = await this.#once({ ...request, url, headers }, signal);
      const target = redirectOf(response, request.method ?? 'GET');
      if (target === undefined) return { response, url };
      discard(response);
      const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined;
      if (next === undefined) throw new LazaretError('unreachable', `${url.host} redirects to something that is no address`);
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
    throw new LazaretError('unreachable', `${request.url.host} redirects more than ${maxRedirects} times`);
  }

  #checkAddress(url: URL): void {
    const plain = url.protocol === 'http:' && (this.#options.insecure || (this.#options.loopback && isLoopback(url.host)));
    if (url.protocol === 'https:' || plain) return;
    throw new LazaretError('unreachable', `${url.protocol}//${url.host} is not fetched: plain HTTP is allowed to this machine only, or with --insecure`);
  }

  #once(request: Request, signal: AbortSignal): Promise<IncomingMessage> {
    const { url } = request;
    const { idleMs } = this.#options.patience;
    return new Promise((resolve, reject) => {
      const headers = { 'user-agent': 'lazaret', 'accept-encoding': 'identity', ...request.headers };
      const send = url.protocol === 'https:' ? https.request : http.request;
      // A user name in an address would become a header of its own.
      const target = { protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port, path: `${url.pathname}${url.search}` };
      const outgoing = send({ ...target, method: request.method ?? 'GET', headers, agent: this.#agent(url), signal });
      const timer = setTimeout(() => outgoing.destroy(Object.assign(new Error(`no answer for ${idleMs / 1000} seconds`), { code: 'ETIMEDOUT' })), idleMs);
      outgoing.on('response', (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      outgoing.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      outgoing.end(request.body);
    });
  }

  #agent(url: URL): http.Agent {
    const known = this.#agents.get(url.origin);
    if (known !== undefined) return known;
    const settings = { keepAlive: true, maxSockets: 8, ...(isLoopback(url.host) ? {} : { proxyEnv: { ...this.#options.environment } }) };
    const agent = url.protocol === 'https:' ? new https.Agent({ ...settings, rejectUnauthorized: !this.#options.insecure }) : new http.Agent(settings);
    this.#agents.set(url.origin, agent);
    return agent;
  }
}

function isBusy(response: IncomingMessage): boolean {
  return response.statusCode === 429 || (response.statusCode ?? 0) >= 500;
}

function busyError({ response, url }: Answer): LazaretError {
  return new LazaretError('unreachable', `${url.host} answers ${response.statusCode} again and again; try again later`);
}

function redirectOf(response: IncomingMessage, method: string): string | undefined {
  const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0);
  // A body with secrets in it is sent to nobody else.
  return isRedirect && method !== 'POST' ? response.headers.location : undefined;
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

/** Lets a short body pass, so that the connection can be used again; a longer one, or one of unknown length, costs the connection. */
export function discard(response: IncomingMessage): void {
  if (Number(response.headers['content-length'] ?? Number.NaN) <= discardBytes) response.resume();
  else response.destroy();
}

/** Seconds asked for, as a number or as a date compared with the answer's own; undefined where nothing sensible is asked. */
function retryAfter(response: IncomingMessage): number | undefined {
  const text = response.headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  const seconds = (Date.parse(text) - Date.parse(response.headers.date ?? '')) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function explain(url: URL, error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOTFOUND') return `there is no host ${url.hostname}`;
  if (code === 'ECONNREFUSED') return `${url.host} refuses connections; is the registry running?`;
  if (/CERT|SELF_SIGNED|ALTNAME|VERIFY/.test(code))
    return `${url.host} shows a certificate that is not trusted (${code}); add its authority with NODE_EXTRA_CA_CERTS, or use --insecure`;
  return `${url.host} cannot be reached (${messageOf(error)})`;
}

function cancelled(cause: unknown): LazaretError {
  return new LazaretError('cancelled', 'stopped on request', { cause });
}

/** The system's code of a network error; of several addresses tried, the first one's. */
function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : codeOf(error);
}
