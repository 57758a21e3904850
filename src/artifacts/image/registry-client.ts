import type { Readable } from 'node:stream';
import { LazaretError } from '#domain/error.ts';
import { authorize, parseChallenges } from './authorization.ts';
import type { Environment } from './credentials.ts';
import { type Answer, discard, Exchange, type Patience } from './exchange.ts';
import { byteStream } from './file-slice.ts';
import { isLoopback, type RegistryReference } from './reference.ts';
import { throwIfCancelled } from './tree.ts';

export interface ClientOptions {
  readonly insecure: boolean;
  readonly environment: Environment;
  readonly patience: Patience;
}

/** A blob as the manifest states it. */
export interface StatedBlob {
  readonly digest: string;
  readonly size: number;
}

const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Speaks the OCI distribution protocol (registry v2) about one repository. Digests are checked by the caller. */
export class RegistryClient {
  readonly #reference: RegistryReference;
  readonly #options: ClientOptions;
  readonly #exchange: Exchange;
  #base: URL | undefined;
  #authorization = '';

  constructor(reference: RegistryReference, options: ClientOptions) {
    this.#reference = reference;
    this.#options = options;
    this.#exchange = new Exchange({ ...options, loopback: isLoopback(reference.host) });
  }

  /** The bytes of a manifest or index, by tag or digest, and the digest the registry states ('' for none). */
  async manifest(name: string, limit: number, signal: AbortSignal): Promise<{ bytes: Buffer; stated: string }> {
    const what = `the manifest ${this.#describe(name)}`;
    const answer = await this.#get(`manifests/${name}`, { accept: accepted }, signal);
    this.#expect(answer, 200, what);
    const stated = answer.response.headers['docker-content-digest'];
    return { bytes: await this.#exchange.text(what, answer, limit, signal), stated: typeof stated === 'string' ? stated : '' };
  }

  /** A whole small blob. */
  async blob(digest: string, limit: number, signal: AbortSignal): Promise<Buffer> {
    const what = `the config ${this.#describe(digest)}`;
    const answer = await this.#get(`blobs/${digest}`, {}, signal);
    this.#expect(answer, 200, what);
    return this.#exchange.text(what, answer, limit, signal);
  }

  /** A blob as a stream that survives cuts: it goes on with a range from where it broke. At most the stated size is read. */
  openBlob(blob: StatedBlob, signal: AbortSignal): Readable {
    return byteStream(this.#blobChunks(blob, signal));
  }

  close(): void {
    this.#exchange.close();
  }

  async *#blobChunks(blob: StatedBlob, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { attempts, resumes } = this.#options.patience;
    let offset = 0;
    let fruitless = 0;
    for (let cuts = 0; ; cuts++) {
      const before = offset;
      let failure: LazaretError;
      // A request that fails has been repeated already; only a body that breaks off is taken up again.
      const answer = await this.#askForBlob(blob, offset, signal);
      try {
        for await (const chunk of this.#freshChunks(blob, answer, offset, signal)) {
          offset += chunk.length;
          yield chunk;
        }
        if (offset === blob.size) return;
        failure = new LazaretError('corrupt', `${this.#describe(blob.digest)} ends after ${offset} of ${blob.size} bytes`);
      } catch (error) {
        if (!(error instanceof LazaretError) || error.code !== 'unreachable') throw error;
        failure = error;
      }
      fruitless = offset > before ? 1 : fruitless + 1;
      if (fruitless >= attempts || cuts >= resumes) throw failure;
      await this.#exchange.pause(fruitless, undefined, signal);
    }
  }

  /** Asks for a blob from an offset on; the answer has all of it, or exactly that range. */
  async #askForBlob(blob: StatedBlob, offset: number, signal: AbortSignal): Promise<Answer> {
    const what = `the blob ${this.#describe(blob.digest)}`;
    const answer = await this.#get(`blobs/${blob.digest}`, offset === 0 ? {} : { range: `bytes=${offset}-` }, signal);
    const { statusCode } = answer.response;
    if (offset > 0 && statusCode === 416)
      throw this.#close(answer, new LazaretError('corrupt', `${what} is shorter than the ${blob.size} bytes its manifest states`));
    if (statusCode === 200) return answer;
    this.#expect(answer, 206, what);
    if (startsAt(answer, offset, blob.size)) return answer;
    throw this.#close(answer, new LazaretError('corrupt', `${what}: the registry sends another range than was asked for`));
  }

