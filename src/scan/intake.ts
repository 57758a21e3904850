import { createHash, type Hash, hash } from 'node:crypto';
import type { FileEntry } from '#domain/file-entry.ts';
import type { Limits } from '#domain/limits.ts';
import { displayPath } from '#domain/path.ts';
import { bytesSource, type Format } from '#formats/format.ts';
import { recognise } from '#formats/index.ts';
import { FreshBytes } from '#lib/collect-garbage.ts';
import { DigestSet } from '#lib/digest-set.ts';
import type { Budget } from './budget.ts';
import type { InspectorPool, Slot } from './inspect/pool.ts';
import { Judging, type JudgingOptions, type Place, type Waiting } from './judging.ts';
import { LargeContent, type LargeTaken } from './large-content.ts';
import { type ArchiveBytes, ArchiveOpener, type MemberFile, type MemberPlace, type TakenMember } from './nested/archive-opener.ts';
import { Spool } from './nested/spool.ts';

export interface IntakeOptions extends JudgingOptions {
  readonly pool: InspectorPool;
  readonly budget: Budget;
  readonly signal: AbortSignal;
}

/** A file of the layer that is an archive and has to be opened; its digest alone where it was opened before. */
interface WaitingArchive {
  readonly at: string;
  readonly sha256: string;
  readonly archive: ArchiveBytes | undefined;
}

