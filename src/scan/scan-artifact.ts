import type { Readable } from 'node:stream';
import type { Artifact, DirectoryArtifact, ImageArtifact } from '#artifacts/source.ts';
import { LazaretError } from '#domain/error.ts';
import type { Skipped } from '#domain/finding.ts';
import type { Layer } from '#domain/image.ts';
import type { Limits } from '#domain/limits.ts';
import type { Clock } from '#lib/clock.ts';
import type { ImageSource, KnownContent, LayerRecord, SavedImage, Store } from '#store/store.ts';
import { Budget } from './budget.ts';
import type { EngineSet } from './engine-set.ts';
import { findingsOf, type ReadLayer, type StoredFinding } from './findings.ts';
import type { InspectorPool } from './inspect/pool.ts';
import type { IntakeLayer } from './judging.ts';
import { osNameOf } from './os-name.ts';
import { type LayerCount, readLayer } from './read-layer.ts';
import { Recorder, SkipList } from './recorder.ts';
import type { ScanProgress, ScanReport } from './report.ts';
import { walkDirectory } from './walk-directory.ts';

export interface ScanOptions {
  readonly store: Store;
  readonly engines: EngineSet;
  readonly limits: Limits;
  /** Inspectors that nobody else uses; they are stopped when the scan ends. */
  readonly pool: InspectorPool;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly accountId: string;
  readonly source: ImageSource;
  /** What the store is told of the image besides; see `SavedImage`. */
  readonly saved?: Pick<SavedImage, 'local' | 'tagged' | 'host'>;
  onProgress(progress: ScanProgress): void;
  /**
   * Asked in the transaction that writes the image's state or findings: false when the image is another's by now, so that
   * nothing is written.
   */
  readonly mayPublish: () => Promise<boolean>;
}

/** How often the image's row and its findings follow a running scan, ms. */
const publishMs = 1000;
/** How often a scan that makes no progress says that it lives, ms. */
const beatMs = 5000;

/**
 * Scans one artifact into the store: layers that the same engines have seen are taken as known, the others are read,
 * lowest first. The image and its findings are in the store, and grow there, while the scan runs.
 * @throws LazaretError: 'corrupt' for a damaged image, 'unreachable' for a lost source, 'cancelled' when `signal` was aborted. What was inspected until then is kept and recorded.
 */
export async function scanArtifact(artifact: Artifact, options: ScanOptions): Promise<ScanReport> {
  const scan = new Scan(artifact, options);
  try {
    return await scan.run();
  } catch (error) {
    throw await scan.failed(error);
  } finally {
    scan.close();
  }
}

class Scan {
  private readonly artifact: Artifact;
  private readonly options: ScanOptions;
  private readonly recorder: Recorder;
  private readonly pool: InspectorPool;
  private readonly budget: Budget;
  private readonly imageSkips = new SkipList();
  private readonly layerSkips: Skipped[] = [];
  private readonly read: ReadLayer[] = [];
  private readonly startedAt: number;
  private current: SkipList | undefined;
  private osName = '';
  private readonly counts = { files: 0, contents: 0, bytes: 0, inspected: 0, cachedContents: 0, cachedLayers: 0, opened: 0 };
  private progress: ScanProgress;
  private findings: readonly StoredFinding[] = [];
  /** Findings that are too many to be listed. */
  private unlisted: readonly Skipped[] = [];
  private publishedAt = 0;
  private publishing: Promise<void> | undefined;
  private readonly unfinished = new Set<number>();
  private readonly beat = setInterval(() => this.tell({}), beatMs).unref();
  // Whoever waits for an inspector is told at once.
  private readonly stop = () => this.pool.close();
  private isEnding = false;

