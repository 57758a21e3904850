import { createHash, type Hash } from 'node:crypto';
import type { Limits } from '#domain/limits.ts';
import { bytesSource, type Format, headBytes } from '#formats/format.ts';
import { recognise } from '#formats/index.ts';
import type { InspectorPool, Slot } from './inspect/pool.ts';
import type { Region, Spool } from './nested/spool.ts';

export interface LargeOptions {
  readonly pool: InspectorPool;
  readonly limits: Limits;
  readonly spool: Spool;
}

/** A content that is too large for a batch, as it was when its last byte had come. */
export interface LargeTaken {
  readonly sha256: string;
  /** '' where engines see the content: then they tell. */
  readonly md5: string;
  readonly sha1: string;
  readonly size: number;
  /** Enough of its start to tell its type. */
  readonly head: Buffer;
  /** Holds the content for engines; undefined where it is too large for them. */
  readonly slot: Slot | undefined;
  /** What it is, when it is an archive, and its bytes for opening. */
  readonly archive: { readonly format: Format; readonly region: Region } | undefined;
}

/** Enough to tell a file's type. */
const typeBytes = 64 * 1024;
const copyBytes = 1024 * 1024;

/** Takes one content that travels alone: to an inspector where it is not too large for engines, to the spool where it is an archive, to digests. */
export class LargeContent {
  private readonly options: LargeOptions;
  private readonly stated: number | undefined;
  private readonly digests: readonly Hash[];
  private isInspected: boolean;
  /** Bytes that came before there was a slot; the start alone where none is wanted. */
  private parts: Buffer[] = [];
  private readonly head: Buffer[] = [];
  private headSize = 0;
  private format: Format | undefined;
  private region: Region | undefined;
  /** The first bytes, as long as they are too few to tell what they are. */
  private untold: Buffer = Buffer.alloc(0);
  private isTold = false;
  private slot: Slot | undefined;
  size = 0;

  /** `size`: bytes it will have, undefined where nobody knows. */
  constructor(size: number | undefined, options: LargeOptions) {
    this.options = options;
    this.stated = size;
    this.isInspected = (size ?? 0) <= options.limits.inspectBytes;
    const isSeen = this.isInspected && size !== undefined;
    this.digests = (isSeen ? ['sha256'] : ['sha256', 'md5', 'sha1']).map((name) => createHash(name));
  }

  /** Whether it waits for room with an inspector. */
  get needsRoom(): boolean {
    return this.isInspected && this.slot === undefined;
  }

  /** Waits for room. */
  async reserve(): Promise<void> {
    if (!this.needsRoom) return;
    const { pool, limits } = this.options;
    const slot = await pool.reserveLarge(this.stated ?? limits.inspectBytes);
    let at = 0;
    for (const part of this.parts) {
      slot.write(part, at);
      at += part.length;
    }
    this.slot = slot;
    this.parts = [];
  }

  /** Takes the next bytes, which are only lent. */
  take(bytes: Buffer): void {
    for (const digest of this.digests) digest.update(bytes);
    if (this.headSize < typeBytes) this.keepHead(bytes);
    if (this.isInspected && this.size + bytes.length > this.options.limits.inspectBytes) this.leaveInspector();
    if (this.slot !== undefined) this.slot.write(bytes, this.size);
    else if (this.isInspected) this.parts.push(Buffer.from(bytes));
    this.size += bytes.length;
    if (this.isTold) return this.region?.write(bytes);
    const told = this.untold.length === 0 ? bytes : Buffer.concat([this.untold, bytes]);
    if (told.length >= headBytes) this.tell(told);
    else this.untold = Buffer.from(told);
  }

  /** Call it when the last byte was taken and room was reserved. Whoever gets the slot and the region must free them. */
  finish(): LargeTaken {
    if (!this.isTold) this.tell(this.untold);
    const [sha256 = '', md5 = '', sha1 = ''] = this.digests.map((digest) => digest.digest('hex'));
    const { slot, size } = this;
    if (this.region === undefined && slot !== undefined) this.tellFromEnd(slot);
    const archive = this.format === undefined || this.region === undefined ? undefined : { format: this.format, region: this.region };
    return { sha256, md5, sha1, size, head: Buffer.concat(this.head), slot, archive };
  }

  /** Frees everything. */
  drop(): void {
    this.slot?.release();
    this.region?.release();
  }

  private keepHead(bytes: Buffer): void {
    const part = Buffer.from(bytes.subarray(0, typeBytes - this.headSize));
    this.head.push(part);
    this.headSize += part.length;
  }

  private leaveInspector(): void {
    this.isInspected = false;
    this.slot?.release();
    this.slot = undefined;
    this.parts = [];
  }

  private tell(start: Buffer): void {
    this.isTold = true;
    this.format = recognise(bytesSource(start.subarray(0, headBytes)));
    if (this.format !== undefined) {
      this.region = this.options.spool.begin();
      this.region.write(start);
    }
    this.untold = Buffer.alloc(0);
  }

  // An archive behind something else is known by its end.
  private tellFromEnd(slot: Slot): void {
    const { size } = this;
    this.format = recognise({ size, read: (at, length) => slot.read(at, Math.max(0, Math.min(length, size - at))) });
    if (this.format === undefined) return;
    this.region = this.options.spool.begin();
    const room = Buffer.allocUnsafe(Math.min(copyBytes, size));
    for (let at = 0; at < size; at += copyBytes) this.region.write(slot.read(at, Math.min(copyBytes, size - at), room));
  }
}
