import { LazaretError } from '#domain/error.ts';
import { authorize, basicHeader, credentialsOf, parseChallenges, waysToLogIn } from './authorization.ts';
import type { Credentials, Environment } from './credentials.ts';
import { type Answer, discard, Exchange, type Patience } from './exchange.ts';
import { isLoopback } from './reference.ts';
import { throwIfCancelled } from './tree.ts';

export interface SessionOptions {
  /** Plain HTTP and any certificate; else plain HTTP to loopback only. */
  readonly insecure: boolean;
  /** See `AuthorizationContext`. */
  readonly credentials?: Credentials | null;
  readonly environment: Environment;
  readonly patience: Patience;
}

export interface SessionRequest {
  /** From the registry's root, with its query. */
  readonly path: string;
  /** What a token is asked for where the registry wants one. */
  readonly scope: string;
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

/** More scopes than this are not remembered: their tokens are asked for again. */
const mostTokens = 100;

/** Requests to one registry, logged in as it asks. */
export class RegistrySession {
  readonly host: string;
  readonly exchange: Exchange;
  readonly patience: Patience;
  readonly #options: SessionOptions;
  readonly #tokens = new Map<string, string>();
  #basic = '';
  #base: URL | undefined;

  constructor(host: string, options: SessionOptions) {
    this.host = host;
    this.patience = options.patience;
    this.#options = options;
    this.exchange = new Exchange({ ...options, loopback: isLoopback(host) });
  }

  /** Sends a request, and once more with credentials when the registry asks for them. */
  async send(request: SessionRequest, signal: AbortSignal): Promise<Answer> {
    throwIfCancelled(signal);
    const { scope, headers = {}, method = 'GET' } = request;
    const base = (this.#base ??= await this.#findBase(signal));
    const url = this.#urlOf(request.path, base);
    const shown = this.#shownFor(scope);
    const first = await this.exchange.send({ url, method, headers: withAuthorization(headers, shown) }, signal);
    if (first.response.statusCode !== 401 || first.url.origin !== base.origin) return first;
    discard(first.response);
    // Another request may have brought a fresh token meanwhile.
    if (this.#shownFor(scope) === shown) this.#remember(scope, await this.#authorize(first, scope, signal));
    return this.exchange.send({ url, method, headers: withAuthorization(headers, this.#shownFor(scope)) }, signal);
  }

  /** Sends a request with the user and password at once, to what never asks for them: the registry's own API. */
  async sendKnown(path: string, signal: AbortSignal): Promise<Answer> {
    throwIfCancelled(signal);
    const base = (this.#base ??= await this.#findBase(signal));
    const header = basicHeader(await credentialsOf({ host: this.host, ...this.#options }, signal)) ?? '';
    return this.exchange.send({ url: this.#urlOf(path, base), headers: withAuthorization({}, header) }, signal);
  }

  /** Throws, and lets go of the answer, unless it has this status. `what` is named in the error. */
  expect(answer: Answer, status: number, what: string): void {
    const actual = answer.response.statusCode ?? 0;
    if (actual === status) return;
    discard(answer.response);
    if (actual === 404) throw new LazaretError('not-found', `${this.host} has not ${what}`);
    if (actual === 401 || actual === 403)
      throw new LazaretError('unreachable', `${this.host} refuses access to ${what}; ${waysToLogIn({ host: this.host, ...this.#options })}`);
    throw new LazaretError('unreachable', `${this.host} answers ${actual} to ${what}`);
  }

  close(): void {
    this.exchange.close();
  }

  #shownFor(scope: string): string {
    return this.#basic === '' ? (this.#tokens.get(scope) ?? '') : this.#basic;
  }

  #remember(scope: string, header: string): void {
    if (header.startsWith('Basic ')) this.#basic = header;
    else {
      for (const oldest of this.#tokens.keys()) if (this.#tokens.size >= mostTokens) this.#tokens.delete(oldest);
      this.#tokens.set(scope, header);
    }
  }

  #authorize({ response }: Answer, scope: string, signal: AbortSignal): Promise<string> {
    const { exchange, host } = this;
    return authorize(parseChallenges(response.headers['www-authenticate'] ?? ''), { ...this.#options, host, scope, exchange }, signal);
  }

  #urlOf(path: string, base: URL): URL {
    const url = new URL(path, base);
    if (url.origin !== base.origin) throw new LazaretError('unreachable', `${this.host} sends us to ${url.host}, which is another server`);
    return url;
  }

  /** HTTPS; plain HTTP only for this machine or with --insecure, and only when nobody speaks TLS there. */
  async #findBase(signal: AbortSignal): Promise<URL> {
    const secure = parseBase(`https://${this.host}`);
    if (!this.#options.insecure && !isLoopback(this.host)) return secure;
    return speaksNoTls(await this.exchange.probe(new URL('/v2/', secure), signal)) ? parseBase(`http://${this.host}`) : secure;
  }
}

function parseBase(text: string): URL {
  if (!URL.canParse(text)) throw new LazaretError('invalid-input', `${text} is no address; check host and port`);
  return new URL(text);
}

function withAuthorization(headers: Readonly<Record<string, string>>, authorization: string): Readonly<Record<string, string>> {
  return authorization === '' ? headers : { ...headers, authorization };
}

function speaksNoTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code === 'ECONNRESET' || code === 'ECONNREFUSED';
}
