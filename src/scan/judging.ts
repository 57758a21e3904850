import type { Detection } from '#domain/detection.ts';
import type { FileEntry } from '#domain/file-entry.ts';
import type { Limits } from '#domain/limits.ts';
import { displayPath } from '#domain/path.ts';
import type { ContentRecord, Store } from '#store/store.ts';
import type { ByteMember, EngineSet } from './engine-set.ts';
import { fileTypeOf } from './inspect/file-type.ts';
import type { Slot } from './inspect/pool.ts';
import type { InspectItem, ItemResult } from './inspect/protocol.ts';
import type { LargeTaken } from './large-content.ts';
import type { MemberPlace } from './nested/archive-opener.ts';
import type { Recorder, SkipList } from './recorder.ts';

/** Where a content was met. */
export interface Place {
  readonly entry: FileEntry;
  readonly ordinal: number;
  /** Undefined for a file of the layer. */
  readonly member?: MemberPlace;
}

/** The layer that is being taken in. */
export interface IntakeLayer {
  readonly id: number;
  readonly diffId: string;
  readonly skips: SkipList;
}

export interface JudgingOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly engines: EngineSet;
  readonly limits: Limits;
  readonly layer: IntakeLayer;
}

/** A content whose bytes lie in a slot, at `at`. */
export interface Waiting extends Place {
  readonly sha256: string;
  readonly at: number;
  readonly length: number;
}

const rememberedContents = 100_000;

/** Sees that each content meets each engine once: contents whose verdicts are in the store are only listed. */
export class Judging {
  private readonly options: JudgingOptions;
  /** Contents an earlier batch has sent and that are not in the store yet. */
  private readonly pending = new Set<string>();
  private readonly known = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  private failure: Error | undefined;
  /** Keys of engines that gave up on a content, so that it is tried again the next time. */
  readonly gaveUp = new Set<string>();
  /** Contents on which an engine gave up. */
  readonly lost = new Set<string>();
  /** Contents of the layer's files that an engine looked at. */
  inspected = 0;

  constructor(options: JudgingOptions) {
    this.options = options;
  }

  /** @throws what an inspection failed with. */
  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** Waits for all that inspectors were given. @throws what an inspection failed with. */
  async finishAll(): Promise<void> {
    await Promise.all(this.running);
    this.throwFailure();
  }

  /** Whether a content needs no more than to be listed. */
  isCovered(sha256: string): boolean {
    return this.options.engines.byPlace.length === 0 && (this.known.has(sha256) || this.pending.has(sha256));
  }

  /** Has an inspector look at what engines do not know yet, and lists the rest. The slot is freed sooner or later. */
  async judge(waiting: readonly Waiting[], slot: Slot | undefined): Promise<void> {
    const items = await this.choose(waiting);
    if (slot === undefined || items.length === 0) slot?.release();
    else this.run(items, slot);
  }

  /** Judges a content that travels alone. Gives why engines do not see it; undefined when they do. */
  async judgeLarge(place: Place, taken: LargeTaken): Promise<string | undefined> {
    const { slot, sha256, md5, sha1, size, head } = taken;
    if (slot !== undefined) {
      await this.judge([{ ...place, sha256, at: 0, length: size }], slot);
      return undefined;
    }
    this.learned(place, { sha256, md5, sha1, size, fileType: fileTypeOf(head), verdicts: new Map() });
    return `${size} bytes is over the limit of ${this.options.limits.inspectBytes} bytes for engines; it was only hashed`;
  }

  // Lists what is known and returns what an inspector must see.
  private async choose(waiting: readonly Waiting[]): Promise<(Waiting & { readonly judges: readonly number[] })[]> {
    const { engines, store } = this.options;
    const asked = [...new Set(waiting.map((one) => one.sha256).filter((sha256) => !this.known.has(sha256) && !this.pending.has(sha256)))];
    const records = asked.length === 0 ? new Map<string, ContentRecord>() : await store.contents.find(asked, engines.contentKeys);
    const chosen: (Waiting & { readonly judges: readonly number[] })[] = [];
    for (const one of waiting) {
      const judges = [...this.missing(one.sha256, records.get(one.sha256)), ...engines.byPlace.map((member) => member.judge)];
      const isUnseen = !this.known.has(one.sha256) && !this.pending.has(one.sha256) && this.lacksFacts(records.get(one.sha256));
      if (judges.length > 0 || isUnseen) {
        chosen.push({ ...one, judges });
        if (!this.known.has(one.sha256)) this.pending.add(one.sha256);
      } else {
        this.remember(one.sha256);
        this.list(one, one.sha256);
      }
    }
    return chosen;
  }

