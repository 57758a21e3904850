import type { App, Registry } from '#app/app.ts';
import type { Patience } from '#artifacts/image/exchange.ts';
import { type CatalogueLimits, defaultCatalogueLimits, type Listed, RegistryCatalogue } from '#artifacts/image/registry-catalogue.ts';
import type { RegistryAccess } from '#artifacts/source.ts';
import { LazaretError } from '#domain/error.ts';
import { fitting, highestFirst, newest } from '#domain/registry-choice.ts';
import { type FoundImage, KnownRepository } from './known-repository.ts';

/** Bounds of one sync, beside those of its catalogue. */
export interface SyncLimits extends CatalogueLimits {
  /** Tags of one repository that are followed. */
  readonly followedTags: number;
  /** Tags of all repositories; once there are as many, no other repository is looked at. */
  readonly syncedTags: number;
  /** Of those that may be among the newest, so many are looked at: the highest as versions. */
  readonly datedTags: number;
  readonly manifestBytes: number;
  readonly catalogueSeconds: number;
  readonly repositorySeconds: number;
  readonly syncSeconds: number;
}

export const defaultSyncLimits: SyncLimits = {
  ...defaultCatalogueLimits,
  followedTags: 2000,
  syncedTags: 100_000,
  datedTags: 100,
  manifestBytes: 4 * 1024 * 1024,
  catalogueSeconds: 1800,
  repositorySeconds: 900,
  syncSeconds: 6 * 3600,
};

export interface SyncRun {
  readonly app: Pick<App, 'store' | 'clock'>;
  readonly registry: Registry;
  readonly access: RegistryAccess;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Which image of an index is taken where it has it. */
  readonly platform: string;
  readonly signal: AbortSignal;
  /** Asked in every transaction that writes: false when the sync is another's by now, so that nothing is written. */
  readonly mayWrite: () => Promise<boolean>;
  readonly onProgress: (progress: SyncProgress) => void;
  readonly patience: Patience;
  readonly limits: SyncLimits;
}

export interface SyncProgress {
  /** Repositories looked at, of how many. */
  readonly done: number;
  readonly repositories: number;
  readonly found: SyncCounts;
}

export interface SyncCounts {
  /** Tags that name an image now. */
  readonly tags: number;
  /** Images met for the first time, and those of them whose scan is queued. */
  readonly newImages: number;
  readonly queuedScans: number;
  /** Tags that are gone, or of no interest any more. */
  readonly goneTags: number;
  /** Tags that name something that is no image, such as a signature or a chart. */
  readonly otherArtifacts: number;
}

export interface SyncReport extends SyncCounts {
  readonly repositories: number;
  /** What could not be looked at. */
  readonly problems: readonly SyncProblem[];
}

export interface SyncProblem {
  readonly repository: string;
  /** '' where it is about the whole repository. */
  readonly tag: string;
  readonly message: string;
}

/** Problems that are told one by one. */
const mostProblems = 1000;
const mostCharacters = 1000;
/** Tags of one repository that are asked for at the same time. */
const lanes = 4;

/**
 * Looks at what a registry holds now and brings the store in line with it: repositories, tags, the images they name, and scans of those that are new.
 * @throws LazaretError where nothing could be looked at, or the sync was stopped.
 */
export async function syncRegistry(run: SyncRun): Promise<SyncReport> {
  const { registry, access, environment, patience, limits } = run;
  const catalogue = new RegistryCatalogue(registry.address, { kind: registry.kind, access, environment, patience, limits });
  try {
    return await new Sync({ ...run, signal: AbortSignal.any([run.signal, AbortSignal.timeout(limits.syncSeconds * 1000)]) }, catalogue).run();
  } finally {
    catalogue.close();
  }
}

class Sync {
  private readonly options: SyncRun;
  private readonly catalogue: RegistryCatalogue;
  private readonly problems: SyncProblem[] = [];
  private readonly counts = { tags: 0, newImages: 0, queuedScans: 0, goneTags: 0, otherArtifacts: 0 };

  constructor(options: SyncRun, catalogue: RegistryCatalogue) {
    this.options = options;
    this.catalogue = catalogue;
  }

  async run(): Promise<SyncReport> {
    const { repositories, isWhole } = await this.chooseRepositories();
    const { syncedTags } = this.options.limits;
    let failed = 0;
    for (const [done, repository] of repositories.entries()) {
      this.options.onProgress({ done, repositories: repositories.length, found: this.counts });
      if (this.counts.tags >= syncedTags) {
        const message = `${this.counts.tags} tags were found, and ${syncedTags} are the limit: ${repositories.length - done} repositories are not looked at; choose fewer`;
        this.tell({ repository: '', tag: '', message });
        break;
      }
      if (!(await this.lookAt(repository))) failed += 1;
    }
    const [first] = this.problems;
    if (failed > 0 && failed === repositories.length && first !== undefined) throw new LazaretError('unreachable', first.message);
    if (isWhole) this.counts.goneTags += await this.known().forgetOthers(repositories);
    return { repositories: repositories.length, ...this.counts, problems: this.problems };
  }

  private async chooseRepositories(): Promise<{ readonly repositories: readonly string[]; readonly isWhole: boolean }> {
    const { repositories: named, repositoryPatterns } = this.options.registry.policy;
    if (named.length > 0) return { repositories: fitting([...new Set(named)], repositoryPatterns), isWhole: true };
    const listed = await this.within(this.options.limits.catalogueSeconds, 'the list of its repositories', (signal) => this.catalogue.repositories(signal));
    this.tellListed(listed, { repository: '', noun: 'repositories' });
    return { repositories: fitting(listed.names, repositoryPatterns), isWhole: !listed.cut };
  }

