import { closeSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { ByteSource } from '#formats/format.ts';
import { openNameless } from '../inspect/transfer-file.ts';

/**
 * Where archives that are too large for memory lie while they are opened: one nameless file in the temporary directory, used as a stack, since an
 * archive is done with after those inside it.
 */
export class Spool {
  private readonly folder: string;
  private fd: number | undefined;
  private regions: Region[] = [];

  constructor(folder = tmpdir()) {
    this.folder = folder;
  }

  /** Room for one archive. Only the newest region may be written to. */
  begin(): Region {
    const last = this.regions.at(-1);
    const region = new Region(this.open(), last === undefined ? 0 : last.start + last.size, () => this.shrink());
    this.regions.push(region);
    return region;
  }

  // Why there is none costs the archives that need one, not the scan.
  private open(): number | string {
    try {
      this.fd ??= openNameless(this.folder);
      return this.fd;
    } catch (error) {
      return (error as Error).message;
    }
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
    this.regions = [];
  }

  private shrink(): void {
    while (this.regions.at(-1)?.isReleased === true) this.regions.pop();
    const last = this.regions.at(-1);
    if (this.fd !== undefined) ftruncateSync(this.fd, last === undefined ? 0 : last.start + last.size);
  }
}

/** One archive in the spool. */
export class Region implements ByteSource {
  private readonly fd: number;
  readonly start: number;
  private readonly onRelease: () => void;
  size = 0;
  isReleased = false;
  /** Why not all of it could be kept; '' while it could. */
  failure = '';

  /** `file`: its descriptor, or why there is none. */
  constructor(file: number | string, start: number, onRelease: () => void) {
    this.fd = typeof file === 'number' ? file : -1;
    if (typeof file === 'string') this.failure = `it could not be opened: ${file}`;
    this.start = start;
    this.onRelease = onRelease;
  }

  write(bytes: Buffer): void {
    if (this.failure !== '') return;
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done, bytes.length - done, this.start + this.size + done);
      this.size += bytes.length;
    } catch (error) {
      this.failure = `it could not be opened: no room in the temporary directory (${(error as Error).message})`;
    }
  }

  read(at: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - at)));
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(this.fd, bytes, done, bytes.length - done, this.start + at + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }

  /** Gives the room back. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.onRelease();
  }
}