  // Hash lists ask for more digests than the one that contents are known by.
  private needsDigests(): boolean {
    return this.options.engines.byDigest.length > 0;
  }

  private lacksFacts(record: ContentRecord | undefined): boolean {
    return record === undefined || (this.needsDigests() && record.md5 === '');
  }

  // Byte judges that have not seen the content. Digest engines are asked here and now.
  private missing(sha256: string, record: ContentRecord | undefined): readonly number[] {
    const { engines, recorder } = this.options;
    if (this.known.has(sha256) || this.pending.has(sha256)) return [];
    if (record === undefined) return engines.byContent.map((member) => member.judge);
    const unasked = this.lacksFacts(record) ? [] : engines.byDigest.filter((member) => !record.verdicts.has(member.key));
    if (unasked.length > 0)
      recorder.content({ ...record, verdicts: new Map(unasked.map((member) => [member.key, member.engine.lookup(record, record.size).detections])) });
    return engines.byContent.filter((member) => !record.verdicts.has(member.key)).map((member) => member.judge);
  }

  private run(items: readonly (Waiting & { readonly judges: readonly number[] })[], slot: Slot): void {
    const sent: readonly InspectItem[] = items.map((item) => ({
      at: item.at,
      length: item.length,
      path: displayPath(item.member?.path ?? item.entry.path),
      owner: String(item.entry.uid),
      judges: item.judges,
      digests: this.needsDigests(),
    }));
    const work = slot
      .submit(sent)
      .then((results) => {
        for (const [index, item] of items.entries()) this.judged(item, results[index]);
      })
      .catch((error: unknown) => {
        this.failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => this.running.delete(work));
    this.running.add(work);
  }

  private judged(item: Waiting, result: ItemResult | undefined): void {
    if (result === undefined) throw new Error('an inspector left out a result');
    const { engines, recorder, layer } = this.options;
    const verdicts = new Map<string, readonly Detection[]>();
    for (const { judge, detections, error } of result.judged) {
      const content = engines.byContent.find((member) => member.judge === judge);
      const place = engines.byPlace.find((member) => member.judge === judge);
      if (error !== undefined) this.givenUp(item, content ?? place, error);
      else if (content !== undefined) verdicts.set(content.key, detections);
      else if (place !== undefined && detections.length > 0) {
        const { ordinal, member } = item;
        if (member !== undefined) member.opening.detections.push({ ordinal, engine: place.key, detections });
        else recorder.placeDetections(layer.id, { ordinal, path: item.entry.path, engine: place.key, detections });
      }
    }
    this.learned(item, { sha256: item.sha256, md5: result.md5, sha1: result.sha1, size: item.length, fileType: result.fileType, verdicts });
  }

  private learned(place: Place, content: ContentRecord): void {
    const { engines, recorder } = this.options;
    const byDigest = engines.byDigest.map((member) => [member.key, member.engine.lookup(content, content.size).detections] as const);
    recorder.content({ ...content, verdicts: new Map([...content.verdicts, ...byDigest]) });
    this.inspected += place.member === undefined && this.pending.has(content.sha256) ? 1 : 0;
    this.pending.delete(content.sha256);
    this.remember(content.sha256);
    this.list(place, content.sha256);
  }

  private givenUp(item: Waiting, member: ByteMember | undefined, error: string): void {
    if (member !== undefined) this.gaveUp.add(member.key);
    this.lost.add(item.sha256);
    this.skip(item, `${member?.engine.pack ?? 'engine'}: ${error}`);
  }

  private remember(sha256: string): void {
    if (this.known.size >= rememberedContents) this.known.clear();
    this.known.add(sha256);
  }

  // ------------------------------------------------------------ what becomes of a place

  /** Puts a file into the layer's inventory; a member of an archive stands in the archive's. */
  list(place: Place, sha256: string | undefined): void {
    if (place.member === undefined) this.options.recorder.entry(this.options.layer.id, { ...place.entry, ordinal: place.ordinal, sha256 });
  }

  /** Tells that a content was not, or not fully, looked at. */
  skip(place: Place, reason: string): void {
    this.tellSkipped(place.member?.at ?? displayPath(place.entry.path), reason);
  }

  /** The same of a display path. */
  tellSkipped(path: string, reason: string): void {
    const { layer } = this.options;
    layer.skips.add({ path, layer: layer.diffId, reason });
  }
}
