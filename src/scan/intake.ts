import { createHash, type Hash, hash } from 'node:crypto';
import type { Detection } from '#domain/detection.ts';
import type { FileEntry } from '#domain/file-entry.ts';
import type { Limits } from '#domain/limits.ts';
import { displayPath } from '#domain/path.ts';
import { DigestSet } from '#lib/digest-set.ts';
import type { ContentRecord, Store } from '#store/store.ts';
import type { ByteMember, EngineSet } from './engine-set.ts';
import { fileTypeOf } from './inspect/file-type.ts';
import type { InspectorPool, Slot } from './inspect/pool.ts';
import type { InspectItem, ItemResult } from './inspect/protocol.ts';
import type { Recorder, SkipList } from './recorder.ts';

/** Where a content was met. */
export interface Place {
  readonly entry: FileEntry;
  readonly ordinal: number;
}

/** The layer that is being taken in. */
export interface IntakeLayer {
  readonly id: number;
  readonly diffId: string;
  readonly skips: SkipList;
}

export interface IntakeOptions {
  readonly store: Store;
  readonly pool: InspectorPool;
  readonly recorder: Recorder;
  readonly engines: EngineSet;
  readonly limits: Limits;
  readonly layer: IntakeLayer;
}

interface Waiting extends Place {
  readonly sha256: string;
  readonly at: number;
  readonly length: number;
}

interface Large {
  readonly place: Place;
  readonly digests: readonly Hash[];
  readonly inspected: boolean;
  parts: Buffer[];
  written: number;
  slot: Slot | undefined;
  ended: boolean;
}

const MiB = 1024 * 1024;
const largeFrom = 4 * MiB;
const batchBytes = 4 * MiB;
const batchItems = 4096;
const rememberedContents = 100_000;

/**
 * Takes the bodies of a layer's files, digests them and sees that each content meets each engine once: contents whose
 * verdicts are in the store are only listed. Bodies are pushed synchronously; `settle` between pushes does the waiting,
 * and must be called whenever `isFull`.
 */
export class Intake {
  private readonly options: IntakeOptions;
  private slot: Slot | undefined;
  private used = 0;
  private waiting: Waiting[] = [];
  private current: { readonly place: Place; readonly digest: Hash; length: number } | undefined;
  private large: Large | undefined;
  /** Contents an earlier batch has sent and that are not in the store yet. */
  private readonly pending = new Set<string>();
  private readonly known = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  private failure: Error | undefined;
  readonly distinct = new DigestSet();
  /** Keys of engines that gave up on a content, so that it is tried again the next time. */
  readonly gaveUp = new Set<string>();
  inspected = 0;

  constructor(options: IntakeOptions) {
    this.options = options;
  }

  /** Starts a body. False when its bytes are not wanted, since it is too large to be hashed. */
  begin(place: Place): boolean {
    const { size } = place.entry;
    const { limits } = this.options;
    if (size > limits.hashBytes) {
      this.skip(place, `${size} bytes is over the limit of ${limits.hashBytes} bytes for hashing`);
      this.list(place, undefined);
      return false;
    }
    if (size > largeFrom || size > limits.inspectBytes) this.large = this.startLarge(place);
    else this.current = { place, digest: undefined as never, length: 0 };
    return true;
  }

  /** The whole body of the last `begin`. */
  whole(bytes: Buffer): void {
    const place = this.current?.place;
    if (this.large !== undefined || place === undefined) {
      this.body(bytes);
      this.end();
      return;
    }
    this.current = undefined;
    this.room().write(bytes, this.used);
    this.took(place, hash('sha256', bytes), bytes.length);
  }

  body(bytes: Buffer): void {
    const { large } = this;
    if (large !== undefined) return takeLarge(large, bytes);
    const { current } = this;
    if (current === undefined) return;
    if (current.length === 0) this.current = { ...current, digest: createHash('sha256') };
    const now = this.current as NonNullable<typeof this.current>;
    now.digest.update(bytes);
    this.room().write(bytes, this.used + now.length);
    now.length += bytes.length;
  }

  end(): void {
    if (this.large !== undefined) {
      this.large.ended = true;
      return;
    }
    const { current } = this;
    if (current === undefined) return;
    this.current = undefined;
    this.took(current.place, current.length === 0 ? emptySha256 : current.digest.digest('hex'), current.length);
  }

  isFull(): boolean {
    if (this.large !== undefined) return this.large.ended || this.large.slot === undefined;
    return this.current === undefined && (this.used >= batchBytes || this.waiting.length >= batchItems);
  }

