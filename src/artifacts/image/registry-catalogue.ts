import { LazaretError } from '#domain/error.ts';
import type { Image } from '#domain/image.ts';
import { isRepositoryName, isTag, type RegistryKind } from '#domain/registry.ts';
import type { OpenOptions, RegistryAccess } from '../source.ts';
import type { Environment } from './credentials.ts';
import type { Answer, Patience } from './exchange.ts';
import { parseJson, parseJsonList } from './manifest.ts';
import { openImage } from './registry.ts';
import { RegistryClient } from './registry-client.ts';
import { RegistrySession } from './registry-session.ts';

/** Bounds of one look at a registry. */
export interface CatalogueLimits {
  readonly repositories: number;
  /** Of one repository. */
  readonly tags: number;
  readonly pageBytes: number;
}

export const defaultCatalogueLimits: CatalogueLimits = { repositories: 10_000, tags: 10_000, pageBytes: 4 * 1024 * 1024 };

export interface CatalogueOptions {
  readonly kind: RegistryKind;
  readonly access: RegistryAccess;
  readonly environment: Environment;
  readonly patience: Patience;
  readonly limits: CatalogueLimits;
}

/** Names of a registry, in the order it gives them, each once. */
export interface Listed {
  readonly names: readonly string[];
  /** How many were left out since they are no names. */
  readonly misspelt: number;
  /** True where there are more than the limit. */
  readonly cut: boolean;
}

/** What a tag names. */
export interface NamedImage {
  readonly image: Image;
  /** Of the image's manifest, or of an index that it is in. */
  readonly digest: string;
}

/** Entries asked for in one page. */
const pageSize = 100;
/** Pages without a new name, one after the other: some registries leave out what we may not see. */
const mostFruitless = 50;

/** What one registry holds: its repositories, their tags, and the images these name. */
export class RegistryCatalogue {
  readonly #host: string;
  readonly #options: CatalogueOptions;
  readonly #session: RegistrySession;

  constructor(host: string, options: CatalogueOptions) {
    this.#host = host;
    this.#options = options;
    const { access, environment, patience } = options;
    this.#session = new RegistrySession(host, { ...access, environment, patience });
  }