  constructor(artifact: Artifact, options: ScanOptions) {
    this.artifact = artifact;
    this.options = options;
    this.recorder = new Recorder(options.store);
    this.startedAt = options.clock();
    this.pool = options.pool;
    this.budget = new Budget(options.limits, (reason) => this.imageSkips.add({ path: '', layer: '', reason }));
    options.signal.addEventListener('abort', this.stop, { once: true });
    const { image } = artifact;
    this.progress = { layer: 0, layers: image.layers.length, bytes: 0, totalBytes: image.size, files: 0, unpackedBytes: 0, findings: 0 };
  }

  async run(): Promise<ScanReport> {
    await this.saveImage();
    await this.publish('running');
    if (this.artifact.kind === 'directory') await this.walk(this.artifact);
    else for (const [index, layer] of this.artifact.image.layers.entries()) await this.layer(this.artifact, layer, index);
    await this.recorder.flush();
    await this.saveImage();
    const report = await this.report(true);
    await this.publish('done', report);
    await this.abandonUnfinished();
    return report;
  }

  /** Records how far the scan came, and gives back the error to throw. */
  async failed(error: unknown): Promise<unknown> {
    const { signal } = this.options;
    const timedOut = signal.aborted && signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
    const stopped = signal.reason instanceof Error ? signal.reason.message : 'the scan was stopped';
    const cause = signal.aborted ? new LazaretError('cancelled', timedOut ? 'the scan did not end within its time' : stopped, { cause: error }) : error;
    this.pool.close();
    try {
      await this.recorder.flush();
      this.imageSkips.add({ path: '', layer: '', reason: cause instanceof Error ? cause.message : String(cause) });
      const report = await this.report(false);
      await this.publish(timedOut ? 'timeout' : signal.aborted ? 'cancelled' : 'failed', report, cause instanceof Error ? cause.message : String(cause));
      await this.abandonUnfinished();
      return new ScanFailure(cause, report);
    } catch {
      // The store itself may be what failed; the first error says more.
      return cause;
    }
  }

  close(): void {
    clearInterval(this.beat);
    this.options.signal.removeEventListener('abort', this.stop);
    this.pool.close();
  }

  // Nobody asks for them any more. Where it fails, the store drops them by itself later.
  private async abandonUnfinished(): Promise<void> {
    for (const layerId of this.unfinished) await this.options.store.layers.abandon(layerId).catch(() => undefined);
  }

  // ------------------------------------------------------------ layers

  private async layer(artifact: ImageArtifact, layer: Layer, index: number): Promise<void> {
    const { options } = this;
    options.signal.throwIfAborted();
    const before = this.progress.bytes;
    this.tell({ layer: index + 1 });
    const known = await options.store.layers.find(layer.diffId);
    if (known !== undefined && (await this.isInspected(known))) {
      this.counts.cachedLayers += 1;
      this.add({ files: known.files, contents: known.contents, bytes: known.bytes, inspected: 0, opened: 0 });
      this.osName = known.osName === '' ? this.osName : known.osName;
      this.layerSkips.push(...known.skipped);
      this.read.push({ id: known.id, diffId: layer.diffId });
    } else if (!this.budget.spent) {
      const blob = await this.open(artifact, layer);
      if (blob !== undefined) {
        await this.readAndFinish(layer.diffId, layer.diffId, async (target, onOsRelease) => {
          try {
            // A blob may be larger than its manifest says.
            return await readLayer(blob, {
              ...this.shared(),
              layer,
              target,
              onOsRelease,
              onBytes: (packed) => this.tell({ bytes: before + Math.min(packed, layer.size) }),
            });
          } finally {
            blob.destroy();
          }
        });
      }
    } else this.imageSkips.add({ path: '', layer: layer.diffId, reason: 'the layer was not looked at' });
    this.tell({ bytes: before + layer.size });
  }

  // A layer that is not there (one to be fetched from somewhere else, which we never do) leaves the others to be looked at.
  private async open(artifact: ImageArtifact, layer: Layer): Promise<Readable | undefined> {
    try {
      return await artifact.openLayer(layer, this.options.signal);
    } catch (error) {
      if (!(error instanceof LazaretError) || error.code !== 'not-found') throw error;
      this.imageSkips.add({ path: '', layer: layer.diffId, reason: error.message });
      return undefined;
    }
  }