  /** Makes room. Call it before the first push, whenever `isFull`, and now and then. */
  async settle(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.large !== undefined) await this.settleLarge(this.large);
    if (this.current === undefined && (this.used >= batchBytes || this.waiting.length >= batchItems)) await this.dispatch();
    this.slot ??= await this.options.pool.reserve();
    await this.options.recorder.tick();
  }

  /** Forgets the body that is under way. */
  drop(): void {
    this.large?.slot?.release();
    this.large = undefined;
    this.current = undefined;
  }

  /** Waits until all that was pushed is inspected and handed to the recorder. A body that is still under way is not judged. */
  async drain(): Promise<void> {
    this.drop();
    await this.dispatch();
    this.slot?.release();
    this.slot = undefined;
    await Promise.all(this.running);
    if (this.failure !== undefined) throw this.failure;
  }

  // ------------------------------------------------------------ small contents

  private room(): Slot {
    if (this.slot === undefined) throw new Error('a body was pushed before settle');
    return this.slot;
  }

  private took(place: Place, sha256: string, length: number): void {
    this.distinct.add(sha256);
    if (this.options.engines.byPlace.length === 0 && (this.known.has(sha256) || this.pending.has(sha256))) {
      this.list(place, sha256);
      return;
    }
    this.waiting.push({ ...place, sha256, at: this.used, length });
    this.used += length;
  }

  private async dispatch(): Promise<void> {
    const { slot, waiting } = this;
    this.slot = undefined;
    this.waiting = [];
    this.used = 0;
    const items = await this.choose(waiting);
    if (slot === undefined || items.length === 0) {
      slot?.release();
      return;
    }
    this.run(items, slot);
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
      path: displayPath(item.entry.path),
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
      else if (place !== undefined && detections.length > 0)
        recorder.placeDetections(layer.id, { ordinal: item.ordinal, path: item.entry.path, engine: place.key, detections });
    }
    this.learned(item, { sha256: item.sha256, md5: result.md5, sha1: result.sha1, size: item.length, fileType: result.fileType, verdicts });
  }

  private learned(place: Place, content: ContentRecord): void {
    const { engines, recorder } = this.options;
    const byDigest = engines.byDigest.map((member) => [member.key, member.engine.lookup(content, content.size).detections] as const);
    recorder.content({ ...content, verdicts: new Map([...content.verdicts, ...byDigest]) });
    this.inspected += this.pending.has(content.sha256) ? 1 : 0;
    this.pending.delete(content.sha256);
    this.remember(content.sha256);
    this.list(place, content.sha256);
  }

  private givenUp(item: Waiting, member: ByteMember | undefined, error: string): void {
    if (member !== undefined) this.gaveUp.add(member.key);
    this.skip(item, `${member?.engine.pack ?? 'engine'}: ${error}`);
  }

  private remember(sha256: string): void {
    if (this.known.size >= rememberedContents) this.known.clear();
    this.known.add(sha256);
  }

  // ------------------------------------------------------------ large contents

  private startLarge(place: Place): Large {
    const inspected = place.entry.size <= this.options.limits.inspectBytes;
    const digests = (inspected ? ['sha256'] : ['sha256', 'md5', 'sha1']).map((name) => createHash(name));
    return { place, digests, inspected, parts: [], written: 0, slot: undefined, ended: false };
  }

  private async settleLarge(large: Large): Promise<void> {
    if (large.inspected && large.slot === undefined) {
      large.slot = await this.options.pool.reserveLarge(large.place.entry.size);
      for (const part of large.parts) writeLarge(large, part);
      large.parts = [];
    }
    if (!large.ended) return;
    this.large = undefined;
    const [sha256 = '', md5 = '', sha1 = ''] = large.digests.map((digest) => digest.digest('hex'));
    this.distinct.add(sha256);
    if (large.inspected) await this.submitLarge(large, sha256);
    else this.hashedOnly(large, { sha256, md5, sha1, size: large.written });
  }

  private async submitLarge(large: Large, sha256: string): Promise<void> {
    const { slot } = large;
    if (slot === undefined) return;
    const chosen = await this.choose([{ ...large.place, sha256, at: 0, length: large.written }]);
    if (chosen.length === 0) slot.release();
    else this.run(chosen, slot);
  }

  private hashedOnly(large: Large, content: { readonly sha256: string; readonly md5: string; readonly sha1: string; readonly size: number }): void {
    this.skip(large.place, `${large.place.entry.size} bytes is over the limit of ${this.options.limits.inspectBytes} bytes for engines; it was only hashed`);
    const head = Buffer.concat(large.parts);
    this.learned(large.place, { ...content, fileType: fileTypeOf(head), verdicts: new Map() });
  }

  // ------------------------------------------------------------ what becomes of a place

  private list(place: Place, sha256: string | undefined): void {
    this.options.recorder.entry(this.options.layer.id, { ...place.entry, ordinal: place.ordinal, sha256 });
  }

  private skip(place: Place, reason: string): void {
    const { layer } = this.options;
    layer.skips.add({ path: displayPath(place.entry.path), layer: layer.diffId, reason });
  }
}

const emptySha256 = hash('sha256', '');
/** Enough to tell a file's type. */
const headBytes = 64 * 1024;

function takeLarge(large: Large, bytes: Buffer): void {
  for (const digest of large.digests) digest.update(bytes);
  if (large.slot !== undefined) return writeLarge(large, bytes);
  // The bytes are only lent, and there is no slot yet.
  if (large.inspected) large.parts.push(Buffer.from(bytes));
  else {
    if (large.written < headBytes) large.parts.push(Buffer.from(bytes.subarray(0, headBytes)));
    large.written += bytes.length;
  }
}

function writeLarge(large: Large, bytes: Buffer): void {
  large.slot?.write(bytes, large.written);
  large.written += bytes.length;
}
