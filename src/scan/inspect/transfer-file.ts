import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LazaretError } from '#domain/error.ts';
import { idle, type Progress, transferHeader } from './protocol.ts';

/** Memory-backed where there is room for it, else the temporary directory. */
const wantedBytes = 512 * 1024 * 1024;

/**
 * A nameless file through which bytes reach an inspector: cheaper than a pipe, and the bytes are still there when the
 * inspector is not. Deleted as soon as it is open, so nothing is left behind whatever happens.
 */
export class TransferFile {
  readonly fd: number;
  private readonly directory: string;
  // The number of a closed descriptor may be another file's by now.
  private closed = false;

  constructor() {
    this.directory = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();
    this.fd = openNameless(this.directory);
    try {
      this.clearProgress();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws LazaretError when there is no room, or after `close`. */
  write(bytes: Buffer, position: number): void {
    if (this.closed) throw new LazaretError('cancelled', 'the inspection was stopped');
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done, bytes.length - done, position + done);
    } catch (error) {
      throw new LazaretError(
        'limit',
        `cannot write a temporary file in ${this.directory}: ${(error as Error).message}; free space there, or set TMPDIR to a directory with room`,
        { cause: error },
      );
    }
  }

  /** The bytes from `position` on; in `room` where it is given. */
  read(position: number, length: number, room: Buffer = Buffer.allocUnsafe(length)): Buffer {
    const bytes = room.subarray(0, length);
    let done = 0;
    while (done < length) {
      const count = readSync(this.fd, bytes, done, length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }

  /** What the inspector is at. */
  progress(): Progress {
    const header = this.read(0, 8);
    return header.length === 8 ? { batch: header.readUInt32LE(0), index: header.readUInt32LE(4) } : { batch: 0, index: idle };
  }

  clearProgress(): void {
    const header = Buffer.alloc(transferHeader);
    header.writeUInt32LE(idle, 4);
    this.write(header, 0);
  }

  /** Gives back what lies behind `size`. */
  shrink(size: number): void {
    if (!this.closed) ftruncateSync(this.fd, size);
  }

  close(): void {
    if (!this.closed) closeSync(this.fd);
    this.closed = true;
  }
}

/** A file without a name, open for reading and writing. @throws LazaretError when there is no room for it. */
export function openNameless(directory: string): number {
  const name = path.join(directory, `lazaret-${randomBytes(12).toString('hex')}`);
  try {
    const fd = openSync(name, 'wx+', 0o600);
    unlinkSync(name);
    return fd;
  } catch (error) {
    throw new LazaretError('internal', `cannot make a temporary file in ${directory}: ${(error as Error).message}; set TMPDIR to a directory with room`, {
      cause: error,
    });
  }
}

function hasRoom(directory: string): boolean {
  try {
    const stats = statfsSync(directory);
    return stats.bavail * stats.bsize >= wantedBytes;
  } catch {
    return false;
  }
}