  /** False where the repository could not be looked at: that costs only itself. */
  private async lookAt(repository: string): Promise<boolean> {
    const { signal, limits } = this.options;
    try {
      await this.within(limits.repositorySeconds, repository, (within) => this.follow(repository, within));
      return true;
    } catch (error) {
      if (signal.aborted || !(error instanceof LazaretError) || error.code === 'internal' || error.code === 'conflict') throw error;
      this.tell({ repository, tag: '', message: error.message });
      return false;
    }
  }

  private async follow(repository: string, signal: AbortSignal): Promise<void> {
    const { registry, limits } = this.options;
    const { tagPatterns, newestTags } = registry.policy;
    const listed = await this.listTags(repository, signal);
    const known = this.known();
    await known.load(repository);
    const matching = highestFirst(fitting(listed.names, tagPatterns));
    const limit = newestTags > 0 && matching.length > newestTags ? Math.max(limits.datedTags, newestTags) : limits.followedTags;
    if (newestTags === 0 && matching.length > limit)
      this.tell({ repository, tag: '', message: `${repository} has ${matching.length} tags; ${limit} are followed: choose by tag patterns or the newest` });
    const followed = await this.resolveAll({ repository, tags: matching.slice(0, limit), known }, signal);
    const chosen = newestTags > 0 ? newest(followed.images, newestTags) : followed.images;
    const saved = await known.save(chosen, { listed: listed.names, kept: [...chosen.map(({ tag }) => tag), ...followed.failed] });
    this.counts.tags += chosen.length;
    this.counts.newImages += saved.newImages;
    this.counts.queuedScans += saved.queuedScans;
    this.counts.goneTags += saved.goneTags;
  }

  private async listTags(repository: string, signal: AbortSignal): Promise<Listed> {
    try {
      const listed = await this.catalogue.tags(repository, signal);
      this.tellListed(listed, { repository, noun: 'tags' });
      return listed;
    } catch (error) {
      if (!(error instanceof LazaretError) || error.code !== 'not-found') throw error;
      // A catalogue also lists what has lost its last tag; who names a repository wants to know that it is not there.
      if (this.options.registry.policy.repositories.length > 0)
        this.tell({ repository, tag: '', message: `there is no repository ${repository}, or it has no tags` });
      return { names: [], misspelt: 0, cut: false };
    }
  }

  private async resolveAll(
    { repository, tags, known }: { readonly repository: string; readonly tags: readonly string[]; readonly known: KnownRepository },
    signal: AbortSignal,
  ): Promise<{ readonly images: readonly FoundImage[]; readonly failed: readonly string[] }> {
    const images: FoundImage[] = [];
    const failed: string[] = [];
    const rest = tags.entries();
    const lane = async (): Promise<void> => {
      for (const [place, tag] of rest) {
        const image = await this.resolve({ repository, tag, known }, signal);
        if (image === 'failed') failed.push(tag);
        else if (image !== 'other') images.push({ ...image, place });
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    // In the order of the tags again: lanes are not equally fast.
    return { images: images.toSorted((one, other) => one.place - other.place), failed };
  }

  private async resolve(
    { repository, tag, known }: { readonly repository: string; readonly tag: string; readonly known: KnownRepository },
    signal: AbortSignal,
  ): Promise<Omit<FoundImage, 'place'> | 'failed' | 'other'> {
    const { platform, limits } = this.options;
    try {
      const stated = await this.catalogue.digest(repository, tag, signal);
      const same = known.byDigest(stated);
      if (same !== undefined) return { tag, image: same, digest: stated, created: same.created };
      const { image, digest } = await this.catalogue.image(repository, tag, { platform, manifestBytes: limits.manifestBytes, signal });
      return { tag, image, digest, created: image.created };
    } catch (error) {
      if (signal.aborted || !(error instanceof LazaretError)) throw error;
      if (error.code === 'invalid-input') {
        this.counts.otherArtifacts += 1;
        return 'other';
      }
      this.tell({ repository, tag, message: error.message });
      return 'failed';
    }
  }

  /** Runs `work` with a bound on its time; error `unreachable` where it is met. */
  private async within<T>(seconds: number, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.options;
    const clock = AbortSignal.timeout(seconds * 1000);
    try {
      return await work(AbortSignal.any([signal, clock]));
    } catch (error) {
      if (!clock.aborted || signal.aborted) throw error;
      throw new LazaretError('unreachable', `${this.options.registry.address} took more than ${seconds} seconds for ${what}`, { cause: error });
    }
  }

  private known(): KnownRepository {
    return new KnownRepository(this.options);
  }

  private tellListed({ misspelt, cut, names }: Listed, { repository, noun }: { readonly repository: string; readonly noun: string }): void {
    if (misspelt > 0) this.tell({ repository, tag: '', message: `${misspelt} of the ${noun} have names that cannot be, and are left out` });
    if (cut) this.tell({ repository, tag: '', message: `there are more ${noun} than the limit of ${names.length}; the rest is left out` });
  }

  private tell(problem: SyncProblem): void {
    if (this.problems.length < mostProblems) this.problems.push({ ...problem, message: problem.message.slice(0, mostCharacters) });
  }
}
