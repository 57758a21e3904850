import type { Skipped } from '#domain/finding.ts';
import type { ContentRecord, LayerEntry, OpenedContent, PlaceDetections, Store } from '#store/store.ts';

const flushRows = 5000;
const flushMs = 500;

/**
 * Collects what a scan learns and writes it in short transactions, in the order it came, so that whatever was
 * inspected is kept however the scan ends.
 */
export class Recorder {
  private readonly store: Store;
  private contents: ContentRecord[] = [];
  private entries = new Map<number, LayerEntry[]>();
  private placed = new Map<number, PlaceDetections[]>();
  private opened: OpenedContent[] = [];
  private rows = 0;
  private lastFlush = performance.now();
  private writing: Promise<void> = Promise.resolve();
  /** Set when a content with detections was written since it was last cleared. */
  foundSomething = false;

  constructor(store: Store) {
    this.store = store;
  }

  content(record: ContentRecord): void {
    this.contents.push(record);
    this.rows += 1;
  }

  entry(layerId: number, entry: LayerEntry): void {
    listIn(this.entries, layerId).push(entry);
    this.rows += 1;
  }

  placeDetections(layerId: number, row: PlaceDetections): void {
    listIn(this.placed, layerId).push(row);
    this.rows += 1;
  }

  /** What an archive holds. What lies in it must have been recorded before. */
  archive(record: OpenedContent): void {
    this.opened.push(record);
    this.rows += 1 + record.members.length;
  }

  /** Writes when enough has come together. */
  async tick(): Promise<void> {
    if (this.rows >= flushRows || (this.rows > 0 && performance.now() - this.lastFlush > flushMs)) await this.flush();
  }

  /** Writes all. */
  flush(): Promise<void> {
    const { contents, entries, placed, opened } = this;
    this.contents = [];
    this.entries = new Map();
    this.placed = new Map();
    this.opened = [];
    this.rows = 0;
    this.lastFlush = performance.now();
    const write = this.writing.then(() => this.write({ contents, entries, placed, opened }));
    // The caller sees the failure; the next write must not be held up by it.
    this.writing = write.catch(() => undefined);
    return write;
  }

  private async write(rows: {
    readonly contents: readonly ContentRecord[];
    readonly entries: ReadonlyMap<number, LayerEntry[]>;
    readonly placed: ReadonlyMap<number, PlaceDetections[]>;
    readonly opened: readonly OpenedContent[];
  }): Promise<void> {
    await this.store.transaction(async () => {
      if (rows.contents.length > 0) await this.store.contents.save(rows.contents);
      for (const [layerId, entries] of rows.entries) await this.store.layers.add(layerId, entries);
      for (const [layerId, placed] of rows.placed) await this.store.layers.addPlaceDetections(layerId, placed);
      await this.store.nested.save(rows.opened);
    });
    if (
      rows.placed.size > 0 ||
      rows.opened.some(({ detections }) => detections.length > 0) ||
      rows.contents.some((content) => [...content.verdicts.values()].some((detections) => detections.length > 0))
    )
      this.foundSomething = true;
  }
}

/** Skips of one layer, at most `most` listed singly; the rest are counted in one line. */
export class SkipList {
  private readonly listed: Skipped[] = [];
  private more = 0;

  add(skipped: Skipped): void {
    if (this.listed.length < maxListed) this.listed.push(skipped);
    else this.more += 1;
  }

  list(): readonly Skipped[] {
    const sorted = this.listed.toSorted((left, right) => compare(left.path, right.path) || compare(left.reason, right.reason));
    if (this.more === 0) return sorted;
    return [...sorted, { path: '', layer: sorted[0]?.layer ?? '', reason: `${this.more} more were skipped and are not listed` }];
  }
}

const maxListed = 10_000;

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function listIn<T>(lists: Map<number, T[]>, key: number): T[] {
  const found = lists.get(key);
  if (found !== undefined) return found;
  const made: T[] = [];
  lists.set(key, made);
  return made;
}
