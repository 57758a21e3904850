import type { Readable } from 'node:stream';
import { LazaretError } from '#domain/error.ts';
import { type Answer, discard } from './exchange.ts';
import { byteStream } from './file-slice.ts';
import { isDigest } from './manifest.ts';
import type { RegistrySession } from './registry-session.ts';

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
  readonly #session: RegistrySession;
  readonly #repository: string;

  constructor(session: RegistrySession, repository: string) {
    this.#session = session;
    this.#repository = repository;
  }

  /** The digest that the registry states for a tag; '' where it states none. */
  async digest(tag: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#send(`manifests/${tag}`, { accept: accepted }, signal, 'HEAD');
    this.#session.expect(answer, 200, `the manifest ${this.#describe(tag)}`);
    discard(answer.response);
    const stated = answer.response.headers['docker-content-digest'];
    return typeof stated === 'string' && isDigest(stated) ? stated : '';
  }

  /** The bytes of a manifest or index, by tag or digest, and the digest the registry states ('' for none). */
  async manifest(name: string, limit: number, signal: AbortSignal): Promise<{ bytes: Buffer; stated: string }> {
    const what = `the manifest ${this.#describe(name)}`;
    const answer = await this.#send(`manifests/${name}`, { accept: accepted }, signal);
    this.#session.expect(answer, 200, what);
    const stated = answer.response.headers['docker-content-digest'];
    return { bytes: await this.#session.exchange.text(what, answer, limit, signal), stated: typeof stated === 'string' ? stated : '' };
  }

  /** A whole small blob. */
  async blob(digest: string, limit: number, signal: AbortSignal): Promise<Buffer> {
    const what = `the config ${this.#describe(digest)}`;
    const answer = await this.#send(`blobs/${digest}`, {}, signal);
    this.#session.expect(answer, 200, what);
    return this.#session.exchange.text(what, answer, limit, signal);
  }

  /** A blob as a stream that survives cuts: it goes on with a range from where it broke. At most the stated size is read. */
  openBlob(blob: StatedBlob, signal: AbortSignal): Readable {
    return byteStream(this.#blobChunks(blob, signal));
  }

  async *#blobChunks(blob: StatedBlob, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { attempts, resumes } = this.#session.patience;
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
      await this.#session.exchange.pause(fruitless, undefined, signal);
    }
  }

  /** Asks for a blob from an offset on; the answer has all of it, or exactly that range. */
  async #askForBlob(blob: StatedBlob, offset: number, signal: AbortSignal): Promise<Answer> {
    const what = `the blob ${this.#describe(blob.digest)}`;
    const answer = await this.#send(`blobs/${blob.digest}`, offset === 0 ? {} : { range: `bytes=${offset}-` }, signal);
    const { statusCode } = answer.response;
    if (offset > 0 && statusCode === 416)
      throw this.#close(answer, new LazaretError('corrupt', `${what} is shorter than the ${blob.size} bytes its manifest states`));
    if (statusCode === 200) return answer;
    this.#session.expect(answer, 206, what);
    if (startsAt(answer, offset, blob.size)) return answer;
    throw this.#close(answer, new LazaretError('corrupt', `${what}: the registry sends another range than was asked for`));
  }

  /** The bytes of an answer that lie behind `offset`: a server without ranges sends the others again. */
  async *#freshChunks(blob: StatedBlob, answer: Answer, offset: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const whole = answer.response.statusCode === 200;
    let ignored = whole ? offset : 0;
    let seen = whole ? 0 : offset;
    for await (const chunk of this.#session.exchange.body(answer, signal)) {
      seen += chunk.length;
      if (seen > blob.size)
        throw new LazaretError('corrupt', `the blob ${this.#describe(blob.digest)} is longer than the ${blob.size} bytes its manifest states`);
      const fresh = chunk.subarray(Math.min(ignored, chunk.length));
      ignored -= chunk.length - fresh.length;
      if (fresh.length > 0) yield fresh;
    }
  }

  #send(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal, method: 'GET' | 'HEAD' = 'GET'): Promise<Answer> {
    return this.#session.send({ path: `/v2/${this.#repository}/${path}`, scope: `repository:${this.#repository}:pull`, headers, method }, signal);
  }

  #close(answer: Answer, error: LazaretError): LazaretError {
    discard(answer.response);
    return error;
  }

  #describe(name: string): string {
    return `${this.#session.host}/${this.#repository}${name.startsWith('sha256:') ? '@' : ':'}${name}`;
  }
}

function startsAt(answer: Answer, offset: number, size: number): boolean {
  const range = /^bytes ([0-9]+)-([0-9]+)\/([0-9]+|\*)$/.exec(answer.response.headers['content-range'] ?? '');
  return range !== null && Number(range[1]) === offset && Number(range[2]) < size;
}