  /** Errors: `unreachable` where the registry has no catalogue for us, with what can be done. */
  async repositories(signal: AbortSignal): Promise<Listed> {
    const collected = new Collected(this.#options.limits.repositories, isRepositoryName);
    if (this.#options.kind === 'harbor') await this.#ofProjects(collected, signal);
    else await this.#ofCatalogue(collected, signal);
    return collected;
  }

  /** Error `not-found` where there is no such repository, or it has lost all its tags. */
  async tags(repository: string, signal: AbortSignal): Promise<Listed> {
    const collected = new Collected(this.#options.limits.tags, isTag);
    const pages = { path: `/v2/${repository}/tags/list`, scope: `repository:${repository}:pull`, what: `the tags of ${repository}` };
    for await (const bytes of this.#pages(pages, signal)) if (!collected.add(listOf(parseJson(pages.what, bytes)['tags']))) break;
    return collected;
  }

  /** The digest of what a tag names, manifest or index, as the registry states it; '' where it states none. */
  digest(repository: string, tag: string, signal: AbortSignal): Promise<string> {
    return new RegistryClient(this.#session, repository).digest(tag, signal);
  }

  /** The image that a tag names, from manifest and config, and the digest by which the tag names it. Error `invalid-input` for an artifact that is no image. */
  async image(repository: string, tag: string, options: Pick<OpenOptions, 'platform' | 'manifestBytes' | 'signal'>): Promise<NamedImage> {
    const artifact = await openImage(
      this.#session,
      { host: this.#host, repository, tag, digest: '' },
      { ...options, insecure: this.#options.access.insecure, anyPlatform: true },
    );
    return { image: artifact.image, digest: artifact.namedDigest ?? artifact.image.digest };
  }

  close(): void {
    this.#session.close();
  }

  async #ofCatalogue(collected: Collected, signal: AbortSignal): Promise<void> {
    const pages = { path: '/v2/_catalog', scope: 'registry:catalog:*', what: 'the list of its repositories' };
    try {
      for await (const bytes of this.#pages(pages, signal)) if (!collected.add(listOf(parseJson(pages.what, bytes)['repositories']))) return;
    } catch (error) {
      if (!(error instanceof LazaretError) || signal.aborted || error.code === 'cancelled') throw error;
      const advice = 'name the repositories one by one where the registry lists them to nobody, as ACR and TCR do';
      throw new LazaretError(error.code, `${error.message}; ${advice}`, { cause: error });
    }
  }

  /** The pages of a listing that names its next page in a Link header. */
  async *#pages({ path, scope, what }: { readonly path: string; readonly scope: string; readonly what: string }, signal: AbortSignal): AsyncGenerator<Buffer> {
    let next: string | undefined = `${path}?n=${pageSize}`;
    while (next !== undefined) {
      const answer = await this.#session.send({ path: next, scope }, signal);
      yield await this.#body(answer, what, signal);
      next = nextPage(answer);
    }
  }

  async #ofProjects(collected: Collected, signal: AbortSignal): Promise<void> {
    const projects = new Collected(this.#options.limits.repositories, (name) => /^[a-z0-9][a-z0-9._-]{0,254}$/.test(name));
    await this.#numberedPages('projects', projects, signal);
    for (const project of projects.names) {
      await this.#numberedPages(`projects/${project}/repositories`, collected, signal);
      if (collected.cut) return;
    }
  }

  /** Harbor counts its pages, and its last one is not full. */
  async #numberedPages(path: string, collected: Collected, signal: AbortSignal): Promise<void> {
    const what = `the list of its ${path}`;
    for (let page = 1; ; page++) {
      const answer = await this.#session.sendKnown(`/api/v2.0/${path}?page=${page}&page_size=${pageSize}`, signal);
      const rows = parseJsonList(what, await this.#body(answer, what, signal));
      const goesOn = collected.add(rows.map((row) => row['name']));
      if (rows.length < pageSize || !goesOn) return;
    }
  }

  async #body(answer: Answer, what: string, signal: AbortSignal): Promise<Buffer> {
    this.#session.expect(answer, 200, what);
    return this.#session.exchange.text(`${what} of ${this.#host}`, answer, this.#options.limits.pageBytes, signal);
  }
}

class Collected implements Listed {
  readonly #names = new Set<string>();
  readonly #limit: number;
  readonly #isName: (text: string) => boolean;
  #fruitless = 0;
  misspelt = 0;
  cut = false;

  constructor(limit: number, isName: (text: string) => boolean) {
    this.#limit = limit;
    this.#isName = isName;
  }

  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Takes a page; false when the limit is met. Error `corrupt` for pages that bring nothing new again and again, as those that go round in a circle. */
  add(entries: readonly unknown[]): boolean {
    const before = this.#names.size;
    for (const entry of entries) {
      if (typeof entry !== 'string' || !this.#isName(entry)) this.misspelt += 1;
      else if (this.#names.size >= this.#limit && !this.#names.has(entry)) this.cut = true;
      else this.#names.add(entry);
    }
    this.#fruitless = this.#names.size > before ? 0 : this.#fruitless + 1;
    if (this.#fruitless > mostFruitless) throw new LazaretError('corrupt', 'its listing goes on without an end and brings nothing new');
    return !this.cut;
  }
}

// A repository that has lost its tags has null.
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The address behind `rel="next"`, which may be relative. */
function nextPage({ response, url }: Answer): string | undefined {
  const header = response.headers.link;
  const link = (typeof header === 'string' ? header : '').slice(0, 8192).match(/<([^<>]*)>\s*;[^,<]*\brel="?next"?/)?.[1];
  return link === undefined || !URL.canParse(link, url.href) ? undefined : new URL(link, url).href;
}