  private async walk(artifact: DirectoryArtifact): Promise<void> {
    await this.readAndFinish(artifact.image.id, '', (target, onOsRelease) =>
      walkDirectory({ ...this.shared(), root: artifact.root, target, onOsRelease, onFiles: (files, unpackedBytes) => this.tell({ files, unpackedBytes }) }),
    );
  }

  private async readAndFinish(
    name: string,
    diffId: string,
    read: (target: IntakeLayer, onOsRelease: (text: string) => void) => Promise<LayerCount>,
  ): Promise<void> {
    const { store, engines } = this.options;
    this.pool.start(engines.byteEngines.map((engine) => engine.recipe));
    const skips = new SkipList();
    this.current = skips;
    const target = { id: await store.layers.begin(name), diffId, skips };
    this.unfinished.add(target.id);
    this.read.push({ id: target.id, diffId });
    let osName = '';
    const count = await read(target, (text) => {
      osName = osNameOf(text);
      this.osName = osName;
    });
    await this.recorder.flush();
    this.current = undefined;
    this.layerSkips.push(...skips.list());
    this.add(count);
    if (count.whole) {
      const { files, contents, bytes } = count;
      await store.layers.finish(target.id, {
        files,
        contents,
        bytes,
        osName,
        skipped: skips.list(),
        engines: new Set([...engines.allKeys, engines.opener.layer].filter((key) => !count.gaveUp.has(key))),
      });
      this.unfinished.delete(target.id);
    }
  }

  // Engines that judge by digest need no bytes: a layer they have not seen is judged from its inventory.
  private async isInspected(known: LayerRecord): Promise<boolean> {
    const { engines, store } = this.options;
    if (!known.engines.has(engines.opener.layer)) return false;
    const unseen = engines.allKeys.filter((key) => !known.engines.has(key));
    const byDigest = engines.byDigest.filter((member) => unseen.includes(member.key));
    if (byDigest.length < unseen.length) return false;
    if (byDigest.length === 0) return true;
    for await (const contents of contentsOf(store, known.id, engines.opener.members)) {
      // Met before there was any hash list: the bytes must be read once more.
      if (contents.some((content) => content.md5 === '')) return false;
      const judged = contents.map(({ id: _, ...content }) => ({
        ...content,
        verdicts: new Map(byDigest.map(({ key, engine }) => [key, engine.lookup(content, content.size).detections])),
      }));
      await store.contents.save(judged);
    }
    // Another scan may have read the layer anew meanwhile, and put this inventory aside.
    if ((await store.layers.find(known.diffId))?.id !== known.id) return false;
    for (const member of byDigest) await store.layers.addEngine(known.id, member.key);
    return true;
  }

  private shared() {
    const { store, engines, limits, signal } = this.options;
    return { store, engines, limits, signal, pool: this.pool, recorder: this.recorder, budget: this.budget };
  }

  private add(count: Pick<LayerCount, 'files' | 'contents' | 'bytes' | 'inspected' | 'opened'>): void {
    this.counts.files += count.files;
    this.counts.contents += count.contents;
    this.counts.bytes = Math.min(Number.MAX_SAFE_INTEGER, this.counts.bytes + count.bytes);
    this.counts.inspected += count.inspected;
    this.counts.opened += count.opened;
    // A content that the intake has forgotten is inspected, and counted, twice.
    this.counts.cachedContents += Math.max(0, count.contents - count.inspected);
    this.tell({ files: this.counts.files, unpackedBytes: this.counts.bytes });
  }

  // ------------------------------------------------------------ what others see

  private tell(change: Partial<ScanProgress>): void {
    this.progress = { ...this.progress, ...change, findings: this.findings.length };
    this.options.onProgress(this.progress);
    if (this.isEnding || performance.now() - this.publishedAt < publishMs || this.publishing !== undefined) return;
    this.publishing = this.publish('running')
      .catch(() => undefined)
      .finally(() => {
        this.publishing = undefined;
      });
  }

