import type { RawPath } from '#domain/file-entry.ts';

/** Bytes of known number that can be read anywhere and any number of times. */
export interface ByteSource {
  readonly size: number;
  /** Up to `length` bytes from `at` on, fewer at the end. They must not be changed, and are only lent until the next call. */
  read(at: number, length: number): Buffer;
}

/**
 * What an archive holds. Bodies up to `smallBytes` come whole; a larger one, or one whose size is not known, as a stream that must be read, as
 * far as it is wanted, before the next member is asked for. A packed stream (gzip, xz) does not name its one member: then `path` is '' and `said`
 * may hold a name.
 */
export type Found =
  | { readonly path: RawPath; readonly bytes: Buffer; readonly said?: string }
  | { readonly path: RawPath; readonly size: number | undefined; readonly stream: AsyncIterable<Buffer>; readonly said?: string }
  | { readonly path: RawPath; readonly skipped: string };

/** Bounds of one archive. What meets one is told as a member that was skipped. */
export interface OpenLimits {
  /** Entries, whatever they are. */
  readonly entries: number;
  /** Unpacked bytes. */
  readonly bytes: number;
  /** Unpacked to packed bytes, from `graceBytes` unpacked bytes on. */
  readonly ratio: number;
  readonly graceBytes: number;
  /** Bytes of a path. */
  readonly pathBytes: number;
  /** Bytes of a PAX or GNU long-name header. */
  readonly headerBytes: number;
  /** Whether the time for it is over; asked at every step that may take long. */
  readonly isLate?: () => boolean;
}

/**
 * A kind of archive. It is told by its bytes, never by a name. Whatever the bytes are, opening them does not throw: trouble is told as a
 * member that was skipped, with path '' where it is the archive's own, and what came before it is given.
 */
export interface Format {
  readonly name: string;
  /** `head`: the first `headBytes`, or all there are. */
  recognise(head: Buffer, source: ByteSource): boolean;
  /** undefined for what is known and not opened. */
  readonly open: ((source: ByteSource, limits: OpenLimits) => AsyncIterable<Found>) | undefined;
}

/** Bytes from the start that are enough to tell all formats. */
export const headBytes = 512;
/** Bodies up to this size are given whole. */
export const smallBytes = 4 * 1024 * 1024;
/** Bytes that are read from a source at once. */
export const pieceBytes = 256 * 1024;

/** Bytes that lie in memory. */
export function bytesSource(bytes: Buffer): ByteSource {
  return { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) };
}

/** A stretch of a source, piece by piece. */
export function* piecesOf(source: ByteSource, start = 0, end = source.size): Generator<Buffer> {
  for (let at = start; at < end; ) {
    const piece = source.read(at, Math.min(pieceBytes, end - at));
    if (piece.length === 0) return;
    at += piece.length;
    yield piece;
  }
}

/** What one archive may still unpack to: nothing any more when its time is over. */
export class Room {
  private readonly limits: OpenLimits;
  private readonly byRatio: number;
  private taken = 0;

  /** `packed`: bytes of the archive. */
  constructor(limits: OpenLimits, packed: number) {
    this.limits = limits;
    this.byRatio = Math.max(limits.graceBytes, packed * limits.ratio);
  }

  get left(): number {
    return this.isLate ? 0 : Math.max(0, Math.min(this.limits.bytes, this.byRatio) - this.taken);
  }

  private get isLate(): boolean {
    return this.limits.isLate?.() === true;
  }

  /** False when these bytes are over a bound. */
  take(bytes: number): boolean {
    const isWithin = bytes <= this.left && !this.isLate;
    this.taken += bytes;
    return isWithin;
  }

  /** Why there is no room. */
  get reason(): string {
    const { bytes, ratio } = this.limits;
    if (this.isLate) return 'opening the archive took too long; the rest of it was not looked at';
    const bound = this.byRatio < bytes ? `${ratio} times its size` : `${bytes} bytes`;
    return `the archive unpacks to more than ${bound}; the rest of it was not looked at`;
  }
}

/** Why a member with such a path is left out; undefined for a usual one. */
export function refusePath(path: string, { pathBytes }: OpenLimits): string | undefined {
  return path.length > pathBytes ? `a path of ${path.length} bytes is over the limit of ${pathBytes} bytes` : undefined;
}

/** Bytes of a path that are told with a problem. */
export const shownPath = 256;