  /** The bytes of an answer that lie behind `offset`: a server without ranges sends the others again. */
  async *#freshChunks(blob: StatedBlob, answer: Answer, offset: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const whole = answer.response.statusCode === 200;
    let ignored = whole ? offset : 0;
    let seen = whole ? 0 : offset;
    for await (const chunk of this.#exchange.body(answer, signal)) {
      seen += chunk.length;
      if (seen > blob.size)
        throw new LazaretError('corrupt', `the blob ${this.#describe(blob.digest)} is longer than the ${blob.size} bytes its manifest states`);
      const fresh = chunk.subarray(Math.min(ignored, chunk.length));
      ignored -= chunk.length - fresh.length;
      if (fresh.length > 0) yield fresh;
    }
  }

  /** Sends a GET below the repository, and once more with credentials when the registry asks for them. */
  async #get(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    throwIfCancelled(signal);
    const base = (this.#base ??= await this.#findBase(signal));
    const url = new URL(`/v2/${this.#reference.repository}/${path}`, base);
    const shown = this.#authorization;
    const first = await this.#exchange.send({ url, headers: withAuthorization(headers, shown) }, signal);
    if (first.response.statusCode !== 401 || first.url.origin !== base.origin) return first;
    discard(first.response);
    // Another request may have brought a fresh token meanwhile.
    if (this.#authorization === shown) {
      const context = { reference: this.#reference, exchange: this.#exchange, environment: this.#options.environment, insecure: this.#options.insecure };
      this.#authorization = await authorize(parseChallenges(first.response.headers['www-authenticate'] ?? ''), context, signal);
    }
    return this.#exchange.send({ url, headers: withAuthorization(headers, this.#authorization) }, signal);
  }

  /** HTTPS; plain HTTP only for this machine or with --insecure, and only when nobody speaks TLS there. */
  async #findBase(signal: AbortSignal): Promise<URL> {
    const { host } = this.#reference;
    const secure = parseBase(`https://${host}`);
    if (!this.#options.insecure && !isLoopback(host)) return secure;
    return speaksNoTls(await this.#exchange.probe(new URL('/v2/', secure), signal)) ? parseBase(`http://${host}`) : secure;
  }

  #expect(answer: Answer, status: number, what: string): void {
    const actual = answer.response.statusCode;
    if (actual === status) return;
    throw this.#close(answer, this.#refusal(actual ?? 0, what));
  }

  #refusal(status: number, what: string): LazaretError {
    const { host } = this.#reference;
    if (status === 404) return new LazaretError('not-found', `${host} has not ${what}`);
    if (status === 401 || status === 403) return new LazaretError('unreachable', `${host} refuses access to ${what}; log in with: docker login ${host}`);
    return new LazaretError('unreachable', `${host} answers ${status} to ${what}`);
  }

  #close(answer: Answer, error: LazaretError): LazaretError {
    discard(answer.response);
    return error;
  }

  #describe(name: string): string {
    const { host, repository } = this.#reference;
    return `${host}/${repository}${name.startsWith('sha256:') ? '@' : ':'}${name}`;
  }
}

function parseBase(text: string): URL {
  if (!URL.canParse(text)) throw new LazaretError('invalid-input', `${text} is no address; check host and port`);
  return new URL(text);
}

function withAuthorization(headers: Readonly<Record<string, string>>, authorization: string): Readonly<Record<string, string>> {
  return authorization === '' ? headers : { ...headers, authorization };
}

function startsAt(answer: Answer, offset: number, size: number): boolean {
  const range = /^bytes ([0-9]+)-([0-9]+)\/([0-9]+|\*)$/.exec(answer.response.headers['content-range'] ?? '');
  return range !== null && Number(range[1]) === offset && Number(range[2]) < size;
}

function speaksNoTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code === 'ECONNRESET' || code === 'ECONNREFUSED';
}