  private async publish(state: 'running' | 'done' | 'failed' | 'cancelled' | 'timeout', report?: ScanReport, error = ''): Promise<void> {
    this.publishedAt = performance.now();
    if (state !== 'running') {
      // The last word: no report of a running scan may come after it.
      this.isEnding = true;
      await this.publishing;
    }
    const { store, accountId, clock } = this.options;
    const now = clock();
    if (state !== 'running' || this.recorder.foundSomething) await this.saveFindings(state !== 'done');
    const { bytes, totalBytes } = this.progress;
    const progress = state === 'done' ? 100 : totalBytes === 0 ? 0 : Math.min(99, Math.floor((bytes / totalBytes) * 100));
    const elapsed = (now - this.startedAt) / 1000;
    const remainingSeconds = state !== 'running' || progress === 0 ? 0 : Math.ceil((elapsed / progress) * (100 - progress));
    const finishedAt = state === 'running' ? undefined : now;
    const scan = { state, startedAt: this.startedAt, finishedAt, progress, remainingSeconds, error, complete: report?.complete ?? false, stats: report?.stats };
    await this.whileOurs(() => store.images.setScan(accountId, this.artifact.image.id, scan));
  }

  private whileOurs(write: () => Promise<void>): Promise<void> {
    const { store, mayPublish } = this.options;
    return store.transaction(async () => {
      if (await mayPublish()) await write();
    });
  }

  private async saveFindings(partial: boolean): Promise<void> {
    const { store, accountId, clock, engines } = this.options;
    this.recorder.foundSomething = false;
    const { findings, skipped } = await findingsOf(store, this.read, engines);
    this.findings = findings;
    this.unlisted = skipped;
    await this.whileOurs(() =>
      store.images.setFindings(accountId, this.artifact.image.id, { findings: this.findings, at: clock(), partial, unlooked: this.skipped() }),
    );
  }

  private skipped(): readonly Skipped[] {
    return [...this.layerSkips, ...(this.current?.list() ?? []), ...this.imageSkips.list(), ...this.unlisted];
  }

  private async saveImage(): Promise<void> {
    const { store, accountId, source, saved = {}, clock } = this.options;
    const { image, namedDigest } = this.artifact.kind === 'directory' ? { ...this.artifact, namedDigest: undefined } : this.artifact;
    const tagDigest = namedDigest === undefined ? {} : { tagDigest: namedDigest };
    await store.images.save({ accountId, image, source, osName: this.osName, ...tagDigest, ...saved }, clock());
  }

  private async report(ended: boolean): Promise<ScanReport> {
    const { store, engines, clock, source } = this.options;
    const { findings, skipped: unlisted } = await findingsOf(store, this.read, engines);
    this.unlisted = unlisted;
    const skipped = this.skipped();
    const { files, contents, bytes, inspected, cachedContents, cachedLayers, opened } = this.counts;
    return {
      target: source.target,
      image: this.artifact.image,
      complete: ended && skipped.length === 0,
      findings,
      skipped,
      stats: {
        files,
        contents,
        bytes,
        inspectedContents: inspected,
        cachedContents,
        cachedLayers,
        openedArchives: opened,
        durationMs: clock() - this.startedAt,
      },
    };
  }
}

/** All contents of a finished layer, also those inside archives, in pages. */
async function* contentsOf(store: Store, layerId: number, opener: string): AsyncGenerator<readonly KnownContent[]> {
  for (let after = 0; ; ) {
    const contents = await store.layers.contents(layerId, after, 5000);
    const last = contents.at(-1);
    if (last === undefined) break;
    after = last.id;
    yield contents;
  }
  yield* store.nested.contents(layerId, opener);
}

/** A scan that did not come to its end, with what it had found by then. */
export class ScanFailure extends Error {
  readonly report: ScanReport;

  constructor(cause: unknown, report: ScanReport) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ScanFailure';
    this.report = report;
  }
}