const MiB = 1024 * 1024;
const largeFrom = 4 * MiB;
const batchBytes = 4 * MiB;
const batchItems = 4096;
/** Archives, and bytes of them, that are gathered before they are opened: the store is asked about all of them at once. */
const mostArchives = 512;
const archiveBatchBytes = 4 * MiB;
/** Unpacked bytes of members after which the buffers that held them are freed. */
const freshBytes = 8 * MiB;
/** Rows about what lies in archives that wait for verdicts at most. */
const mostHeldRows = 20_000;

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
  private large: { readonly place: Place; readonly content: LargeContent; ended: boolean } | undefined;
  private archives: WaitingArchive[] = [];
  private archiveSize = 0;
  private readonly spool = new Spool();
  private readonly fresh = new FreshBytes(freshBytes);
  private readonly opener: ArchiveOpener;
  private readonly judging: Judging;
  readonly distinct = new DigestSet();

  constructor(options: IntakeOptions) {
    this.options = options;
    this.judging = new Judging(options);
    const { store, recorder, engines, limits, budget, signal } = options;
    const take = (place: MemberPlace, file: MemberFile): Promise<TakenMember> => this.takeMember(place, file);
    this.opener = new ArchiveOpener({
      store,
      recorder,
      opener: engines.opener,
      limits,
      budget,
      signal,
      take,
      isLost: (sha256) => this.judging.lost.has(sha256),
    });
  }

  /** Keys of engines that gave up on a content, so that it is tried again the next time. */
  get gaveUp(): Set<string> {
    return this.judging.gaveUp;
  }

  /** Contents of the layer's files that an engine looked at. */
  get inspected(): number {
    return this.judging.inspected;
  }

  /** Archives opened. */
  get opened(): number {
    return this.opener.opened;
  }

  /** Starts a body. False when its bytes are not wanted, since it is too large to be hashed. */
  begin(place: Place): boolean {
    const { size } = place.entry;
    const { limits } = this.options;
    if (size > limits.hashBytes) {
      this.judging.skip(place, overHashing(size, limits));
      this.judging.list(place, undefined);
      return false;
    }
    if (size > largeFrom || size > limits.inspectBytes) this.large = { place, content: this.startLarge(size), ended: false };
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
    const format = recognise(bytesSource(bytes));
    const sha256 = hash('sha256', bytes);
    this.room().write(bytes, this.used);
    if (format !== undefined) this.gather(place, format, { sha256, bytes });
    this.took(place, sha256, bytes.length);
  }

  body(bytes: Buffer): void {
    const { large } = this;
    if (large !== undefined) return large.content.take(bytes);
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
    const { place, length } = current;
    const sha256 = length === 0 ? emptySha256 : current.digest.digest('hex');
    const format = recognise({ size: length, read: (at, count) => this.room().read(this.used + at, Math.max(0, Math.min(count, length - at))) });
    if (format !== undefined) this.gather(place, format, { sha256, bytes: this.room().read(this.used, length) });
    this.took(place, sha256, length);
  }

  isFull(): boolean {
    if (this.large !== undefined) return this.large.ended || this.large.content.needsRoom;
    return this.current === undefined && (this.isBatchFull || this.hasManyArchives);
  }

  private get isBatchFull(): boolean {
    return this.used >= batchBytes || this.waiting.length >= batchItems;
  }

  private get hasManyArchives(): boolean {
    return this.archives.length >= mostArchives || this.archiveSize >= archiveBatchBytes;
  }

  /** Makes room. Call it before the first push, whenever `isFull`, and now and then. */
  async settle(): Promise<void> {
    this.judging.throwFailure();
    if (this.large !== undefined) await this.settleLarge(this.large);
    await this.makeRoom();
    if (this.current === undefined && this.large === undefined && this.hasManyArchives) {
      await this.openArchives();
      // Their members may have taken all of it.
      await this.makeRoom();
    }
    await this.options.recorder.tick();
  }

  private async makeRoom(): Promise<void> {
    if (this.current === undefined && this.isBatchFull) await this.dispatch();
    this.slot ??= await this.options.pool.reserve();
  }

  /** Forgets the body that is under way. */
  drop(): void {
    this.large?.content.drop();
    this.large = undefined;
    this.current = undefined;
  }

  /** Waits until all that was pushed is inspected and handed to the recorder. A body that is still under way is not judged. */
  async drain(): Promise<void> {
    this.drop();
    try {
      await this.openArchives();
      await this.judgeAll();
    } finally {
      this.close();
    }
    if (this.opener.isIncomplete) this.gaveUp.add(this.options.engines.opener.layer);
  }

  /** Frees what it holds. Nothing may be pushed any more. */
  close(): void {
    this.drop();
    this.spool.close();
    this.slot?.release();
    this.slot = undefined;
  }

  // What archives hold is recorded when its verdicts are: else a scan that dies in between would leave members that nobody judges any more.
  private async judgeAll(): Promise<void> {
    await this.dispatch();
    await this.judging.finishAll();
    this.opener.record();
  }

  // ------------------------------------------------------------ small contents

  private room(): Slot {
    if (this.slot === undefined) throw new Error('a body was pushed before settle');
    return this.slot;
  }

  private took(place: Place, sha256: string, length: number): void {
    if (place.member === undefined) this.distinct.add(sha256);
    if (this.judging.isCovered(sha256)) return this.judging.list(place, sha256);
    this.waiting.push({ ...place, sha256, at: this.used, length });
    this.used += length;
  }

  private async dispatch(): Promise<void> {
    const { slot, waiting } = this;
    this.slot = undefined;
    this.waiting = [];
    this.used = 0;
    await this.judging.judge(waiting, slot);
  }

  // ------------------------------------------------------------ large contents

  private startLarge(size: number | undefined): LargeContent {
    return new LargeContent(size, { pool: this.options.pool, limits: this.options.limits, spool: this.spool });
  }

  private async settleLarge(large: NonNullable<typeof this.large>): Promise<void> {
    await large.content.reserve();
    if (!large.ended) return;
    this.large = undefined;
    const { place } = large;
    const taken = large.content.finish();
    this.distinct.add(taken.sha256);
    if (taken.archive !== undefined) {
      this.archives.push({ at: displayPath(place.entry.path), sha256: taken.sha256, archive: archiveOf(taken) });
      // It must be opened before another one comes to lie above it.
      this.archiveSize += archiveBatchBytes;
    }
    const skipped = await this.judging.judgeLarge(place, taken);
    if (skipped !== undefined) this.judging.skip(place, skipped);
  }

  // ------------------------------------------------------------ archives

  private gather(place: Place, format: Format, { sha256, bytes }: { readonly sha256: string; readonly bytes: Buffer }): void {
    const at = displayPath(place.entry.path);
    if (this.opener.knows(sha256)) return void this.archives.push({ at, sha256, archive: undefined });
    this.archiveSize += bytes.length;
    this.archives.push({ at, sha256, archive: inMemory(sha256, format, bytes) });
  }

  // Their members are taken in as files are, so no file may be under way.
  private async openArchives(): Promise<void> {
    const { archives } = this;
    this.archives = [];
    this.archiveSize = 0;
    await this.opener.recall([...new Set(archives.filter(({ sha256 }) => !this.opener.knows(sha256)).map(({ sha256 }) => sha256))]);
    try {
      for (const { at, sha256, archive } of archives) {
        for (const { path, reason } of await this.opener.open(archive ?? sha256, at)) this.judging.tellSkipped(path, reason);
        archive?.release();
        if (this.opener.heldRows >= mostHeldRows) await this.judgeAll();
      }
    } finally {
      for (const { archive } of archives) archive?.release();
    }
  }

  private async takeMember(member: MemberPlace, file: MemberFile): Promise<TakenMember> {
    const { limits } = this.options;
    const left = (size: number): TakenMember => ({ sha256: '', size, archive: undefined, skipped: overHashing(size, limits) });
    const stated = 'bytes' in file ? file.bytes.length : (file.size ?? 0);
    if (stated > limits.hashBytes) return left(stated);
    if ('bytes' in file) {
      this.fresh.made(file.bytes.length);
      return this.takeSmallMember(member, file.bytes);
    }
    const parts: Buffer[] = [];
    let size = 0;
    let large: LargeContent | undefined;
    try {
      for await (const piece of file.stream) {
        size += piece.length;
        this.fresh.made(piece.length);
        if (size > limits.hashBytes) return left(size);
        if (large === undefined && size > Math.min(largeFrom, limits.inspectBytes)) {
          large = this.startLarge(file.size);
          for (const part of parts.splice(0)) large.take(part);
          await large.reserve();
        }
        if (large === undefined) parts.push(Buffer.from(piece));
        else large.take(piece);
      }
      if (large === undefined) return await this.takeSmallMember(member, Buffer.concat(parts));
      const taken = large.finish();
      large = undefined;
      const skipped = await this.judging.judgeLarge(placeOf(member, taken.size), taken);
      return { sha256: taken.sha256, size: taken.size, archive: taken.archive === undefined ? undefined : archiveOf(taken), skipped };
    } finally {
      large?.drop();
    }
  }

  private async takeSmallMember(member: MemberPlace, bytes: Buffer): Promise<TakenMember> {
    if (bytes.length > this.options.limits.inspectBytes) {
      const large = this.startLarge(bytes.length);
      large.take(bytes);
      const taken = large.finish();
      const skipped = await this.judging.judgeLarge(placeOf(member, bytes.length), taken);
      return { sha256: taken.sha256, size: taken.size, archive: taken.archive === undefined ? undefined : archiveOf(taken), skipped };
    }
    this.judging.throwFailure();
    await this.makeRoom();
    const sha256 = hash('sha256', bytes);
    this.room().write(bytes, this.used);
    this.took(placeOf(member, bytes.length), sha256, bytes.length);
    await this.options.recorder.tick();
    const format = recognise(bytesSource(bytes));
    return { sha256, size: bytes.length, archive: format === undefined ? undefined : inMemory(sha256, format, bytes), skipped: undefined };
  }
}

const emptySha256 = hash('sha256', '');

function overHashing(size: number, { hashBytes }: Limits): string {
  return `${size} bytes is over the limit of ${hashBytes} bytes for hashing`;
}

// Members of archives have no owner that counts: rules are told the one that most files have.
function placeOf(member: MemberPlace, size: number): Place {
  const entry: FileEntry = { path: member.path, kind: 'file', size, mode: 0, mtime: 0, uid: 0, gid: 0, link: '' };
  return { entry, ordinal: member.ordinal, member };
}

function inMemory(sha256: string, format: Format, bytes: Buffer): ArchiveBytes {
  // The bytes are only lent.
  return { sha256, format, source: bytesSource(Buffer.from(bytes)), failure: '', release: () => undefined };
}

function archiveOf({ sha256, archive }: LargeTaken): ArchiveBytes | undefined {
  if (archive === undefined) return undefined;
  const { format, region } = archive;
  return { sha256, format, source: region, failure: region.failure, release: () => region.release() };
}
