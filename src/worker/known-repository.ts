import type { App, Registry, RepositoryImage } from '#app/app.ts';
import { queueImages } from '#app/create-image-scan-task.ts';
import { LazaretError } from '#domain/error.ts';
import type { Image } from '#domain/image.ts';
import { newest } from '#domain/registry-choice.ts';

/** A tag and the image it names now. */
export interface FoundImage {
  readonly tag: string;
  readonly image: Image;
  /** Of what the tag names: the image's manifest, or an index. */
  readonly digest: string;
  readonly created: string;
  /** Among the tags that were looked at. */
  readonly place: number;
}

export interface Keeping {
  readonly app: Pick<App, 'store' | 'clock'>;
  readonly registry: Registry;
  readonly platform: string;
  readonly mayWrite: () => Promise<boolean>;
}

export interface Saved {
  readonly newImages: number;
  readonly queuedScans: number;
  readonly goneTags: number;
}

const pageSize = 500;
/** Tags, current and former, that are known of one repository at a time. */
const mostKnown = 50_000;
/** Images written in one transaction. */
const together = 100;
/** As long as a task may take: new images wait behind others. */
const scanSeconds = 7 * 24 * 3600;

/** What the store has of one repository of a registry, and how it changes. */
export class KnownRepository {
  private readonly options: Keeping;
  private repository = '';
  private rows: readonly RepositoryImage[] = [];

  constructor(options: Keeping) {
    this.options = options;
  }

  /** @param repository its whole name. To be called before anything else but `forgetOthers`. */
  async load(repository: string): Promise<void> {
    this.repository = repository;
    const id = await this.findId();
    this.rows = id === undefined ? [] : await this.tagsOf(id);
  }

  /** The image that the repository has, or had, by this digest. */
  byDigest(digest: string): Image | undefined {
    const row = digest === '' ? undefined : this.rows.find((each) => each.digest === digest);
    return row?.image.image;
  }

  /**
   * Makes tags name what was found, and queues scans of images that nobody has scanned where the policy has it so. Current tags that are not in `kept` are current no
   * more; those that the registry still lists stay where somebody scanned their image on purpose.
   */
  async save(found: readonly FoundImage[], tags: { readonly listed: readonly string[]; readonly kept: readonly string[] }): Promise<Saved> {
    const named = new Map(this.current().map((row) => [row.tag, row]));
    const changed = found.filter((each) => !this.isSame(named.get(each.tag), each));
    const newestId = newest(found, 1)[0]?.image.id ?? '';
    let newImages = 0;
    let queuedScans = 0;
    for (let from = 0; from < changed.length; from += together) {
      const part = await this.write(() => this.savePart(changed.slice(from, from + together), newestId));
      newImages += part.newImages;
      queuedScans += part.queuedScans;
    }
    const id = await this.findId();
    if (id === undefined) return { newImages, queuedScans, goneTags: 0 };
    const listed = new Set(tags.listed);
    const own = this.current().filter(({ tag, image }) => image.local && listed.has(tag));
    const kept = new Set([...tags.kept, ...own.map(({ tag }) => tag)]);
    await this.write(() => this.options.app.store.repositories.retain(this.options.registry.accountId, id, [...kept], this.options.app.clock()));
    return { newImages, queuedScans, goneTags: this.current().filter(({ tag }) => !kept.has(tag)).length };
  }

  /** Has the tags of all other repositories of the registry be current no more, but where somebody scanned their image on purpose. Returns how many. */
  async forgetOthers(repositories: readonly string[]): Promise<number> {
    const { registry, app } = this.options;
    const followed = new Set(repositories);
    let gone = 0;
    for (let offset = 0; ; offset += pageSize) {
      const { accountId, id } = registry;
      const page = await app.store.repositories.list({ accountId, registryIds: [id], offset, limit: pageSize, by: 'name', order: 'asc' });
      for (const { id: repositoryId, namespace, name, images } of page.rows) {
        if (images === 0 || followed.has(namespace === '' ? name : `${namespace}/${name}`)) continue;
        const rows = (await this.tagsOf(repositoryId)).filter(({ current, tag }) => current && tag !== '');
        const kept = rows.filter(({ image }) => image.local).map(({ tag }) => tag);
        if (kept.length < rows.length) await this.write(() => app.store.repositories.retain(accountId, repositoryId, kept, app.clock()));
        gone += rows.length - kept.length;
      }
      if (page.rows.length < pageSize) return gone;
    }
  }

  // The registry may have got another address meanwhile.
  private isSame(row: RepositoryImage | undefined, { image, digest }: FoundImage): boolean {
    if (row === undefined || row.digest !== digest || row.image.image.id !== image.id) return false;
    const { id, address } = this.options.registry;
    return row.image.repository.registryId !== id || row.image.source.target.startsWith(`${address}/`);
  }

  private async savePart(found: readonly FoundImage[], newestId: string): Promise<Pick<Saved, 'newImages' | 'queuedScans'>> {
    const { app, registry, platform } = this.options;
    const { accountId, address, insecure, policy } = registry;
    const unscanned = new Set<string>();
    let newImages = 0;
    for (const { tag, image, digest } of found) {
      const known = await app.store.images.find(accountId, image.id);
      if (known === undefined) newImages += 1;
      if (known?.scan === undefined && (policy.scanOnlyNewest !== true || image.id === newestId)) unscanned.add(image.id);
      const reference = `${address}/${this.repository}:${tag}`;
      // By its digest it is read again as it is now, also when the tag names another image by then.
      const source = { target: `${reference}@${image.digest}`, platform, insecure };
      await app.store.images.save(
        { accountId, image: { ...image, reference }, source, osName: known?.osName ?? '', local: false, tagDigest: digest },
        app.clock(),
      );
    }
    if (!policy.scanNew || unscanned.size === 0) return { newImages, queuedScans: 0 };
    await queueImages(app, { accountId, imageIds: [...unscanned] }, { timeoutSeconds: scanSeconds, origin: 'registry-timed' });
    return { newImages, queuedScans: unscanned.size };
  }

  private current(): readonly RepositoryImage[] {
    return this.rows.filter(({ current, tag }) => current && tag !== '');
  }

  private async findId(): Promise<number | undefined> {
    const { accountId, id } = this.options.registry;
    const slash = this.repository.lastIndexOf('/');
    const exactly = (value: string) => ({ values: [value], exact: true });
    const place = { namespaces: exactly(this.repository.slice(0, Math.max(0, slash))), names: exactly(this.repository.slice(slash + 1)) };
    const { rows } = await this.options.app.store.repositories.list({
      accountId,
      registryIds: [id],
      ...place,
      offset: 0,
      limit: 1,
      by: 'name',
      order: 'asc',
    });
    return rows[0]?.id;
  }

  private async tagsOf(repositoryId: number): Promise<readonly RepositoryImage[]> {
    const rows: RepositoryImage[] = [];
    const query = {
      accountId: this.options.registry.accountId,
      repositoryIds: [repositoryId],
      current: false,
      limit: pageSize,
      by: 'lastSeen',
      order: 'desc',
    } as const;
    for (let offset = 0; offset < mostKnown; offset += pageSize) {
      const page = await this.options.app.store.repositories.images({ ...query, offset });
      rows.push(...page.rows);
      if (page.rows.length < pageSize) break;
    }
    return rows;
  }

  private write<T>(work: () => Promise<T>): Promise<T> {
    return this.options.app.store.transaction(async () => {
      if (!(await this.options.mayWrite())) throw new LazaretError('conflict', 'the registry is gone, or another process looks at it now');
      return work();
    });
  }
}
